package io.eric;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What to read of a channel, and where to begin. Immutable, so safe for any thread: each method
 * returns options that differ in one respect.
 */
public final class ReadOptions {

  /** The protocol's name for the oldest message that is left. */
  public static final String EARLIEST = "earliest";

  /** The protocol's name for the end of the log. */
  public static final String LATEST = "latest";

  private final @Nullable String listener;
  private final @Nullable String start;

  private ReadOptions(@Nullable String listener, @Nullable String start) {
    this.listener = listener;
    this.start = start;
  }

  /**
   * Reads broadcasts as an anonymous listener that goes away with the stream. Reading begins with
   * the next message that is published once the stream is {@linkplain MessageStream#attached
   * attached}, unless {@link #after} or {@link #earliest} say otherwise.
   */
  public static ReadOptions watcher() {
    return new ReadOptions(null, null);
  }

  /**
   * Reads the messages of a listener, which has to exist. Any other stream of the listener ends.
   *
   * <p>By default, reading goes on where the listener stands, and starts the listener even if it
   * was stopped. {@link #after}, {@link #earliest} and {@link #latest} begin elsewhere. They start
   * a listener that was never started, but not one that was stopped, whose stream ends at once.
   *
   * @throws NullPointerException if the id is null, which must not become a watcher
   */
  public static ReadOptions listener(String id) {
    return new ReadOptions(Objects.requireNonNull(id, "listener"), null);
  }

  /**
   * Begins with the message that follows a position. If the position belongs to an earlier life of
   * the log, or lies beyond the log's end, one {@link Message#GAP} of reason {@code epoch} says so,
   * and the oldest message that is left follows.
   *
   * @param position for one that was kept as text: {@link Position#parse}
   * @throws NullPointerException if it is null, as {@code parse} is for a text that is no position
   */
  public ReadOptions after(Position position) {
    Objects.requireNonNull(position, "position");
    return new ReadOptions(listener, position.toString());
  }

  /** Begins with the oldest message that is left, but never before the listener's creation. */
  public ReadOptions earliest() {
    return new ReadOptions(listener, EARLIEST);
  }

  /**
   * Begins with the next message that is published once the stream is {@linkplain
   * MessageStream#attached attached}, and skips the messages that are queued.
   */
  public ReadOptions latest() {
    return new ReadOptions(listener, LATEST);
  }

  /** Returns the id of the listener to read; {@code null} for a watcher. */
  public @Nullable String listener() {
    return listener;
  }

  /**
   * Returns where to begin, as the protocol's {@code after} expresses it; {@code null} for the
   * default.
   */
  public @Nullable String start() {
    return start;
  }
}
