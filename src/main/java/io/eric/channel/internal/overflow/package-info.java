/**
 * What a channel does when somebody does not read: how its log stays under its limit, and how
 * publishers are slowed down.
 */
@NullMarked
package io.eric.channel.internal.overflow;

import org.jspecify.annotations.NullMarked;
