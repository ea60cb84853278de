/**
 * Every setting of the hub. Each component has one class, which is read from JSON by its
 * constructor and written by {@code toJson()}.
 *
 * <p>A setter is the one place that states its setting's range, and throws {@link
 * java.lang.IllegalArgumentException} with the setting, the value and the range if the value is
 * outside; reading JSON calls the setters. A key that no class knows is refused by its full path,
 * with the keys that are allowed there. {@link io.eric.options.EricOptions} holds the options of
 * all components; the configuration file and the environment variables fill it.
 *
 * <p>Options are not thread-safe. Components read them when they are created, so later changes have
 * no defined effect. This package contains no behaviour of the components, so that every component
 * may depend on it.
 */
@NullMarked
package io.eric.options;

import org.jspecify.annotations.NullMarked;
