package io.eric.log.redis;

import org.jspecify.annotations.Nullable;

/**
 * What the log holds of an entry whose content is in Redis.
 *
 * @param sequence the entry's sequence
 * @param receiver the listener that it is dispatched to; {@code null} for a broadcast
 */
record EntryReference(long sequence, @Nullable String receiver) {}
