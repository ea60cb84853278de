package io.eric.edge;

import io.eric.Entry;
import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.bus.Counter;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.FromChannel.End;
import io.eric.bus.FromChannel.Fetched;
import io.eric.bus.ToChannel;
import io.eric.edge.PendingWrites.Segment;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream. It is live (written to with all other live streams of its channel) or
 * catching up (it reads the log at its own pace, when the kernel has taken what was read before).
 * It holds no messages of its own: a slow client costs a cursor. On the edge's context only.
 */
public final class EdgeStream {

  /** The position of a stream that is not attached yet. */
  private static final long UNKNOWN = -1;

  /** How long to wait before a channel is asked again that nobody serves at this moment. */
  private static final long REATTACH_PAUSE_MS = 500;

  /** How the channel knows it; another one each time it is attached anew. */
  long number;

  final ChannelStreams channel;
  private final Edge edge;

  /** Its place among the live streams, -1 if it is not live. Kept by {@link ChannelStreams}. */
  int liveIndex = -1;

  /** Whether it carries broadcasts only, for nobody in particular. */
  boolean watches;

  private @Nullable Attached attached;
  private @Nullable StreamSink sink;
  private long liveFrom;
  private long written;
  private long confirmed;
  private int unfinished;
  private long unfinishedSince;
  private int unfinishedMessages;
  private long lastWrite;
  private long bornAt;
  private long expiresAt = Long.MAX_VALUE;
  private boolean fetching;
  private boolean reattaching;
  private boolean missedMove;
  private boolean waiting;
  private boolean pausing;
  private boolean woken;
  private boolean owesWritten;
  private boolean over;
  private @Nullable Buffer lastWords;

  EdgeStream(Edge edge, ChannelStreams channel, long number) {
    this.edge = edge;
    this.channel = channel;
    this.number = number;
  }

  // ---- for the door

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
    long now = System.nanoTime();
    bornAt = now;
    long interval = edge.options.getHeartbeat() * 1_000_000;
    // Spread, so that streams that came together do not send their heartbeats together.
    lastWrite = now - (interval == 0 ? 0 : ThreadLocalRandom.current().nextLong(interval / 2 + 1));
    long maxAge = edge.options.getStreamMaxAge() * 1_000_000;
    if (maxAge > 0) {
      expiresAt =
          bornAt + maxAge - maxAge / 10 + ThreadLocalRandom.current().nextLong(maxAge / 5 + 1);
    }
    edge.begun(this);
    take(opened().first());
    if (missedMove) {
      missedMove = false;
      reattach();
    }
  }

  /** The connection is gone, or the door gives the stream up before it began. Idempotent. */
  public void lost() {
    if (!over) {
      leave(position());
    }
  }

  /** Tells the channel how far the stream got, and takes it out of the books. */
  private void leave(long position) {
    // In this order: without the stream, the edge acknowledges what the stream has not written.
    edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, position));
    forget();
  }

  // ---- for the edge

  void attached(Attached attached) {
    this.attached = attached;
    if (attached.stopped()) {
      forget();
      return;
    }
    Fetched first = attached.first();
    startAfter(first);
    if (over) { // lost or closed before the channel's answer came: it has a stream that is none
      edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, confirmed));
      return;
    }
    channel.attached(this, attached.listener(), attached.retryMs());
  }

  /** Nothing of this log is written yet; the channel's answer starts right after this position. */
  private void startAfter(Fetched first) {
    confirmed = first.entries().isEmpty() ? first.through() : first.entries().get(0).sequence() - 1;
    written = confirmed;
  }

  /** The channel refused, or has not answered in time: then it may still open the stream. */
  void notAttached(Throwable reason) {
    forget();
    if (reason instanceof UnavailableException) {
      edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, UNKNOWN));
    }
  }

  private Attached opened() {
    Attached answer = attached;
    if (answer == null) {
      throw new IllegalStateException("the stream is not attached yet");
    }
    return answer;
  }

  @Nullable String listener() {
    return attached == null ? null : attached.listener();
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
  int push(List<Segment> segments, long before, long through, long now) {
    if (unfinished == 0) {
      confirmed = Math.max(written, before);
    }
    int messages = 0;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
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
    String epoch = opened().epoch();
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
          if (epoch.equals(opened().epoch())) {
            confirmed = Math.max(confirmed, through);
          }
          unfinishedSince = System.nanoTime();
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
    if (liveIndex >= 0) {
      tellWritten();
      channel.setSettled(this);
    } else {
      fetch();
    }
  }

  /** Leaves the live streams; reads on when the kernel has taken what is written. */
  void demote() {
    if (liveIndex < 0 || over) {
      return;
    }
    edge.meters.count(Counter.DEMOTIONS);
    long position = position();
    owesWritten = false;
    channel.leave(this);
    confirmed = position;
    if (unfinished == 0) {
      written = position;
    }
    edge.client.tell(channel.id, new ToChannel.Demote(edge.address, number, position));
    if (unfinished == 0) {
      fetch();
    }
  }

  void wake() {
    if (waiting) {
      waiting = false;
      fetch();
    } else {
      woken = true; // the answer that says to wait has not been taken yet
    }
  }

  /** Tells the channel, once, that the stream is live and has what it had read before. */
  private void tellWritten() {
    if (owesWritten) {
      owesWritten = false;
      edge.client.tell(channel.id, new ToChannel.Written(edge.address, number, confirmed));
    }
  }

  private void fetch() {
    if (over || fetching || waiting || pausing || unfinished > 0 || liveIndex >= 0 || reattaching) {
      return;
    }
    fetching = true;
    long asked = number;
    edge.client
        .<Fetched>askLong(
            channel.id,
            new ToChannel.Fetch(
                edge.address,
                number,
                written,
                edge.options.getLagMessages() * 16,
                edge.options.getBatchBytes()))
        .onComplete(
            answer -> {
              if (asked != number) {
                return; // attached anew meanwhile
              }
              fetching = false;
              if (over) {
                return;
              }
              if (answer.succeeded()) {
                take(answer.result());
              } else if (edge.isClustered() && mayComeBack(answer.cause())) {
                reattach();
              } else {
                endAtOnce(); // the channel is gone or does not answer: the client comes back
              }
            });
  }

  private void take(Fetched batch) {
    int end = ChannelStreams.indexOfEnd(batch.entries());
    if (end >= 0) {
      endAfter(batch.entries().subList(0, end + 1));
      return;
    }
    if (!batch.entries().isEmpty()) {
      Buffer bytes = edge.format.encode(batch.entries(), opened().epoch(), opened().retryMs());
      write(bytes, batch.through(), batch.entries().size(), System.nanoTime());
      if (over) {
        return;
      }
    } else {
      written = Math.max(written, batch.through());
      if (unfinished == 0) {
        confirmed = written;
      }
    }
    waiting = batch.waiting() && !woken;
    woken = false;
    long delay = opened().delayMs();
    if (batch.live()) {
      liveFrom = batch.through();
      if (!channel.join(this, liveFrom)) {
        fetch();
        return;
      }
      owesWritten = true;
      if (unfinished == 0) {
        tellWritten();
      }
    } else if (delay > 0 && !batch.entries().isEmpty()) {
      pausing = true;
      edge.vertx.setTimer(
          delay,
          timer -> {
            pausing = false;
            fetch();
          });
    } else {
      fetch();
    }
  }

  // ---- several nodes

  private static boolean mayComeBack(Throwable failure) {
    return failure instanceof UnavailableException || failure instanceof RepositoryException;
  }

  /**
   * Opens itself anew where the channel lives now, after what was written: bytes that still wait
   * for the kernel will get there, or the connection is lost and says what it has.
   */
  void reattach() {
    Attached before = attached;
    if (over) {
      return;
    }
    if (before == null || sink == null) {
      missedMove = true;
      return;
    }
    if (liveIndex >= 0) {
      written = Math.max(written, channel.flushed());
      confirmed = unfinished == 0 ? written : confirmed;
    }
    owesWritten = false;
    fetching = false;
    waiting = false;
    woken = false;
    reattaching = true;
    if (watches) { // nothing else tells the channel that it is not one more
      edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, confirmed));
    }
    channel.reopen(this, edge.newNumber());
    askAgain(before, number);
  }

  private void askAgain(Attached before, long asked) {
    edge.client
        .<Attached>ask(
            channel.id,
            new ToChannel.Reattach(
                edge.attach(
                    number,
                    watches ? null : before.listener(),
                    new Position(before.epoch(), written).toString())))
        .onComplete(
            answer -> {
              if (over || asked != number) {
                return;
              }
              if (answer.succeeded()) {
                reattached(before, answer.result());
              } else if (mayComeBack(answer.cause())) {
                edge.vertx.setTimer(
                    REATTACH_PAUSE_MS,
                    timer -> {
                      if (!over && asked == number) {
                        askAgain(before, asked);
                      }
                    });
              } else {
                endAtOnce(); // the channel or the listener is gone, or has another stream
              }
            });
  }

  private void reattached(Attached before, Attached now) {
    reattaching = false;
    if (now.stopped()) {
      endWith(null, 0);
      return;
    }
    channel.forgetListener(this, before.listener());
    attached = now;
    if (!now.epoch().equals(before.epoch())) {
      startAfter(now.first()); // positions of the former log say nothing here
    }
    channel.attached(this, now.listener(), now.retryMs());
    take(now.first());
    channel.reopened(this);
  }

  // ---- the ways to end

  /** The producer has said that nothing more comes; what follows is for streams that come later. */
  private void endAfter(List<Entry> last) {
    Buffer bytes = edge.format.encode(last, opened().epoch(), opened().retryMs());
    write(bytes, last.get(last.size() - 1).sequence(), last.size(), System.nanoTime());
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
    endWith(end.type(), end.retryMs());
  }

  /** The server is draining. */
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
      edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, position()));
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
      edge.vertx.setTimer(edge.options.getWriteDeadline(), timer -> abortUnfinished(open));
    }
  }

  private void abortUnfinished(StreamSink open) {
    if (unfinished > 0) {
      edge.meters.count(Counter.CLOSED_WRITE_DEADLINE);
      open.abort();
    }
  }

  /** Takes the stream out of the books, without a word to the client. Idempotent. */
  void forget() {
    if (!over) {
      over = true;
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
      edge.meters.count(Counter.CLOSED_MAX_AGE);
      endAtOnce();
      return;
    }
    if (unfinished > 0) {
      if (now - unfinishedSince > edge.options.getWriteDeadline() * 1_000_000) {
        edge.meters.count(Counter.CLOSED_WRITE_DEADLINE);
        leave(position());
        open.abort();
      }
      return;
    }
    long heartbeat = edge.options.getHeartbeat() * 1_000_000;
    if (heartbeat > 0 && now - lastWrite >= heartbeat) {
      if (liveIndex >= 0) {
        written = Math.max(written, channel.flushed()); // nothing of what was flushed is missing
      }
      edge.meters.count(Counter.HEARTBEATS);
      write(edge.format.heartbeat(), written, 0, now);
    }
  }
}
