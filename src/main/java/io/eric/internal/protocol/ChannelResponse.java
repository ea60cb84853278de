package io.eric.internal.protocol;

import io.eric.EricException;
import io.eric.UnavailableException;
import io.eric.log.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel's answer to a {@link ChannelRequest}, or something that it sends to an edge without
 * being asked. Immutable.
 */
public sealed interface ChannelResponse extends WireRecord {

  /**
   * The outcomes of a batch, in its order.
   *
   * @param epoch the epoch of all positions
   */
  record Published(String epoch, List<Outcome> outcomes) implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putString(epoch);
      out.putRecords(outcomes);
    }

    static Published read(WireInput in) {
      return new Published(in.getString(), in.getList(Outcome::read));
    }
  }

  /**
   * The outcome of one message.
   *
   * @param sequence the message's sequence, 0 if it was refused
   * @param code the failure code of docs/PROTOCOL.md section 2, 0 if it was appended
   * @param error the failure text, null if it was appended
   */
  record Outcome(long sequence, int code, @Nullable String error) implements WireRecord {
    /** Returns whether the message is in the log. */
    public boolean succeeded() {
      return error == null;
    }

    /** Returns the exception for the publisher of a message that was not appended. */
    public EricException failure() {
      EricException known = error == null ? null : EricException.parse(code, error);
      return known == null ? new UnavailableException("the channel has refused") : known;
    }

    @Override
    public void write(WireOutput out) {
      out.putLong(sequence);
      out.putInt(code);
      out.putOptional(error);
    }

    static Outcome read(WireInput in) {
      return new Outcome(in.getLong(), in.getInt(), in.getOptional());
    }
  }

  /**
   * Tells that a stream is open.
   *
   * @param listener the listener whose messages it carries; for a watcher an id that was generated
   * @param epoch the epoch of the log, for positions
   * @param session the session in which it is attached
   * @param stopped true if the listener was stopped on purpose, so that there is no stream (HTTP
   *     answers 204)
   * @param delayMs the pause between messages in milliseconds, 0 for none
   * @param retryMs how many milliseconds clients are to wait before they reconnect
   * @param first the first batch
   */
  record Attached(
      String listener,
      String epoch,
      Session session,
      boolean stopped,
      long delayMs,
      int retryMs,
      Fetched first)
      implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putString(listener);
      out.putString(epoch);
      session.write(out);
      out.putBoolean(stopped);
      out.putLong(delayMs);
      out.putInt(retryMs);
      first.write(out);
    }

    static Attached read(WireInput in) {
      return new Attached(
          in.getString(),
          in.getString(),
          Session.read(in),
          in.getBoolean(),
          in.getLong(),
          in.getInt(),
          Fetched.read(in));
    }
  }

  /**
   * A batch read from the log.
   *
   * @param entries entries in order; gaps are entries of type {@code _eric_gap}
   * @param through the sequence up to which the log was read for this stream
   * @param live true if the stream is live from {@code through} on, so that later messages are
   *     pushed
   * @param waiting true if there is nothing more at this moment; a {@link Wake} follows when there
   *     is
   */
  record Fetched(List<Entry> entries, long through, boolean live, boolean waiting)
      implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putEntries(entries);
      out.putLong(through);
      out.putBoolean(live);
      out.putBoolean(waiting);
    }

    static Fetched read(WireInput in) {
      return new Fetched(in.getEntries(), in.getLong(), in.getBoolean(), in.getBoolean());
    }
  }

  /**
   * Messages for the live streams of an edge: broadcasts for all of them, dispatches for the stream
   * of their receiver.
   *
   * @param session the edge's session. An edge that has heard of a later session drops the
   *     delivery, and streams of an earlier session are not known to the owner
   * @param after the sequence of the last message before these; a stream that lacks it cannot be
   *     live
   * @param through the sequence up to which this delivery is complete for this edge
   */
  record Delivery(
      String channel, String epoch, Session session, long after, long through, List<Entry> entries)
      implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putString(channel);
      out.putString(epoch);
      session.write(out);
      out.putLong(after);
      out.putLong(through);
      out.putEntries(entries);
    }

    static Delivery read(WireInput in) {
      return new Delivery(
          in.getString(),
          in.getString(),
          Session.read(in),
          in.getLong(),
          in.getLong(),
          in.getEntries());
    }
  }

  /** Tells that there is something for a waiting stream. */
  record Wake(String channel, long stream) implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putString(channel);
      out.putLong(stream);
    }

    static Wake read(WireInput in) {
      return new Wake(in.getString(), in.getLong());
    }
  }

  /**
   * Asks an edge for its next {@linkplain ChannelRequest.Statement statement} soon. The edge has
   * acknowledged for other live streams than the owner knows, so something between the two was
   * lost.
   */
  record StatementWanted(String channel) implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putString(channel);
    }

    static StatementWanted read(WireInput in) {
      return new StatementWanted(in.getString());
    }
  }

  /**
   * Asks an edge whether it still has a stream; answered by {@link Wanted}. A channel asks before
   * it ends another stream in favour of this one, and before it refuses another stream because of
   * this one, since what it knows of the edge's streams may be outdated.
   *
   * @param origin the number that the stream had first at the edge; it may have another one by now
   */
  record StillWanted(String channel, long origin) implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putString(channel);
      out.putLong(origin);
    }

    static StillWanted read(WireInput in) {
      return new StillWanted(in.getString(), in.getLong());
    }
  }

  /** Answers whether an edge has a stream, open or about to be opened. */
  record Wanted(boolean wanted) implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putBoolean(wanted);
    }

    static Wanted read(WireInput in) {
      return new Wanted(in.getBoolean());
    }
  }

  /**
   * Ends a stream; answered by {@link Ended}.
   *
   * @param type the final event, null for none
   * @param retryMs how many milliseconds the client is to wait, 0 to say nothing
   */
  record End(String channel, long stream, @Nullable String type, int retryMs)
      implements ChannelResponse {
    /**
     * How long the loser of a takeover waits before it comes back, so that two tabs do not fight.
     */
    public static final int TAKEN_OVER_RETRY_MS = 60_000;

    @Override
    public void write(WireOutput out) {
      out.putString(channel);
      out.putLong(stream);
      out.putOptional(type);
      out.putInt(retryMs);
    }

    static End read(WireInput in) {
      return new End(in.getString(), in.getLong(), in.getOptional(), in.getInt());
    }
  }

  /**
   * Answers that a stream has ended.
   *
   * @param written the sequence up to which the kernel has everything; -1 if the stream was not
   *     open yet
   */
  record Ended(long written) implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putLong(written);
    }

    static Ended read(WireInput in) {
      return new Ended(in.getLong());
    }
  }

  /** Calls a hook of {@link ChannelRequest.RegisterListener} with one message. */
  record HookCall(String epoch, Entry entry) implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putString(epoch);
      out.putEntry(entry);
    }

    static HookCall read(WireInput in) {
      return new HookCall(in.getString(), in.getEntry());
    }
  }

  /** Answers with the message that {@code deliverNext} took. */
  record Taken(String epoch, Entry entry) implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      out.putString(epoch);
      out.putEntry(entry);
    }

    static Taken read(WireInput in) {
      return new Taken(in.getString(), in.getEntry());
    }
  }

  /**
   * Answers a {@link ChannelRequest.Statement} with what the owner knows of the edge.
   *
   * @param session the edge's session with this owner, which had the channel when the statement
   *     came
   * @param sent the sequence up to which deliveries have been sent to the edge
   * @param streams the edge's streams, by the states that the owner takes them to have
   * @param lost the reads of the statement that the owner does not have under way
   */
  record Confirmed(Session session, long sent, StreamTallies.Snapshot streams, List<Long> lost)
      implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      session.write(out);
      out.putLong(sent);
      streams.write(out);
      out.putLongs(lost);
    }

    static Confirmed read(WireInput in) {
      return new Confirmed(
          Session.read(in),
          in.getLong(),
          StreamTallies.Snapshot.read(in),
          in.getList(WireInput::getLong));
    }
  }

  /** Lists the streams of an edge, see {@link ChannelRequest.ListStreams}. */
  record StreamList(Session session, List<Listed> streams) implements ChannelResponse {
    @Override
    public void write(WireOutput out) {
      session.write(out);
      out.putRecords(streams);
    }

    static StreamList read(WireInput in) {
      return new StreamList(Session.read(in), in.getList(Listed::read));
    }
  }

  /** A stream by its number at its edge. */
  record Listed(long stream, StreamState state) implements WireRecord {
    @Override
    public void write(WireOutput out) {
      out.putLong(stream);
      out.putByte(state.code());
    }

    static Listed read(WireInput in) {
      return new Listed(in.getLong(), StreamState.of(in.getByte()));
    }
  }
}
