package io.eric.log.redis;

import org.jspecify.annotations.Nullable;

/**
 * What the index holds of an entry.
 *
 * @param sequence the entry's
 * @param receiver whose dispatch it is; {@code null} for a broadcast
 */
record EntryReference(long sequence, @Nullable String receiver) {}
