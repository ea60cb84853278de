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
 * One client's stream. It is live (written to with all other live streams of its channel) or
 * catching up (it reads the log at its own pace, when the kernel has taken what was read before).
 * It holds no messages of its own: a slow client costs a cursor. On the edge's context only.
 */
public final class EdgeStream implements ChannelReader.Stream {

  /** The position of a stream that is not attached yet. */
  private static final long UNKNOWN = -1;

  /** How long it stays with an owner of whom its edge knows that it is none any more. */
  private static final long OUTDATED_PAUSE_MS = 500;

  final ChannelStreams channel;
  private final Edge edge;
  private final ChannelReader reader;
  private final Promise<EdgeStream> attaching = Promise.promise();

  /** Its place among the live streams, -1 if it is not live. Kept by {@link ChannelStreams}. */
  int liveIndex = -1;

  /** Runs while it waits to be attached anew. */
  private Loop.@Nullable Timer outdated;

  private @Nullable Attached attached;
  private @Nullable StreamSink sink;
  private long liveFrom;

  /** The sequence up to which it was written to. */
  private long written;

  /** The sequence up to which the kernel has everything. */
  private long confirmed;

  /**
   * Another one for each log that it was attached to: bytes out of a former one confirm nothing.
   */
  private int logs;

  private int unfinished;
  private long unfinishedSince;
  private int unfinishedMessages;
  private long lastWrite;
  private long bornAt;
  private long expiresAt = Long.MAX_VALUE;
  private boolean over;

  /**
   * Whether it left the live streams to be attached anew: until the channel has heard that, it
   * takes no acknowledgement that was made without it.
   */
  private boolean reopening;

  private @Nullable Buffer lastWords;

  /**
   * A stream that is not attached yet.
   *
   * @param listener whose messages it carries; null for a watcher
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
   * Completed when the channel has attached it, also if it was {@linkplain #lost lost} before;
   * fails with an {@link io.eric.EricException}.
   */
  public Future<EdgeStream> whenAttached() {
    return attaching.future();
  }

  /** True: the listener was stopped on purpose, there is nothing to stream (HTTP answers 204). */
  public boolean isStopped() {
    return opened().stopped();
  }

  /** The position that the stream begins after. To be asked before {@link #begin}. */
  public String startsAfter() {
    return new Position(opened().epoch(), confirmed).toString();
  }

  /** What the channel tells clients to wait before they reconnect, in milliseconds. */
  public int retryMs() {
    return opened().retryMs();
  }

  /** Starts to write. The door has written its head before. Call it once. */
  public void begin(StreamSink sink) {
    if (over) {
      sink.end(lastWords); // taken over or removed before its head was out
      return;
    }
    this.sink = sink;
    long now = edge.loop.nanoTime();
    bornAt = now;
    long interval = edge.options.getHeartbeat() * 1_000_000;
    // Spread, so that streams that came together do not send their heartbeats together.
    lastWrite = now - (interval == 0 ? 0 : edge.loop.random(interval / 2 + 1));
    long maxAge = edge.options.getStreamMaxAge() * 1_000_000;
    if (maxAge > 0) {
      expiresAt = bornAt + maxAge - maxAge / 10 + edge.loop.random(maxAge / 5 + 1);
    }
    edge.begun(this);
    reader.begin();
  }

  /** The connection is gone, or the door gives the stream up, attached or not. Idempotent. */
  public void lost() {
    leave(position());
  }

  /** Tells the channel how far the stream got, and takes it out of the books. Idempotent. */
  private void leave(long position) {
    // The channel hears of the end first: forget() lets the edge acknowledge for the remaining
    // streams, and that must not reach the channel before this stream's own position.
    reader.leave(position);
    forget();
  }

  // ---- for the edge

  /** Asks the channel for it; see {@link ChannelReader#open}. */
  void attach(@Nullable String after) {
    reader
        .open(after)
        .map(
            answer -> {
              if (attached == null) { // it is none: stopped, or lost before the answer came
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

  /** What the channel knows it by. */
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

  /** What the kernel has for certain. */
  long confirmed() {
    return confirmed;
  }

  boolean isUnsettled() {
    return unfinished > 0;
  }

  /** For how long written bytes have been waiting for the kernel, in nanoseconds. */
  long lagsSince(long now) {
    return unfinished == 0 ? 0 : now - unfinishedSince;
  }

  /** In which it is attached; none until it is. */
  Session session() {
    return attached == null ? Session.NONE : attached.session();
  }

  /** The sequence up to which everything was handed to the kernel. */
  private long position() {
    if (attached == null) {
      return UNKNOWN;
    }
    if (liveIndex >= 0 && unfinished == 0) {
      return Math.max(written, channel.flushed());
    }
    return confirmed;
  }

  /**
   * Writes shared bytes to this live stream, as long as its client keeps up: however much was
   * published at once, what waits for a slow one is no more than a segment or two. It reads the
   * rest for itself.
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
      if (liveIndex < 0) {
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
      confirmed = before; // all before these bytes was handed over
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

  /** A failed write is a lost connection: the kernel has what it had before, and no more. */
  private void broken() {
    if (over) {
      return;
    }
    unfinished = Math.max(1, unfinished); // what failed never is finished
    StreamSink open = sink;
    leave(confirmed);
    if (open != null) {
      open.abort();
    }
  }

  private void drained() {
    reader.drained();
    if (liveIndex >= 0) {
      channel.setSettled(this);
    }
  }

  /** Leaves the live streams; reads on when the kernel has taken what is written. */
  @Override
  public void demote() {
    if (liveIndex < 0 || over) {
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
   * It is attached to an owner of whom its edge knows that it is none any more, or in a session
   * that is over; the next owner needs a moment.
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
    if (liveIndex >= 0) {
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

  /** The client comes back by itself, and is told then what is wrong. */
  @Override
  public void failed(Throwable reason) {
    if (reason instanceof InvalidChannelException) {
      edge.unconfirmed.forget(channel.id);
    }
    endAtOnce();
  }

  /** Nobody knows whether it misses messages: its client comes back, perhaps at another node. */
  @Override
  public void givenUp() {
    goodbye(edge.jitteredRetry());
  }

  // ---- the ways to end

  /** The producer has said that nothing more comes; what follows is for streams that come later. */
  private void endAfter(List<Entry> last) {
    Buffer bytes = edge.format.encode(last, opened().epoch(), opened().retryMs());
    write(bytes, last.get(last.size() - 1).sequence(), last.size(), edge.loop.nanoTime());
    if (!over) {
      endAtOnce();
    }
  }

  /**
   * The channel ends the stream.
   *
   * @param answer takes the sequence up to which the kernel has everything
   */
  void ended(End end, LongConsumer answer) {
    channel.flush();
    answer.accept(position()); // before the edge acknowledges without this stream
    endAsTold(end.type(), end.retryMs());
  }

  /** The channel has said that it ends, so that nobody here waits for its word any more. */
  private void endAsTold(@Nullable String type, int retryMs) {
    endWith(type, retryMs);
    if (!edge.channels.containsKey(channel.id)) {
      edge.unconfirmed.forget(channel.id);
    }
  }

  /** The client had better come back later, or elsewhere. */
  void goodbye(int retryMs) {
    channel.flush();
    end(Message.GOODBYE, retryMs);
  }

  /** Ends without a word. */
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
    if (unfinished > 0) { // the client may never read what is before the end
      edge.loop.after(edge.options.getWriteDeadline(), () -> abortUnfinished(open));
    }
  }

  private void abortUnfinished(StreamSink open) {
    if (unfinished > 0) {
      edge.meters.count(CounterName.CLOSED_WRITE_DEADLINE);
      open.abort();
    }
  }

  /** Takes the stream out of the books, without a word to the client. Idempotent. */
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

  /** Looks what is due: a heartbeat, the deadline of a write, the end of a long life. */
  void pulse(long now) {
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
    // A heartbeat says that nothing is missing, so it is left out where nobody knows.
    if (heartbeat > 0 && now - lastWrite >= heartbeat && channel.book.confirms(reader)) {
      if (liveIndex >= 0) {
        written = Math.max(written, channel.flushed()); // nothing of what was flushed is missing
      }
      edge.meters.count(CounterName.HEARTBEATS);
      write(edge.format.heartbeat(), written, 0, now);
    }
  }
}
