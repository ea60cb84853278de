package io.eric.log;

import java.util.List;

/**
 * What a read gave a listener.
 *
 * @param entries messages for the listener in ascending sequence. A place where messages have been
 *     lost is an entry of type {@code _eric_gap} whose sequence is that of the last one lost.
 * @param through how far the read looked: the listener's next read starts after it. It is past the
 *     last entry when messages for others follow.
 * @param atEnd whether nothing for this listener follows {@code through} at this moment
 */
public record Slice(List<Entry> entries, long through, boolean atEnd) {}
