/**
 * Every setting of the hub. Each component has one class, which is read from JSON by its
 * constructor and written by {@code toJson()}.
 *
 * <p>A setter is the one place that states its setting's range; reading JSON calls the setters. A
 * key that no class knows is refused by its full path, with the keys that are allowed there. {@link
 * io.eric.options.EricOptions} holds the options of all components, and is what the configuration
 * file and the environment variables fill.
 *
 * <p>Options are not thread-safe; components read them when they are created. This package contains
 * no behaviour of the components, so that every component may depend on it.
 */
@NullMarked
package io.eric.options;

import org.jspecify.annotations.NullMarked;
