/**
 * Logs in Redis: one stream per channel, and hashes for what stands beside it.
 *
 * <p>Here live the store, its connections and its scripts. The Redis client is an optional
 * dependency: nothing outside of this package may use it, and nothing loads this package unless the
 * store is asked for.
 *
 * <p>The path of data: a batch becomes one call of {@code append.lua}, which writes it under ids
 * {@code <term>-<sequence>} if the caller is still the channel's owner; what is read later comes
 * from the newest entries in memory or by {@code XRANGE}. Cursors, registrations and trimming are
 * collected and saved in the background.
 *
 * <p>The process that opens a channel becomes its owner and begins a new term, so an earlier
 * owner's writes are refused by Redis. After a lost connection the log compares what Redis has with
 * what it knows to be acknowledged before it writes again, see {@code resume.lua}.
 */
@NullMarked
package io.eric.log.redis;

import org.jspecify.annotations.NullMarked;
