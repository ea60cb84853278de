package io.eric;

import org.jspecify.annotations.Nullable;

/**
 * What to read of a channel, and from where on. Immutable: the methods give options that differ in
 * one respect.
 */
public final class ReadOptions {

  /** What the protocol calls the oldest message that is left. */
  public static final String EARLIEST = "earliest";

  /** What the protocol calls the end of the log. */
  public static final String LATEST = "latest";

  private final @Nullable String listener;
  private final @Nullable String start;

  private ReadOptions(@Nullable String listener, @Nullable String start) {
    this.listener = listener;
    this.start = start;
  }

  /**
   * Reads broadcasts as an anonymous listener that goes away with the stream. It begins with the
   * next message, unless {@link #after}, {@link #earliest} or {@link #latest} say something else.
   */
  public static ReadOptions watcher() {
    return new ReadOptions(null, null);
  }

  /**
   * Reads the messages of a listener, which has to exist, and starts it. It goes on where the
   * listener stands, unless {@link #after}, {@link #earliest} or {@link #latest} say something
   * else; with one of these a listener that was stopped is not started, and the stream ends at
   * once. Another stream of the listener ends.
   */
  public static ReadOptions listener(String id) {
    return new ReadOptions(id, null);
  }

  /**
   * Begins with the message that follows a position. If the position is of an earlier life of the
   * log, one {@link Message#GAP} says so, and the oldest message that is left follows.
   */
  public ReadOptions after(Position position) {
    return new ReadOptions(listener, position.toString());
  }

  /** Begins with the oldest message that is left, but never before the listener's creation. */
  public ReadOptions earliest() {
    return new ReadOptions(listener, EARLIEST);
  }

  /** Begins with the next message that is published: what is queued is passed over. */
  public ReadOptions latest() {
    return new ReadOptions(listener, LATEST);
  }

  /** The listener to read; {@code null} for a watcher. */
  public @Nullable String listener() {
    return listener;
  }

  /** Where to begin, as the protocol's {@code after} says it; {@code null} for the default. */
  public @Nullable String start() {
    return start;
  }
}
