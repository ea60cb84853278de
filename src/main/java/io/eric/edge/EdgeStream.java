package io.eric.edge;

import io.eric.Message;
import io.eric.Payload;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.FromChannel.End;
import io.eric.bus.FromChannel.Fetched;
import io.eric.bus.ToChannel;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream. It is live (written to with all other live streams of its channel) or
 * catching up (it reads the log at its own pace, when the kernel has taken what was read before).
 * It holds no messages of its own: a slow client costs a cursor. On the edge's context only.
 */
public final class EdgeStream {

  final long number;
  final ChannelStreams channel;
  private final Edge edge;

  /** Its place among the live streams, -1 if it is not live. Kept by {@link ChannelStreams}. */
  int liveIndex = -1;

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
  private boolean waiting;
  private boolean pausing;

  /** A write has failed: nothing after what is confirmed has reached the kernel for certain. */
  private boolean broken;

  private boolean over;

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

  /** What the channel tells clients to wait before they reconnect, in milliseconds. */
  public int retryMs() {
    return opened().retryMs();
  }

  /** Starts to write. The door has written its head before. Call it once. */
  public void begin(StreamSink sink) {
    if (over) {
      sink.end(null); // taken over or removed before its head was out
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
  }

  /** The connection is gone, or the door gives the stream up before it began. Idempotent. */
  public void lost() {
    if (!over) {
      long position = position();
      forget();
      edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, position));
    }
  }

  // ---- for the edge

  void attached(Attached attached) {
    this.attached = attached;
    if (attached.stopped()) {
      forget();
      return;
    }
    Fetched first = attached.first();
    // Nothing is written yet; the channel's answer starts right after this position.
    confirmed = first.entries().isEmpty() ? first.through() : first.entries().get(0).sequence() - 1;
    written = confirmed;
    channel.attached(this, attached.listener(), attached.retryMs());
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
    if (liveIndex >= 0 && unfinished == 0 && !broken) {
      return Math.max(written, channel.flushed());
    }
    return confirmed;
  }

  /** Writes shared bytes to this live stream. */
  void push(Buffer bytes, long before, long through, int messages, long now) {
    if (broken) {
      return;
    }
    if (unfinished == 0) {
      confirmed = Math.max(written, before);
    }
    write(bytes, through, messages, now);
    if (unfinished > 0) {
      StreamSink open = sink;
      boolean lags = unfinishedMessages > edge.options.getLagMessages();
      if (lags || open != null && open.isFull()) {
        demote();
      } else if (liveIndex >= 0) {
        channel.setUnsettled(this);
      }
    }
  }

  private void write(Buffer bytes, long through, int messages, long now) {
    StreamSink open = sink;
    if (open == null) {
      return;
    }
    lastWrite = now;
    written = Math.max(written, through);
    Future<Void> done = open.write(bytes);
    if (done.isComplete()) {
      if (done.failed()) {
        broken = true; // the connection is lost, which the door reports
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
          unfinished--;
          if (result.failed()) {
            broken = true;
          } else if (!over) {
            confirmed = Math.max(confirmed, through);
            unfinishedSince = System.nanoTime();
            if (unfinished == 0) {
              unfinishedMessages = 0;
              drained();
            }
          }
        });
  }

  private void drained() {
    if (liveIndex >= 0) {
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
    long position = position();
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
    }
  }

  private void fetch() {
    if (over || fetching || waiting || pausing || unfinished > 0 || liveIndex >= 0) {
      return;
    }
    fetching = true;
    edge.client
        .<Fetched>ask(
            channel.id,
            new ToChannel.Fetch(
                edge.address,
                number,
                written,
                edge.options.getLagMessages() * 16,
                edge.options.getBatchBytes()))
        .onComplete(
            answer -> {
              fetching = false;
              if (over) {
                return;
              }
              if (answer.succeeded()) {
                take(answer.result());
              } else {
                endWith(null, 0); // the channel is gone or does not answer: the client comes back
                edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, confirmed));
              }
            });
  }

  private void take(Fetched batch) {
    if (!batch.entries().isEmpty()) {
      Buffer bytes = edge.format.encode(batch.entries(), opened().epoch(), opened().retryMs());
      write(bytes, batch.through(), batch.entries().size(), System.nanoTime());
    } else {
      written = Math.max(written, batch.through());
      if (unfinished == 0) {
        confirmed = written;
      }
    }
    waiting = batch.waiting();
    long delay = opened().delayMs();
    if (batch.live()) {
      liveFrom = batch.through();
      if (!channel.join(this, liveFrom)) {
        fetch();
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

  // ---- the ways to end

  /** The channel ends the stream; gives the sequence up to which the kernel has everything. */
  long ended(End end) {
    channel.flush();
    long position = position();
    endWith(end.type(), end.retryMs());
    return position;
  }

  /** The server is draining. */
  void goodbye(int retryMs) {
    channel.flush();
    long position = position();
    endWith(Message.GOODBYE, retryMs);
    edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, position));
  }

  void endAtOnce() {
    long position = position();
    endWith(null, 0);
    edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, position));
  }

  private void endWith(@Nullable String type, int retryMs) {
    if (over) {
      return;
    }
    forget();
    StreamSink open = sink;
    if (open != null) {
      open.end(type == null ? null : edge.format.control(type, Payload.NULL, retryMs, null));
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
    if (unfinished > 0) {
      if (now - unfinishedSince > edge.options.getWriteDeadline() * 1_000_000) {
        long position = position();
        forget();
        open.abort();
        edge.client.tell(channel.id, new ToChannel.Detach(edge.address, number, position));
      }
      return;
    }
    if (now - expiresAt >= 0 && expiresAt != Long.MAX_VALUE) {
      endAtOnce();
      return;
    }
    long heartbeat = edge.options.getHeartbeat() * 1_000_000;
    if (heartbeat > 0 && now - lastWrite >= heartbeat) {
      write(edge.format.heartbeat(), written, 0, now);
    }
  }
}
