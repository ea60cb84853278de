package io.eric.internal.edge;

import io.eric.InvalidChannelException;
import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import io.eric.internal.Loop;
import io.eric.internal.client.ChannelReader;
import io.eric.internal.edge.PendingWrites.EncodedPart;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.End;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.Session;
import io.eric.log.Entry;
import io.eric.metrics.CounterName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream. It is either live (written to together with all other live streams of its
 * channel) or catching up (reading the log at its own pace, each batch when the kernel has taken
 * the one before). It holds no messages of its own, so a slow client costs only a cursor. On the
 * edge's context only.
 */
public final class EdgeStream implements ChannelReader.Stream {

  /** The position of a stream that is not attached yet. */
  private static final long UNKNOWN = -1;

  /**
   * How long a stream stays with a former owner before it attaches anew: the next owner needs a
   * moment.
   */
  private static final long OUTDATED_PAUSE_MS = 500;

  final ChannelStreams channel;
  private final Edge edge;
  private final ChannelReader reader;
  private final Promise<EdgeStream> attaching = Promise.promise();

  /** Its index among the live streams; -1 if it is not live. {@link ChannelStreams} keeps it. */
  int liveIndex = -1;

  /** The timer that runs while the stream waits to be attached anew. */
  private Loop.@Nullable Timer outdated;

  private @Nullable Attached attached;
  private @Nullable StreamSink sink;
  private long liveFrom;

  /** The sequence up to which messages were written to the stream. */
  private long written;

  /** The sequence up to which the kernel has everything. */
  private long confirmed;

  /** Counts the logs that it was attached to: bytes of a former log confirm nothing in this one. */
  private int logs;

  private int unfinished;
  private long unfinishedSince;
  private int unfinishedMessages;
  private long lastWrite;
  private long bornAt;
  private long expiresAt = Long.MAX_VALUE;
  private boolean over;

  /**
   * Whether it has left the live streams to be attached anew. Until the channel has heard of that,
   * the channel ignores acknowledgements that were made without this stream.
   */
  private boolean reopening;

  private @Nullable Buffer lastWords;

  /**
   * Creates a stream that is not attached yet.
   *
   * @param listener the listener whose messages it carries; null for a watcher
   */
  EdgeStream(Edge edge, ChannelStreams channel, long number, @Nullable String listener) {
    this.edge = edge;
    this.channel = channel;
    this.reader =
        new ChannelReader(
            edge.client,
            edge.loop,
            edge::isClustered,
            new ChannelReader.Asking(
                channel.id,
                edge.address,
                listener,
                true,
                false,
                edge.options.getLagMessages() * 16,
                edge.options.getBatchBytes()),
            number,
            channel.book,
            this);
  }

  // ---- for the door

  /**
   * Returns a future that completes when the channel has attached the stream, even if it was
   * {@linkplain #lost lost} before that, and fails with an {@link io.eric.EricException}.
   */
  public Future<EdgeStream> whenAttached() {
    return attaching.future();
  }

  /**
   * Returns whether the listener was stopped on purpose, so that there is nothing to stream (HTTP
   * answers 204).
   */
  public boolean isStopped() {
    return opened().stopped();
  }

  /** Returns the position after which the stream begins. To be called before {@link #begin}. */
  public String startsAfter() {
    return new Position(opened().epoch(), confirmed).toString();
  }

  /** Returns how long clients are to wait before they reconnect, in milliseconds. */
  public int retryMs() {
    return opened().retryMs();
  }

  /** Starts writing. The door has written its head before, and calls this once. */
  public void begin(StreamSink sink) {
    if (over) {
      sink.end(lastWords); // it was taken over or removed before its head was written
      return;
    }
    this.sink = sink;
    long now = edge.loop.nanoTime();
    bornAt = now;
    long interval = edge.options.getHeartbeat() * 1_000_000;
    // The start is spread, so that streams that came together do not send their heartbeats
    // together.
    lastWrite = now - (interval == 0 ? 0 : edge.loop.random(interval / 2 + 1));
    long maxAge = edge.options.getStreamMaxAge() * 1_000_000;
    if (maxAge > 0) {
      expiresAt = bornAt + maxAge - maxAge / 10 + edge.loop.random(maxAge / 5 + 1);
    }
    edge.begun(this);
    reader.begin();
  }

  /**
   * Ends the stream because the connection is gone or the door gives the stream up, whether it is
   * attached or not. Idempotent.
   */
  public void lost() {
    leave(position());
  }

  /** Tells the channel how far the stream got, and removes the stream from the edge. Idempotent. */
  private void leave(long position) {
    // The channel hears of the end first: forget() lets the edge acknowledge for the remaining
    // streams, and that must not reach the channel before this stream's own position.
    reader.leave(position);
    forget();
  }

  // ---- for the edge

  /** Asks the channel to attach the stream; see {@link ChannelReader#open}. */
  void attach(@Nullable String after) {
    reader
        .open(after)
        .map(
            answer -> {
              if (attached == null) {
                // There is no stream: the listener is stopped, or the stream was lost before the
                // answer came.
                attached = answer;
              }
              if (answer.stopped()) {
                forget();
              } else if (!over) {
                edge.meters.count(CounterName.STREAMS_OPENED);
              }
              return this;
            })
        .onFailure(refused -> forget())
        .onComplete(attaching);
  }

  ChannelReader reader() {
    return reader;
  }

  /** Returns the number by which the channel knows the stream. */
  long number() {
    return reader.number();
  }

  @Override
  public long renumber() {
    long next = edge.newNumber();
    channel.renumber(this, next);
    return next;
  }

  @Override
  public void attached(Attached now, long startsAfter) {
    Attached before = attached;
    attached = now;
    if (before == null || !before.epoch().equals(now.epoch())) {
      logs++;
      written = startsAfter;
      confirmed = startsAfter;
    }
    channel.attached(this, now);
  }

  private Attached opened() {
    Attached answer = attached;
    if (answer == null) {
      throw new IllegalStateException("the stream is not attached yet");
    }
    return answer;
  }

  String listener() {
    return opened().listener();
  }

  long liveFrom() {
    return liveFrom;
  }

  /** Returns whether it is written to together with the other live streams of its channel. */
  boolean isLive() {
    return liveIndex >= 0;
  }

  /** Returns the sequence up to which the kernel certainly has everything. */
  long confirmed() {
    return confirmed;
  }

  boolean isUnsettled() {
    return unfinished > 0;
  }

  /** Returns for how long written bytes have been waiting for the kernel, in nanoseconds. */
  long lagsSince(long now) {
    return unfinished == 0 ? 0 : now - unfinishedSince;
  }

  /** Returns the session in which the stream is attached, or {@link Session#NONE} before that. */
  Session session() {
    return attached == null ? Session.NONE : attached.session();
  }

  /** Returns the sequence up to which everything was handed to the kernel. */
  private long position() {
    if (attached == null) {
      return UNKNOWN;
    }
    if (isLive() && unfinished == 0) {
      return Math.max(written, channel.flushed());
    }
    return confirmed;
  }

  /**
   * Writes shared bytes to this live stream while its client keeps up. However much was published
   * at once, no more than a segment or two wait for a slow client; its stream reads the rest for
   * itself.
   *
   * @return how many messages were written
   */
  int push(List<EncodedPart> segments, long before, long through, long now) {
    if (unfinished == 0) {
      confirmed = Math.max(written, before);
    }
    int messages = 0;
    for (int i = 0; i < segments.size(); i++) {
      EncodedPart segment = segments.get(i);
      boolean last = i + 1 == segments.size();
      write(segment.bytes(), last ? through : segment.through(), segment.messages(), now);
      messages += segment.messages();
      if (!isLive()) {
        return messages; // the write has failed
      }
      if (unfinished > 0) {
        StreamSink open = sink;
        boolean lags = unfinishedMessages > edge.options.getLagMessages();
        if (lags || open != null && open.isFull()) {
          demote();
          return messages;
        }
      }
    }
    if (unfinished > 0) {
      channel.setUnsettled(this);
    }
    return messages;
  }

  private void write(Buffer bytes, long through, int messages, long now) {
    StreamSink open = sink;
    if (open == null) {
      return;
    }
    lastWrite = now;
    long before = written;
    written = Math.max(written, through);
    if (unfinished == 0 && confirmed < before) {
      confirmed = before; // everything before these bytes was handed over
    }
    int log = logs;
    Future<Void> done = open.write(bytes);
    if (done.isComplete()) {
      if (done.failed()) {
        broken();
      } else if (unfinished == 0) {
        confirmed = written;
      }
      return;
    }
    if (unfinished++ == 0) {
      unfinishedSince = now;
      unfinishedMessages = 0;
    }
    unfinishedMessages += messages;
    done.onComplete(
        result -> {
          if (over) {
            unfinished--;
            return;
          }
          if (result.failed()) {
            broken();
            return;
          }
          unfinished--;
          unfinishedMessages -= messages;
          if (log == logs) {
            confirmed = Math.max(confirmed, through);
          }
          unfinishedSince = edge.loop.nanoTime();
          if (unfinished == 0) {
            drained();
          }
        });
  }

  /**
   * Ends the stream after a failed write, which means a lost connection. The kernel has what it had
   * before, and no more.
   */
  private void broken() {
    if (over) {
      return;
    }
    unfinished = Math.max(1, unfinished); // a failed write never finishes
    StreamSink open = sink;
    leave(confirmed);
    if (open != null) {
      open.abort();
    }
  }

  private void drained() {
    reader.drained();
    if (isLive()) {
      channel.setSettled(this);
    }
  }

  /** Leaves the live streams, and reads on when the kernel has taken what is written. */
  @Override
  public void demote() {
    if (!isLive() || over) {
      return;
    }
    edge.meters.count(CounterName.DEMOTIONS);
    long position = position();
    channel.leave(this);
    confirmed = position;
    if (unfinished == 0) {
      written = position;
    }
    reader.demote();
  }

  void wake() {
    reader.wake();
  }

  void moved() {
    reader.moved();
  }

  /**
   * Attaches the stream anew after a pause: it is attached to a former owner, or in a session that
   * is over, and the next owner needs a moment.
   */
  void attachAnewLater() {
    if (outdated == null) {
      outdated =
          edge.loop.after(
              OUTDATED_PAUSE_MS,
              () -> {
                outdated = null;
                if (!over && channel.isOutdated(this)) {
                  reader.moved();
                }
              });
    }
  }

  // ---- for the reader

  @Override
  public long readTo() {
    return written;
  }

  @Override
  public long handedOn() {
    return position();
  }

  @Override
  public boolean isDrained() {
    return unfinished == 0;
  }

  @Override
  public void take(Fetched batch) {
    List<Entry> entries = batch.entries();
    int end = ChannelStreams.indexOfEnd(entries);
    if (end >= 0) {
      endAfter(entries.subList(0, end + 1));
    } else if (entries.isEmpty()) {
      written = Math.max(written, batch.through());
      if (unfinished == 0) {
        confirmed = written;
      }
    } else {
      Buffer bytes = edge.format.encode(entries, opened().epoch(), opened().retryMs());
      write(bytes, batch.through(), entries.size(), edge.loop.nanoTime());
    }
    if (reopening) {
      reopening = false;
      channel.acknowledgeAgain();
    }
  }

  @Override
  public boolean joinLive(long from) {
    liveFrom = from;
    return channel.join(this, from);
  }

  @Override
  public void leaveLive() {
    if (isLive()) {
      written = Math.max(written, channel.flushed());
      confirmed = unfinished == 0 ? written : confirmed;
      reopening = true;
    }
    channel.leave(this);
  }

  @Override
  public void stopped() {
    endAsTold(null, 0);
  }

  @Override
  public void takenOver() {
    channel.flush();
    endAsTold(Message.TAKEN_OVER, End.TAKEN_OVER_RETRY_MS);
  }

  /** Ends the stream. The client comes back by itself, and learns then what is wrong. */
  @Override
  public void failed(Throwable reason) {
    if (reason instanceof InvalidChannelException) {
      edge.unconfirmed.forget(channel.id);
    }
    endAtOnce();
  }

  /**
   * Ends the stream, because it is unknown whether it lacks messages. Its client comes back,
   * perhaps at another node.
   */
  @Override
  public void givenUp() {
    goodbye(edge.jitteredRetry());
  }

  // ---- the ways to end

  /**
   * Writes the message by which the producer ends the stream, and ends it. What follows in the log
   * is for streams that come later.
   */
  private void endAfter(List<Entry> last) {
    Buffer bytes = edge.format.encode(last, opened().epoch(), opened().retryMs());
    write(bytes, last.get(last.size() - 1).sequence(), last.size(), edge.loop.nanoTime());
    if (!over) {
      endAtOnce();
    }
  }

  /**
   * Ends the stream because the channel wants that.
   *
   * @param answer takes the sequence up to which the kernel has everything
   */
  void ended(End end, LongConsumer answer) {
    channel.flush();
    answer.accept(position()); // this comes before the edge acknowledges without this stream
    endAsTold(end.type(), end.retryMs());
  }

  /**
   * Ends the stream as its channel told. If it was the last one, the edge stops waiting for the
   * channel to confirm streams.
   */
  private void endAsTold(@Nullable String type, int retryMs) {
    endWith(type, retryMs);
    if (!edge.channels.containsKey(channel.id)) {
      edge.unconfirmed.forget(channel.id);
    }
  }

  /** Ends the stream with {@code _eric_goodbye}; the client is to come back later, or elsewhere. */
  void goodbye(int retryMs) {
    channel.flush();
    end(Message.GOODBYE, retryMs);
  }

  /** Ends the stream without a final event. */
  void endAtOnce() {
    end(null, 0);
  }

  private void end(@Nullable String type, int retryMs) {
    if (!over) {
      reader.leave(position());
      endWith(type, retryMs);
    }
  }

  private void endWith(@Nullable String type, int retryMs) {
    if (over) {
      return;
    }
    forget();
    Buffer last = type == null ? null : edge.format.control(type, Payload.NULL, retryMs, null);
    StreamSink open = sink;
    if (open == null) {
      lastWords = last;
      return;
    }
    open.end(last);
    if (unfinished > 0) { // the client may never read what was written before the end
      edge.loop.after(edge.options.getWriteDeadline(), () -> abortUnfinished(open));
    }
  }

  private void abortUnfinished(StreamSink open) {
    if (unfinished > 0) {
      edge.meters.count(CounterName.CLOSED_WRITE_DEADLINE);
      open.abort();
    }
  }

  /** Removes the stream from the edge without telling the client. Idempotent. */
  void forget() {
    if (!over) {
      over = true;
      if (outdated != null) {
        outdated.cancel();
      }
      reader.over();
      edge.closed(this);
    }
  }

  // ---- time

  /**
   * Does what is due: writes a heartbeat, or ends the stream at a write deadline, at its maximum
   * age or after a long silence.
   */
  void tick(long now) {
    StreamSink open = sink;
    if (over || open == null) {
      return;
    }
    if (now - expiresAt >= 0 && expiresAt != Long.MAX_VALUE) {
      edge.meters.count(CounterName.CLOSED_MAX_AGE);
      endAtOnce();
      return;
    }
    if (unfinished > 0) {
      if (now - unfinishedSince > edge.options.getWriteDeadline() * 1_000_000) {
        edge.meters.count(CounterName.CLOSED_WRITE_DEADLINE);
        leave(position());
        open.abort();
      }
      return;
    }
    long heartbeat = edge.options.getHeartbeat() * 1_000_000;
    if (heartbeat == 0 || now - lastWrite < heartbeat) {
      return;
    }
    // A heartbeat says that no message is missing, so it is left out while that is not confirmed.
    if (channel.book.confirms(reader)) {
      if (isLive()) {
        written = Math.max(written, channel.flushed()); // nothing of what was flushed is missing
      }
      edge.meters.count(CounterName.HEARTBEATS);
      write(edge.format.heartbeat(), written, 0, now);
    } else if (now - lastWrite - heartbeat >= channel.book.longestDoubt()) {
      // The book gives streams more time with each new owner, and owners may follow each other.
      edge.meters.count(CounterName.STREAMS_GIVEN_UP);
      givenUp();
    }
  }
}
