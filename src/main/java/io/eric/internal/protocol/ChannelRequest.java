package io.eric.internal.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What doors and handles ask of a channel at {@link Addresses#channel} beside the JSON commands:
 * immutable objects that travel inside a JVM as they are.
 *
 * <p>A stream is known to the channel by its edge's address and a number that the edge gives it.
 */
public sealed interface ChannelRequest {

  /** In a JSON {@code l}: it repeats to a new owner what a former one was told. */
  String RENEWED = "renewed";

  /** The result of a repeated {@code l} for a listener that was stopped or taken over since. */
  String NOT_RENEWED = "not renewed";

  /**
   * Appends messages in this order; answered by {@link Published}.
   *
   * @param messages all for the channel that the request goes to
   */
  record PublishBatch(java.util.List<Command.Publish> messages) implements ChannelRequest {}

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
   * @param intervalMs how often the edge makes {@linkplain Statement statements} about the channel
   */
  record Attach(
      String edge,
      long stream,
      @Nullable String listener,
      @Nullable String after,
      boolean live,
      boolean raw,
      int maxMessages,
      int maxBytes,
      long intervalMs)
      implements ChannelRequest {

    /** The same stream from another position on. */
    public Attach from(String position) {
      return new Attach(
          edge, stream, listener, position, live, raw, maxMessages, maxBytes, intervalMs);
    }
  }

  /**
   * Opens a stream again whose channel has another owner now, or whose owner was out of reach;
   * answered by {@link Attached}. It takes over from no stream that was opened later: if its
   * listener has such a one by now, it is refused as a listener that exists already.
   *
   * @param stream under a new number, after the position up to which it was written
   * @param origin the number under which it was first attached: who it is among its edge's streams
   * @param handedOn the sequence up to which the kernel has what was written
   */
  record Reattach(Attach stream, long origin, long handedOn) implements ChannelRequest {}

  /**
   * Asks for what follows {@code after}, which tells the channel that everything up to there was
   * handed to the kernel; answered by {@link Fetched}. The stream is not live from now on until an
   * answer says so.
   *
   * @param read how often the stream has read or lagged since it was attached, with this time: what
   *     is overtaken by a later read says nothing any more
   */
  record Fetch(String edge, long stream, int read, long after, int maxMessages, int maxBytes)
      implements ChannelRequest {}

  /**
   * All live streams of an edge have everything up to here handed to the kernel. Not answered.
   *
   * @param session the streams are live in
   * @param through a sequence
   * @param live a digest of the numbers of these streams, see {@link StreamTallies}. A channel that
   *     takes other streams to be live has missed that one left them, and would take the
   *     acknowledgement for that one's, too.
   */
  record Acknowledge(String edge, Session session, long through, long live)
      implements ChannelRequest {}

  /**
   * A stream is live at its edge now, and what was read for it before is handed to the kernel: from
   * now on the edge's acknowledgements count for it. Not answered.
   *
   * @param session in which it is attached: later ones know nothing of it
   * @param read the one whose answer made it live, see {@link Fetch}; 0 for the first batch
   * @param through the sequence from which the stream is live
   */
  record Written(String edge, Session session, long stream, int read, long through)
      implements ChannelRequest {}

  /**
   * A stream lags and leaves the live ones; it fetches when its socket has drained. Not answered.
   *
   * @param read see {@link Fetch}
   * @param written what was handed to the kernel for it
   */
  record Demote(String edge, long stream, int read, long written) implements ChannelRequest {}

  /**
   * A stream was lost or closed by its client. Not answered.
   *
   * @param written what was handed to the kernel for it; -1 if the edge does not know
   */
  record Detach(String edge, long stream, long written) implements ChannelRequest {}

  /** Starts a listener without a stream, so that {@code deliverNext} works. Answered by "ack". */
  record StartListener(String listener) implements ChannelRequest {}

  /** Takes a started, unattached listener's next message; answered by {@link Taken}. */
  record TakeNext(String listener) implements ChannelRequest {}

  /**
   * Adds a listener object, whose {@code onMessage} may see each message before its stream does.
   *
   * @param listener its id
   * @param hook the address that takes a {@link ChannelResponse.HookCall} and answers when {@code
   *     onMessage} is done; null if it need not be called
   * @param running whether it is started already
   */
  record RegisterListener(String listener, @Nullable String hook, boolean running)
      implements ChannelRequest {}

  /**
   * Tells a new owner of a listener's {@code onMessage}, because a former owner knew it. Answered
   * by "ack".
   *
   * @param running whether it was last started, in case the log has lost the listener; a log that
   *     knows it knows better
   */
  record RenewHook(String listener, @Nullable String hook, boolean running)
      implements ChannelRequest {}

  /**
   * States which streams an edge has on a channel, so that what was lost on the way between the two
   * is found; answered by {@link ChannelResponse.Confirmed} once the channel's owner has proved
   * that it is the owner.
   *
   * @param session that the edge last heard of
   * @param intervalMs the edge makes a statement each time this has passed
   * @param acknowledged what the edge last acknowledged for its live streams
   * @param streams the edge's streams, by what they do
   * @param reads streams that have waited long for the answer to a {@link Fetch}
   */
  record Statement(
      String edge,
      Session session,
      long intervalMs,
      long acknowledged,
      StreamTallies.Snapshot streams,
      java.util.List<Long> reads)
      implements ChannelRequest {}

  /**
   * Asks which streams of an edge a channel has; answered by {@link ChannelResponse.StreamList}.
   *
   * @param part of {@code parts}: the streams whose number, divided by {@code parts}, leaves this
   */
  record ListStreams(String edge, int part, int parts) implements ChannelRequest {}
}
