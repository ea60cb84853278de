package io.eric.log;

import java.util.List;

/**
 * The result of a read for one listener. Safe for any thread, provided that its list is not
 * changed.
 *
 * @param entries the messages for the listener in ascending sequence. Where messages were lost,
 *     there is an entry of type {@code _eric_gap} with the sequence of the last lost one.
 * @param through the sequence up to which the read looked: the listener's next read starts after
 *     it. It is past the last entry when only messages for others follow.
 * @param atEnd whether nothing for this listener follows {@code through} at this moment
 */
public record Slice(List<Entry> entries, long through, boolean atEnd) {}
