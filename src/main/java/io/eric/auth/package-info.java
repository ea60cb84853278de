/**
 * Who may do what: rights, the patterns that grant them, principals, and the one place that
 * decides.
 *
 * <p>This package knows neither doors nor tokens. A door finds out who asks, which makes a {@link
 * io.eric.auth.Principal}, and asks {@link io.eric.auth.Access} before anything else happens.
 */
@NullMarked
package io.eric.auth;

import org.jspecify.annotations.NullMarked;
