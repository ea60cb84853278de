package io.eric.internal.protocol;

import io.eric.log.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel's answers to {@link ChannelRequest}, and what it sends to edges without being asked.
 */
public sealed interface ChannelResponse {

  /**
   * Outcomes in the order of the batch.
   *
   * @param epoch of all positions
   */
  record Published(String epoch, List<Outcome> outcomes) implements ChannelResponse {}

  /**
   * What became of one message.
   *
   * @param sequence its place in the log, 0 if it was refused
   * @param code failure code of docs/PROTOCOL.md section 2, 0 if it was appended
   * @param error failure text, null if it was appended
   */
  record Outcome(long sequence, int code, @Nullable String error) {
    /** Whether the message is in the log. */
    public boolean succeeded() {
      return error == null;
    }
  }

  /**
   * A stream is open.
   *
   * @param listener whose messages it carries; the watcher's made-up id for a watch
   * @param epoch of the log, for positions
   * @param session it is attached in
   * @param stopped true: the listener was stopped on purpose and the client only reconnects; there
   *     is no stream (HTTP answers 204)
   * @param delayMs pause between messages, 0 for none
   * @param retryMs what the channel tells clients to wait before they reconnect
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
      implements ChannelResponse {}

  /**
   * A batch out of the log.
   *
   * @param entries in order; gaps are entries of type {@code _eric_gap}
   * @param through how far the log was read for this stream
   * @param live true: the stream is live from {@code through} on, later messages are pushed
   * @param waiting true: nothing more at this moment, a {@link Wake} follows when there is
   */
  record Fetched(List<Entry> entries, long through, boolean live, boolean waiting)
      implements ChannelResponse {}

  /**
   * Messages for the live streams of an edge: broadcasts for all of them, dispatches for the stream
   * of their receiver.
   *
   * @param session of the edge: one that has heard of a later one drops this, and streams of an
   *     earlier one are not known to the owner
   * @param after the sequence of the last message before these: who has not seen it is not live
   * @param through the sequence up to which this delivery is complete for this edge
   */
  record Delivery(
      String channel, String epoch, Session session, long after, long through, List<Entry> entries)
      implements ChannelResponse {}

  /** There is something for a waiting stream. */
  record Wake(String channel, long stream) implements ChannelResponse {}

  /**
   * The edge has acknowledged for other live streams than the owner knows of it: something between
   * the two was lost, and its next {@linkplain ChannelRequest.Statement statement} had better come
   * soon.
   */
  record StatementWanted(String channel) implements ChannelResponse {}

  /**
   * Asks an edge whether it has a stream, before another one that it would take the listener from
   * is ended for it, or is refused because of it: what the edge has said of it may be old. Answered
   * by {@link Wanted}.
   *
   * @param origin the number under which the edge had the stream first, for it may have another one
   *     by now
   */
  record StillWanted(String channel, long origin) implements ChannelResponse {}

  /** Whether an edge has a stream, open or to be opened. */
  record Wanted(boolean wanted) implements ChannelResponse {}

  /**
   * Ends a stream; answered by {@link Ended}.
   *
   * @param type the final event, null for none
   * @param retryMs what to tell the client to wait, 0 for nothing
   */
  record End(String channel, long stream, @Nullable String type, int retryMs)
      implements ChannelResponse {
    /** What the loser of a takeover waits before it comes back, so that two tabs do not fight. */
    public static final int TAKEN_OVER_RETRY_MS = 60_000;
  }

  /**
   * A stream has ended.
   *
   * @param written what was handed to the kernel for it; -1 if it was not open yet
   */
  record Ended(long written) implements ChannelResponse {}

  /** One message for {@link ChannelRequest.RegisterListener}'s hook. */
  record HookCall(String epoch, Entry entry) implements ChannelResponse {}

  /** A message that {@code deliverNext} took. */
  record Taken(String epoch, Entry entry) implements ChannelResponse {}

  /**
   * What an owner knows of an edge that has made a {@link ChannelRequest.Statement}.
   *
   * @param session of the edge with this owner, who had the channel when the statement came
   * @param sent up to where deliveries have been sent to the edge
   * @param streams the edge's streams, by what the owner takes them to do
   * @param lost those of the statement's reads that it has not under way
   */
  record Confirmed(Session session, long sent, StreamTallies.Snapshot streams, List<Long> lost)
      implements ChannelResponse {}

  /** The streams of an edge, see {@link ChannelRequest.ListStreams}. */
  record StreamList(Session session, List<Listed> streams) implements ChannelResponse {}

  /** A stream by its number at its edge. */
  record Listed(long stream, StreamState state) {}
}
