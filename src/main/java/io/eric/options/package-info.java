/**
 * Every setting of the hub: one class per component, each made from JSON and written back to JSON.
 *
 * <p>Setters check their ranges. A key that no class knows is refused by its full path, with a
 * suggestion where one is close. {@link io.eric.options.EricOptions} holds all others, and is what
 * the configuration file and the environment variables fill.
 *
 * <p>This package contains no behaviour of the components: it depends on the root package alone, so
 * that every component may depend on it.
 */
@NullMarked
package io.eric.options;

import org.jspecify.annotations.NullMarked;
