package io.eric.log.file;

import org.jspecify.annotations.Nullable;

/** An entry of a log that is not open, as its index takes it. */
record Retained(
    long sequence, long timestamp, @Nullable String receiver, int size, EntryLocation place) {}
