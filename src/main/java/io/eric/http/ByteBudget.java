package io.eric.http;

/** A bound on bytes of one kind that a door holds at a time. On one event loop only. */
final class ByteBudget {

  private final long maxBytes;
  private long used;

  ByteBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes bytes, if there are as many left; then {@link #release} must follow. */
  boolean take(long bytes) {
    if (bytes > maxBytes - used) {
      return false;
    }
    used += bytes;
    return true;
  }

  /** Gives taken bytes back. */
  void release(long bytes) {
    used -= bytes;
  }

  /** Bytes that are taken now. */
  long used() {
    return used;
  }
}
