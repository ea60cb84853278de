package io.eric.internal.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A request of a door or handle to a channel at {@link Addresses#channel}, beside the JSON
 * commands. Requests are immutable objects, which travel inside a JVM as they are.
 *
 * <p>The channel knows a stream by its edge's address and a number that the edge gives it.
 */
public sealed interface ChannelRequest extends WireRecord {

  /**
   * Returns whether the request may be sent again when no answer has come, because the channel
   * recognises a repeat or answering twice changes nothing.
   */
  default boolean isRepeatable() {
    return false;
  }

  /** Returns whether a channel that is ending its streams still answers the request. */
  default boolean isAboutAnOpenStream() {
    return true;
  }

  /**
   * Returns the same request for an owner at another node, in which addresses of this side are
   * marked as those of {@code node}.
   */
  default ChannelRequest sentFrom(String node) {
    return this;
  }

  private static @Nullable String hookAt(String node, @Nullable String hook) {
    return hook == null ? null : Addresses.at(node, hook);
  }

  /** A key in a JSON {@code l} that repeats to a new owner what a former owner was told. */
  String RENEWED = "renewed";

  /**
   * The result of a repeated {@code l} for a listener that has been stopped or taken over since.
   */
  String NOT_RENEWED = "not renewed";

  /**
   * Appends messages in this order; answered by {@link Published}.
   *
   * @param messages messages that are all for the channel to which the request goes
   */
  record PublishBatch(java.util.List<Command.Publish> messages) implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.reserve(messages.stream().mapToLong(Command.Publish::size).sum()).putRecords(messages);
    }

    static PublishBatch read(WireInput in) {
      return new PublishBatch(in.getList(Command.Publish::read));
    }

    @Override
    public boolean isRepeatable() {
      return messages.stream().allMatch(message -> message.key() != null);
    }

    @Override
    public boolean isAboutAnOpenStream() {
      return false;
    }
  }

  /**
   * Opens a stream; answered by {@link Attached}.
   *
   * @param edge the address where its deliveries go
   * @param stream its number at that edge
   * @param listener the listener whose messages it carries; null for a watcher
   * @param after the position to resume after, as the client wrote it; null to go on at the cursor
   * @param live whether the edge can take pushed deliveries; otherwise it fetches and is woken
   * @param raw whether messages come as they are in the log, without the channel's {@code adapt};
   *     only without {@code live}
   * @param maxMessages the greatest number of messages in the first batch
   * @param maxBytes the size limit of the first batch
   * @param intervalMs the interval at which the edge makes {@linkplain Statement statements} about
   *     the channel
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

    /** Returns a request for the same stream from another position on. */
    public Attach from(String position) {
      return new Attach(
          edge, stream, listener, position, live, raw, maxMessages, maxBytes, intervalMs);
    }

    @Override
    public void write(WireOutput out) {
      out.putString(edge);
      out.putLong(stream);
      out.putOptional(listener);
      out.putOptional(after);
      out.putBoolean(live);
      out.putBoolean(raw);
      out.putInt(maxMessages);
      out.putInt(maxBytes);
      out.putLong(intervalMs);
    }

    static Attach read(WireInput in) {
      return new Attach(
          in.getString(),
          in.getLong(),
          in.getOptional(),
          in.getOptional(),
          in.getBoolean(),
          in.getBoolean(),
          in.getInt(),
          in.getInt(),
          in.getLong());
    }

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public boolean isAboutAnOpenStream() {
      return false;
    }

    @Override
    public Attach sentFrom(String node) {
      return new Attach(
          Addresses.at(node, edge),
          stream,
          listener,
          after,
          live,
          raw,
          maxMessages,
          maxBytes,
          intervalMs);
    }
  }

  /**
   * Opens a stream again, because its channel has another owner now or the owner was out of reach;
   * answered by {@link Attached}. It never takes over from a stream that was opened later: if the
   * listener has such a stream by now, the request is refused because the listener exists already.
   *
   * @param stream the stream under a new number, after the position up to which it was written
   * @param origin the number under which it was first attached, which identifies it among its
   *     edge's streams
   * @param handedOn the sequence up to which the kernel has what was written
   */
  record Reattach(Attach stream, long origin, long handedOn) implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      stream.write(out);
      out.putLong(origin);
      out.putLong(handedOn);
    }

    static Reattach read(WireInput in) {
      return new Reattach(Attach.read(in), in.getLong(), in.getLong());
    }

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public boolean isAboutAnOpenStream() {
      return false;
    }

    @Override
    public Reattach sentFrom(String node) {
      return new Reattach(stream.sentFrom(node), origin, handedOn);
    }
  }

  /**
   * Asks for what follows {@code after}, which tells the channel that everything up to there was
   * handed to the kernel; answered by {@link Fetched}. The stream is not live from now on until an
   * answer says so.
   *
   * @param read how often the stream has read or lagged since it was attached, this time included.
   *     What belongs to an earlier read is outdated
   */
  record Fetch(String edge, long stream, int read, long after, int maxMessages, int maxBytes)
      implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(edge);
      out.putLong(stream);
      out.putInt(read);
      out.putLong(after);
      out.putInt(maxMessages);
      out.putInt(maxBytes);
    }

    static Fetch read(WireInput in) {
      return new Fetch(
          in.getString(), in.getLong(), in.getInt(), in.getLong(), in.getInt(), in.getInt());
    }

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public Fetch sentFrom(String node) {
      return new Fetch(Addresses.at(node, edge), stream, read, after, maxMessages, maxBytes);
    }
  }

  /**
   * Tells that all live streams of an edge have handed everything up to a sequence to the kernel.
   * Not answered.
   *
   * @param session the session in which the streams are live
   * @param through the sequence
   * @param live a digest of the numbers of these streams, see {@link StreamTallies}. A channel that
   *     takes other streams to be live has missed that a stream left, and must not apply the
   *     acknowledgement to that stream
   */
  record Acknowledge(String edge, Session session, long through, long live)
      implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(edge);
      session.write(out);
      out.putLong(through);
      out.putLong(live);
    }

    static Acknowledge read(WireInput in) {
      return new Acknowledge(in.getString(), Session.read(in), in.getLong(), in.getLong());
    }

    @Override
    public Acknowledge sentFrom(String node) {
      return new Acknowledge(Addresses.at(node, edge), session, through, live);
    }
  }

  /**
   * Tells that a stream is live at its edge, and that the kernel has what was read for the stream
   * before. From now on the edge's acknowledgements count for it. Not answered.
   *
   * @param session the session in which the stream is attached; later sessions do not know it
   * @param read the read whose answer made it live, see {@link Fetch}; 0 for the first batch
   * @param through the sequence from which the stream is live
   */
  record Written(String edge, Session session, long stream, int read, long through)
      implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(edge);
      session.write(out);
      out.putLong(stream);
      out.putInt(read);
      out.putLong(through);
    }

    static Written read(WireInput in) {
      return new Written(in.getString(), Session.read(in), in.getLong(), in.getInt(), in.getLong());
    }

    @Override
    public Written sentFrom(String node) {
      return new Written(Addresses.at(node, edge), session, stream, read, through);
    }
  }

  /**
   * Tells that a stream lags and leaves the live ones. It fetches when its socket has drained. Not
   * answered.
   *
   * @param read see {@link Fetch}
   * @param written the sequence up to which the kernel has everything
   */
  record Demote(String edge, long stream, int read, long written) implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(edge);
      out.putLong(stream);
      out.putInt(read);
      out.putLong(written);
    }

    static Demote read(WireInput in) {
      return new Demote(in.getString(), in.getLong(), in.getInt(), in.getLong());
    }

    @Override
    public Demote sentFrom(String node) {
      return new Demote(Addresses.at(node, edge), stream, read, written);
    }
  }

  /**
   * Tells that a stream was lost or closed by its client. Not answered.
   *
   * @param written the sequence up to which the kernel has everything; -1 if the edge does not know
   */
  record Detach(String edge, long stream, long written) implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(edge);
      out.putLong(stream);
      out.putLong(written);
    }

    static Detach read(WireInput in) {
      return new Detach(in.getString(), in.getLong(), in.getLong());
    }

    @Override
    public Detach sentFrom(String node) {
      return new Detach(Addresses.at(node, edge), stream, written);
    }
  }

  /** Starts a listener without a stream, so that {@code deliverNext} works. Answered by "ack". */
  record StartListener(String listener) implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(listener);
    }

    static StartListener read(WireInput in) {
      return new StartListener(in.getString());
    }

    @Override
    public boolean isRepeatable() {
      return true;
    }

    @Override
    public boolean isAboutAnOpenStream() {
      return false;
    }
  }

  /** Takes a started, unattached listener's next message; answered by {@link Taken}. */
  record TakeNext(String listener) implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(listener);
    }

    static TakeNext read(WireInput in) {
      return new TakeNext(in.getString());
    }

    @Override
    public boolean isAboutAnOpenStream() {
      return false;
    }
  }

  /**
   * Adds a listener object, whose {@code onMessage} may see each message before the listener's
   * stream does.
   *
   * @param listener the listener's id
   * @param hook the address that takes a {@link ChannelResponse.HookCall} and answers when {@code
   *     onMessage} is done; null if the listener has no such method to call
   * @param running whether it is started already
   */
  record RegisterListener(String listener, @Nullable String hook, boolean running)
      implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(listener);
      out.putOptional(hook);
      out.putBoolean(running);
    }

    static RegisterListener read(WireInput in) {
      return new RegisterListener(in.getString(), in.getOptional(), in.getBoolean());
    }

    @Override
    public boolean isAboutAnOpenStream() {
      return false;
    }

    @Override
    public RegisterListener sentFrom(String node) {
      return new RegisterListener(listener, hookAt(node, hook), running);
    }
  }

  /**
   * Tells a new owner about a listener's {@code onMessage}, which a former owner knew. Answered by
   * "ack".
   *
   * @param running whether the listener was last known as started, in case the log has lost the
   *     listener; a log that has it takes precedence
   */
  record RenewHook(String listener, @Nullable String hook, boolean running)
      implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(listener);
      out.putOptional(hook);
      out.putBoolean(running);
    }

    static RenewHook read(WireInput in) {
      return new RenewHook(in.getString(), in.getOptional(), in.getBoolean());
    }

    @Override
    public boolean isAboutAnOpenStream() {
      return false;
    }

    @Override
    public RenewHook sentFrom(String node) {
      return new RenewHook(listener, hookAt(node, hook), running);
    }
  }

  /**
   * States which streams an edge has on a channel, so that what was lost on the way between the two
   * is found; answered by {@link ChannelResponse.Confirmed} once the channel's owner has proved
   * that it is the owner.
   *
   * @param session the session that the edge last heard of
   * @param intervalMs the interval at which the edge makes statements
   * @param acknowledged the sequence that the edge last acknowledged for its live streams
   * @param streams the edge's streams, by their states
   * @param reads streams that have waited long for the answer to a {@link Fetch}
   */
  record Statement(
      String edge,
      Session session,
      long intervalMs,
      long acknowledged,
      StreamTallies.Snapshot streams,
      java.util.List<Long> reads)
      implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(edge);
      session.write(out);
      out.putLong(intervalMs);
      out.putLong(acknowledged);
      streams.write(out);
      out.putLongs(reads);
    }

    static Statement read(WireInput in) {
      return new Statement(
          in.getString(),
          Session.read(in),
          in.getLong(),
          in.getLong(),
          StreamTallies.Snapshot.read(in),
          in.getList(WireInput::getLong));
    }

    @Override
    public Statement sentFrom(String node) {
      return new Statement(
          Addresses.at(node, edge), session, intervalMs, acknowledged, streams, reads);
    }
  }

  /**
   * Asks which streams of an edge a channel has; answered by {@link ChannelResponse.StreamList}.
   *
   * @param part the remainder, divided by {@code parts}, of the numbers of the streams that are
   *     asked for
   */
  record ListStreams(String edge, int part, int parts) implements ChannelRequest {
    @Override
    public void write(WireOutput out) {
      out.putString(edge);
      out.putInt(part);
      out.putInt(parts);
    }

    static ListStreams read(WireInput in) {
      return new ListStreams(in.getString(), in.getInt(), in.getInt());
    }

    @Override
    public ListStreams sentFrom(String node) {
      return new ListStreams(Addresses.at(node, edge), part, parts);
    }
  }
}
