/**
 * The store in Redis, with one stream per channel, and hashes for everything else.
 *
 * <p>This package has the store, its connections and its scripts. The Redis client is an optional
 * dependency: nothing outside of this package may use it, and this package is loaded only when the
 * store is asked for.
 *
 * <p>A batch becomes one call of {@code append.lua}, which writes it under ids {@code
 * <term>-<sequence>} if the caller is still the channel's owner. Reads are answered from the newest
 * entries, which are in memory, or by {@code XRANGE}. Cursors, registrations and trimming are
 * collected and saved in the background.
 *
 * <p>The process that opens a channel becomes its owner and begins a new term, so Redis refuses
 * writes of an earlier owner. After a lost connection the storage compares what Redis has with what
 * it knows to be acknowledged before it writes again, see {@code resume.lua}.
 */
@NullMarked
package io.eric.log.redis;

import org.jspecify.annotations.NullMarked;
