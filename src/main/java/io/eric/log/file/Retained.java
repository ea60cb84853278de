package io.eric.log.file;

import org.jspecify.annotations.Nullable;

/** An entry of a log that is not open, with what the log needs of it to be opened again. */
record Retained(
    long sequence, long timestamp, @Nullable String receiver, int size, EntryLocation place) {}
