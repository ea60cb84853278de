package io.eric.bus;

import org.jspecify.annotations.Nullable;

/**
 * What doors and handles ask of a channel at {@link Addresses#channel} beside the JSON commands:
 * immutable objects that travel inside a JVM as they are.
 *
 * <p>A stream is known to the channel by its edge's address and a number that the edge gives it.
 */
public sealed interface ToChannel {

  /** In a JSON {@code l}: it repeats to a new owner what a former one was told. */
  String RENEWED = "renewed";

  /**
   * Appends messages in this order; answered by {@link Published}.
   *
   * @param messages all for the channel that the request goes to
   */
  record PublishBatch(java.util.List<Command.Publish> messages) implements ToChannel {}

  /**
   * Opens a stream; answered by {@link Attached}.
   *
   * @param edge the address where its deliveries go
   * @param stream its number at that edge
   * @param listener whose messages; null for a watcher
   * @param after position to resume after, as the client wrote it; null to go on at the cursor
   * @param live whether the edge can take pushed deliveries; else it fetches and is woken
   * @param raw whether messages come as they are in the log, not as the channel's {@code adapt}
   *     shows them; only without {@code live}
   * @param maxMessages bound of the first batch
   * @param maxBytes bound of the first batch
   */
  record Attach(
      String edge,
      long stream,
      @Nullable String listener,
      @Nullable String after,
      boolean live,
      boolean raw,
      int maxMessages,
      int maxBytes)
      implements ToChannel {

    /** The same stream from another position on. */
    public Attach from(String position) {
      return new Attach(edge, stream, listener, position, live, raw, maxMessages, maxBytes);
    }
  }

  /**
   * Opens a stream again whose channel has another owner now, or whose owner was out of reach;
   * answered by {@link Attached}. It takes over from nobody: a listener that has another stream by
   * now keeps that one.
   *
   * @param stream under a new number, after the position up to which it was written
   */
  record Reattach(Attach stream) implements ToChannel {}

  /**
   * Asks for what follows {@code after}, which tells the channel that everything up to there was
   * handed to the kernel; answered by {@link Fetched}. The stream is not live from now on until an
   * answer says so.
   */
  record Fetch(String edge, long stream, long after, int maxMessages, int maxBytes)
      implements ToChannel {}

  /**
   * All live streams of an edge have everything up to here handed to the kernel. Not answered.
   *
   * @param through a sequence
   */
  record Acknowledge(String edge, long through) implements ToChannel {}

  /**
   * A stream is live at its edge now, and what was read for it before is handed to the kernel: from
   * now on the edge's acknowledgements count for it. Not answered.
   *
   * @param through the sequence from which the stream is live
   */
  record Written(String edge, long stream, long through) implements ToChannel {}

  /**
   * A stream lags and leaves the live ones; it fetches when its socket has drained. Not answered.
   *
   * @param written what was handed to the kernel for it
   */
  record Demote(String edge, long stream, long written) implements ToChannel {}

  /**
   * A stream was lost or closed by its client. Not answered.
   *
   * @param written what was handed to the kernel for it; -1 if the edge does not know
   */
  record Detach(String edge, long stream, long written) implements ToChannel {}

  /** Starts a listener without a stream, so that {@code deliverNext} works. Answered by "ack". */
  record StartListener(String listener) implements ToChannel {}

  /** Takes a started, unattached listener's next message; answered by {@link Taken}. */
  record TakeNext(String listener) implements ToChannel {}

  /**
   * Adds a listener object, whose {@code onMessage} may see each message before its stream does.
   *
   * @param listener its id
   * @param hook the address that takes a {@link FromChannel.HookCall} and answers when {@code
   *     onMessage} is done; null if it need not be called
   * @param running whether it is started already
   */
  record RegisterListener(String listener, @Nullable String hook, boolean running)
      implements ToChannel {}

  /**
   * Tells a new owner of a listener's {@code onMessage}, because a former owner knew it. Answered
   * by "ack".
   *
   * @param running whether it was last started, in case the log has lost the listener; a log that
   *     knows it knows better
   */
  record RenewHook(String listener, @Nullable String hook, boolean running) implements ToChannel {}
}
