package io.eric.channel.internal.readers;

import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import io.eric.internal.Loop;
import io.eric.internal.client.ConsumerLink;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Slice;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.ChannelOptions;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Delivers to a listener's consumer on the event bus, at least once and in order. Up to a window of
 * messages may be unacknowledged; the cursor follows the oldest of them. When a message fails, it
 * and all that follow are sent again after a pause; after too many attempts it is skipped and
 * reported. If the consumer is gone, the listener is detached.
 */
public final class BusConsumer implements DirectAttachment {

  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 5_000;
  private static final int READ_BYTES = 1 << 20;

  private final Loop loop;
  private final ConsumerLink link;
  private final String channelId;
  private final Listener listener;
  private final MessageLog log;
  private final UnaryOperator<Entry> adapted;
  private final Owner owner;
  private final Meters meters;
  private final int window;
  private final int maxDeliveries;
  private final long noHandlerTimeout;
  private final String address;
  private final long ackTimeout;
  private final ArrayDeque<Sent> inFlight = new ArrayDeque<>();
  private long cursor;
  private long next;
  private final @Nullable Entry resumeGap;
  private @Nullable Entry gap;
  private long lastCountedGap = -1;
  private Future<Void> observed = Future.succeededFuture();
  private boolean reading;
  private boolean closed;
  private Loop.@Nullable Timer timer;
  private long failing;
  private int failures;
  private long pause = FIRST_PAUSE_MS;
  private long withoutHandlersSince = -1;

  /** Hears from a consumer what its channel has to know. */
  public interface Owner {
    /** The listener's cursor has moved. */
    void advanced(Listener listener);

    /**
     * The listener has nothing to read. {@link DirectAttachment#fill} is to be called when it has.
     */
    void waiting(Listener listener);

    /** The consumer is gone. */
    void gone(Listener listener, DirectAttachment consumer);
  }

  /**
   * @param node the node of the consumer; null for this one
   */
  public BusConsumer(
      Loop loop,
      ConsumerLink link,
      String channelId,
      Listener listener,
      Resume.Point from,
      int window,
      @Nullable String node,
      ChannelOptions<?> channelOptions,
      MessageLog log,
      UnaryOperator<Entry> adapted,
      Owner owner,
      Meters meters) {
    this.loop = loop;
    this.link = link;
    this.channelId = channelId;
    this.listener = listener;
    this.cursor = from.cursor();
    this.next = cursor;
    this.resumeGap = from.gap();
    this.gap = resumeGap;
    this.window = window;
    this.maxDeliveries = channelOptions.getMaxDeliveries();
    this.noHandlerTimeout = channelOptions.getNoHandlerTimeout();
    this.log = log;
    this.adapted = adapted;
    this.owner = owner;
    this.meters = meters;
    String here = Addresses.listener(channelId, listener.id);
    this.address = node == null ? here : Addresses.at(node, here);
    this.ackTimeout = channelOptions.getAckTimeout();
  }

  @Override
  public boolean isLive() {
    return inFlight.isEmpty() && !reading;
  }

  @Override
  public @Nullable String node() {
    return Addresses.nodeOf(address);
  }

  @Override
  public long cursor() {
    return cursor;
  }

  /**
   * Returns the command that starts the consumer anew at another owner; null if its own node sends
   * that command.
   */
  @Override
  public @Nullable JsonObject again() {
    return Addresses.isFar(address)
        ? null
        : new JsonObject().put("v", "l").put("r", listener.id).put("window", window);
  }

  /** Sends as many messages as the window allows. */
  @Override
  public void fill() {
    if (gap != null && !closed && timer == null) {
      Sent first = new Sent(gap, true);
      gap = null;
      send(first);
    }
    int room = window - inFlight.size();
    if (closed || reading || timer != null || room <= 0) {
      return;
    }
    reading = true;
    long from = next;
    log.read(from, listener.reader(), room, READ_BYTES).onComplete(read -> send(from, read));
  }

  /** Stops sending, after a last event that the consumer need not acknowledge. */
  @Override
  public Future<Void> end(@Nullable String finalType) {
    close();
    if (finalType != null) {
      Entry last = new Entry(cursor, 0, null, finalType, Payload.NULL, null, null);
      link.tell(address, body(last));
    }
    return Future.succeededFuture();
  }

  /** Stops sending. Unacknowledged messages stay after the cursor. */
  private void close() {
    closed = true;
    inFlight.clear();
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void send(long from, AsyncResult<Slice> read) {
    reading = false;
    if (closed || timer != null) {
      return;
    }
    if (from != next) { // a message failed meanwhile, so this slice is not what comes next
      fill();
      return;
    }
    if (read.failed()) {
      pauseAndSendAgain();
      return;
    }
    Slice slice = read.result();
    for (Entry entry : slice.entries()) {
      next = entry.sequence();
      send(new Sent(entry, false));
    }
    if (slice.entries().isEmpty()) {
      next = slice.through();
      if (inFlight.isEmpty()) {
        moveCursor(next);
      }
    }
    if (!log.hasAfter(next, listener.reader())) { // a message may have come since the read
      owner.waiting(listener);
    } else {
      fill();
    }
  }

  private void send(Sent sent) {
    Entry entry = sent.entry;
    if (entry.type().equals(Message.GAP) && entry.sequence() > lastCountedGap) {
      lastCountedGap = entry.sequence(); // a gap that is sent again is still one gap
      GapCount.of(entry, meters);
    }
    inFlight.addLast(sent);
    deliver(sent);
  }

  private void deliver(Sent sent) {
    if (!listener.isObserved()) {
      request(sent, adapted.apply(sent.entry));
      return;
    }
    // onMessage gets one message after the other, whatever the window.
    observed =
        observed
            .otherwiseEmpty()
            .compose(
                before ->
                    closed || sent.stale
                        ? Future.<Void>succeededFuture()
                        : observe(sent.entry)
                            .onSuccess(done -> request(sent, adapted.apply(sent.entry)))
                            .onFailure(e -> takeBack(sent, e)));
  }

  /**
   * Calls {@code onMessage}. A message that cannot be decoded does not reach it at any attempt, so
   * that its failure then is none.
   */
  private Future<Void> observe(Entry entry) {
    return listener
        .observe(entry)
        .recover(e -> isDecodable(entry) ? Future.failedFuture(e) : Future.<Void>succeededFuture());
  }

  private static boolean isDecodable(Entry entry) {
    try {
      entry.payload().value();
      return true;
    } catch (IllegalStateException undecodable) {
      return false;
    }
  }

  private void request(Sent sent, Entry entry) {
    if (closed || sent.stale) {
      return; // it failed, or the consumer ended, while onMessage was looking at it
    }
    meters.count(CounterName.DELIVERED_ON_BUS);
    link.deliver(address, body(entry), ackTimeout)
        .onComplete(
            reply -> {
              if (reply.succeeded()) {
                acknowledged(sent);
              } else {
                failed(sent, reply.cause());
              }
            });
  }

  /**
   * Returns what the consumer gets. A message that cannot be decoded would fail at every attempt,
   * so its report is delivered in its place.
   */
  private JsonObject body(Entry entry) {
    try {
      return body(entry, entry.payload().value());
    } catch (IllegalStateException e) {
      Entry report =
          report(entry, new InvalidMessageFormatException(String.valueOf(e.getMessage())));
      return body(report, report.payload().value());
    }
  }

  private JsonObject body(Entry entry, @Nullable Object data) {
    JsonObject body =
        new JsonObject()
            .put("event", entry.type())
            .put("data", data)
            .put("id", id(entry))
            .put("channel", channelId);
    if (entry.sender() != null) {
      body.put("sender", entry.sender());
    }
    return body;
  }

  private Entry report(Entry entry, Throwable failure) {
    return ErrorReport.inPlaceOf(entry, id(entry), failure);
  }

  private String id(Entry entry) {
    return new Position(log.epoch(), entry.sequence()).toString();
  }

  private void acknowledged(Sent sent) {
    withoutHandlersSince = -1;
    if (closed || sent.stale) {
      return;
    }
    sent.acknowledged = true;
    if (sent.entry.sequence() == failing) {
      failing = 0;
      failures = 0;
      pause = FIRST_PAUSE_MS;
    }
    Sent first;
    long done = cursor;
    while ((first = inFlight.peekFirst()) != null && first.acknowledged) {
      done = inFlight.removeFirst().entry.sequence();
      if (failing == 0) {
        pause = FIRST_PAUSE_MS; // it advances, so the next failure begins with a short pause
      }
    }
    moveCursor(inFlight.isEmpty() ? Math.max(done, next) : done);
    fill();
  }

  private void moveCursor(long to) {
    if (to > cursor) {
      cursor = to;
      owner.advanced(listener);
    }
  }

  private void failed(Sent sent, Throwable failure) {
    if (!sent.stale && !BusReply.hadNoHandler(failure)) {
      withoutHandlersSince = -1; // a handler has failed, so there was one
    }
    takeBack(sent, failure);
  }

  /**
   * Sends a message again later, or skips it. A failure of {@code onMessage} comes here directly,
   * because it does not say whether there is a consumer.
   */
  private void takeBack(Sent sent, Throwable failure) {
    if (closed || sent.stale || sent.acknowledged) {
      return;
    }
    long sequence = sent.entry.sequence();
    meters.count(CounterName.REDELIVERIES);
    sendAgainFrom(sent);
    if (BusReply.hadNoHandler(failure)) {
      long now = loop.currentTimeMillis();
      withoutHandlersSince = withoutHandlersSince < 0 ? now : withoutHandlersSince;
      if (now - withoutHandlersSince >= noHandlerTimeout) {
        meters.count(CounterName.CONSUMERS_GONE);
        close();
        owner.gone(listener, this);
        return;
      }
    } else {
      failures = failing == sequence ? failures + 1 : 1;
      failing = sequence;
      if (maxDeliveries > 0 && failures >= maxDeliveries) {
        skip(sent.entry, failure);
        return;
      }
    }
    pauseAndSendAgain();
  }

  /**
   * Takes back this message and all that were sent after it. They are sent again, and
   * acknowledgements of them no longer count.
   */
  private void sendAgainFrom(Sent failed) {
    boolean from = false;
    long last = cursor;
    for (Iterator<Sent> all = inFlight.iterator(); all.hasNext(); ) {
      Sent sent = all.next();
      from |= sent == failed;
      if (from) {
        sent.stale = true;
        if (sent.isResumeGap) {
          gap = resumeGap; // it is not in the log, so the next read would not bring it
        }
        all.remove();
      } else {
        last = sent.entry.sequence();
      }
    }
    next = last;
  }

  private void pauseAndSendAgain() {
    if (timer == null) {
      timer =
          loop.after(
              nextPause(),
              () -> {
                timer = null;
                fill();
              });
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }

  /**
   * Returns the next pause, which ends at the latest when a consumer without handlers is given up.
   */
  private long nextPause() {
    if (withoutHandlersSince < 0) {
      return pause;
    }
    long left = withoutHandlersSince + noHandlerTimeout - loop.currentTimeMillis();
    return left > 0 ? Math.min(pause, left) : pause;
  }

  /** Gives a message up. In its place the listener gets a report, which it need not acknowledge. */
  private void skip(Entry entry, Throwable failure) {
    meters.count(CounterName.SKIPPED);
    failing = 0;
    failures = 0;
    pause = FIRST_PAUSE_MS;
    gap = null; // if the message is that gap, it was taken back to be sent again
    var unused = link.deliver(address, body(report(entry, failure)), ackTimeout);
    next = entry.sequence();
    if (inFlight.isEmpty()) {
      moveCursor(next);
    }
    fill();
  }

  /** One message on its way. */
  private static final class Sent {
    private final Entry entry;
    private final boolean isResumeGap;
    private boolean acknowledged;
    private boolean stale;

    private Sent(Entry entry, boolean isResumeGap) {
      this.entry = entry;
      this.isResumeGap = isResumeGap;
    }
  }
}
