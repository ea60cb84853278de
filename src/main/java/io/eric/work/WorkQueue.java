package io.eric.work;

import io.eric.Message;
import io.eric.Position;
import io.eric.channel.internal.readers.BusConsumer;
import io.eric.channel.internal.readers.DirectAttachment;
import io.eric.channel.internal.readers.ErrorReport;
import io.eric.channel.internal.readers.Listener;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Slice;
import io.eric.options.DataProcessingChannelOptions;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A listener's messages as work: workers take them, in order, and finish them in any order; the
 * results go to one consumer. This class is used on the channel's context.
 *
 * <p>The cursor follows the oldest message whose result was not handed to the consumer. So after a
 * crash every message without a result is processed again, and so are messages that were finished
 * before an older one. The number of messages between the cursor and the newest message read is
 * bounded, and so is the number of messages with workers and results that wait.
 */
final class WorkQueue implements DirectAttachment {

  /**
   * How many messages may be read and not passed by the cursor. At this number nothing is read
   * until the oldest one is finished.
   */
  static final int MAX_AHEAD = 65_536;

  private static final int READ_MESSAGES = 64;
  private static final int READ_BYTES = 1 << 20;
  private static final long READ_AGAIN_MS = 1_000;

  private final Vertx vertx;
  private final Listener listener;
  private final MessageLog log;
  private final BusConsumer.Owner owner;
  private final Function<Message, JsonObject> adapt;
  private final Results results;
  private final int maxResults;
  private final int maxDeliveries;

  /** The messages that were read and not passed by the cursor, in order. */
  private final ArrayDeque<WorkItem> ahead = new ArrayDeque<>();

  /** The messages that were taken back from a worker, oldest first. */
  private final PriorityQueue<WorkItem> returned =
      new PriorityQueue<>(Comparator.comparingLong(WorkItem::sequence));

  private final ArrayDeque<WorkItem> ready = new ArrayDeque<>();
  private final ArrayDeque<WorkTaker> takers = new ArrayDeque<>();
  private final ProgressMeter meter;
  private final Consumer<WorkQueue> whenClosed;
  private long cursor;
  private long next;
  private @Nullable WorkItem ending;
  private boolean endOffered;
  private boolean reading;
  private boolean granting;
  private boolean closed;
  private long readAgain = -1;
  private int underWay;
  private int waiting;

  /** The receiver of the results, on a context of its own. */
  interface Results {
    /** Takes one result, and calls {@link WorkQueue#handed} when its consumer has it. */
    void offer(WorkItem item, JsonObject shown);

    /**
     * Ends the results, after a last event.
     *
     * @param finalType its type, or null for none
     * @return completed when the queue knows which results were handed over
     */
    Future<Void> end(@Nullable String finalType);

    /** Ends the results because of this failure. */
    void fail(Throwable failure);
  }

  WorkQueue(
      Vertx vertx,
      Listener listener,
      long from,
      DataProcessingChannelOptions options,
      MessageLog log,
      BusConsumer.Owner owner,
      Function<Message, JsonObject> adapt,
      Results results,
      ProgressMeter meter,
      Consumer<WorkQueue> whenClosed) {
    this.vertx = vertx;
    this.listener = listener;
    this.cursor = from;
    this.next = from;
    this.maxResults = options.getMaxResults();
    this.maxDeliveries = options.getMaxDeliveries();
    this.log = log;
    this.owner = owner;
    this.adapt = adapt;
    this.results = results;
    this.meter = meter;
    this.whenClosed = whenClosed;
    meter.start(this::progress);
  }

  @Override
  public boolean isLive() {
    return ahead.isEmpty() && !reading;
  }

  @Override
  public @Nullable String node() {
    return null;
  }

  @Override
  public @Nullable JsonObject again() {
    return null; // the consumer of the results is here, and has to ask again
  }

  @Override
  public long cursor() {
    return cursor;
  }

  boolean isClosed() {
    return closed;
  }

  /** Returns a message as the workers see it. */
  Message message(WorkItem item) {
    return item.entry.toMessage(log.epoch());
  }

  String id(WorkItem item) {
    return new Position(log.epoch(), item.sequence()).toString();
  }

  /** Returns the sequence that a message's id names; 0 if it is no id of this log. */
  long sequenceOf(String id) {
    Position position = Position.parse(id);
    return position != null && position.epoch().equals(log.epoch()) ? position.sequence() : 0;
  }

  // ---- giving messages to workers

  /** Adds a taker, which gets messages as soon as there are any, or none if the queue is closed. */
  void take(WorkTaker taker) {
    if (closed) {
      taker.give(List.of());
      return;
    }
    takers.addLast(taker);
    fill();
  }

  /** Removes a taker that waits no longer. */
  void leave(WorkTaker taker) {
    takers.remove(taker);
  }

  int takers() {
    return takers.size();
  }

  @Override
  public void fill() {
    if (closed || granting) {
      return;
    }
    granting = true;
    try {
      grant();
    } catch (RuntimeException e) {
      fail(e); // a message that cannot be decoded would come again and again
    } finally {
      granting = false;
    }
    offerEnd();
    readMore();
  }

  private void grant() {
    boolean given;
    do {
      showGaps();
      given = false;
      for (int left = takers.size(); left > 0 && !closed; left--) {
        given |= giveFairly(takers.removeFirst(), left);
      }
    } while (given && !closed);
  }

  /**
   * Gives a taker its share if it wants any; otherwise the taker goes on waiting.
   *
   * @return whether it got any
   */
  private boolean giveFairly(WorkTaker taker, int takersLeft) {
    int available = Math.min(room(), returned.size() + ready.size());
    int wanted = Math.min(taker.wants(), Math.max(1, available / takersLeft));
    List<WorkItem> items = available > 0 && wanted > 0 ? nextItems(wanted) : List.of();
    if (items.isEmpty()) {
      takers.addLast(taker);
      return false;
    }
    taker.give(items);
    return true;
  }

  private List<WorkItem> nextItems(int count) {
    List<WorkItem> items = new ArrayList<>(count);
    while (items.size() < count) {
      WorkItem item = returned.isEmpty() ? ready.peekFirst() : returned.peek();
      if (item == null || item.entry.type().equals(Message.GAP)) {
        break; // a gap is no work: it is shown when its turn comes
      }
      if (returned.poll() == null) {
        ready.removeFirst();
      }
      item.deliveries++;
      underWay++;
      items.add(item);
    }
    return items;
  }

  /** Offers gaps to the consumer in their place, as if they had been processed. */
  private void showGaps() {
    WorkItem first;
    while (room() > 0
        && (first = ready.peekFirst()) != null
        && first.entry.type().equals(Message.GAP)) {
      ready.removeFirst();
      offer(first, shown(first.entry));
    }
  }

  private int room() {
    return maxResults - underWay - waiting;
  }

  private void readMore() {
    if (closed
        || reading
        || readAgain != -1
        || ending != null
        || !ready.isEmpty()
        || !returned.isEmpty()
        || ahead.size() >= MAX_AHEAD
        || room() <= 0
        || takers.stream().noneMatch(taker -> taker.wants() > 0)) {
      return;
    }
    if (!log.hasAfter(next, listener.reader())) {
      next = log.lastSequence();
      moveCursor();
      owner.waiting(listener);
      return;
    }
    reading = true;
    int messages = Math.min(READ_MESSAGES, MAX_AHEAD - ahead.size());
    log.read(next, listener.reader(), messages, READ_BYTES).onComplete(this::read);
  }

  private void read(AsyncResult<Slice> read) {
    reading = false;
    if (closed) {
      return;
    }
    if (read.failed()) {
      readAgain =
          vertx.setTimer(
              READ_AGAIN_MS,
              timer -> {
                readAgain = -1;
                fill();
              });
      return;
    }
    next = read.result().through();
    for (Entry entry : read.result().entries()) {
      WorkItem item = new WorkItem(entry);
      if (entry.type().equals(Message.CHANNEL_CLOSED)) {
        ending = item; // later messages are for the next processing of the queue
        next = item.sequence();
        break;
      }
      ahead.addLast(item);
      ready.addLast(item);
    }
    fill();
  }

  // ---- what workers say

  /** Finishes a message that a worker has processed. */
  void done(WorkItem item, Message processed) {
    if (closed) {
      return;
    }
    JsonObject shown;
    try {
      shown = adapt.apply(processed).put("id", id(item));
    } catch (RuntimeException e) {
      failed(item, e);
      return;
    }
    meter.done++;
    finish(item, shown);
  }

  /** Finishes a message that could not be processed. */
  void failed(WorkItem item, Throwable failure) {
    if (closed) {
      return;
    }
    meter.failed++;
    finish(item, shown(ErrorReport.inPlaceOf(item.entry, id(item), failure)));
  }

  /**
   * Takes back a message that a worker has not begun, so that another worker gets it. It does not
   * count as a delivery.
   */
  void giveBack(WorkItem item) {
    if (closed) {
      return;
    }
    item.deliveries--;
    takeBack(item);
  }

  /**
   * Takes back a message that a worker has lost. Another worker gets it, unless too many have lost
   * it.
   */
  void lost(WorkItem item, Throwable failure) {
    if (closed) {
      return;
    }
    if (maxDeliveries > 0 && item.deliveries >= maxDeliveries) {
      failed(item, failure);
    } else {
      meter.redelivered++;
      takeBack(item);
    }
  }

  private void takeBack(WorkItem item) {
    underWay--;
    returned.add(item);
    fill();
  }

  private void finish(WorkItem item, JsonObject shown) {
    underWay--;
    offer(item, shown);
    fill();
  }

  private void offer(WorkItem item, JsonObject shown) {
    waiting++;
    results.offer(item, shown);
  }

  /** Offers the end that the producer has announced, once all messages before it are done. */
  private void offerEnd() {
    WorkItem last = ending;
    if (last != null
        && !endOffered
        && !closed
        && underWay == 0
        && ready.isEmpty()
        && returned.isEmpty()) {
      endOffered = true;
      offer(last, shown(last.entry));
    }
  }

  private JsonObject shown(Entry entry) {
    return new JsonObject()
        .put("event", entry.type())
        .put("data", entry.payload().value())
        .put("id", new Position(log.epoch(), entry.sequence()).toString());
  }

  // ---- what the consumer of the results says

  /** Notes that the consumer has these results. */
  void handed(List<WorkItem> items) {
    for (WorkItem item : items) {
      item.passed = true;
      waiting--;
    }
    moveCursor();
    WorkItem last = ending;
    if (last != null && last.passed && !closed) {
      close();
      owner.gone(listener, this);
    }
    fill();
  }

  private void moveCursor() {
    long to = cursor;
    WorkItem first;
    while ((first = ahead.peekFirst()) != null && first.passed) {
      to = ahead.removeFirst().sequence();
    }
    if (first == null) {
      to = Math.max(to, ending == null || ending.passed ? next : next - 1);
    }
    if (to > cursor) {
      cursor = to;
      owner.advanced(listener);
    }
  }

  // ---- the end

  @Override
  public Future<Void> end(@Nullable String finalType) {
    close();
    return results.end(finalType);
  }

  /** Gives up, because the workers of this JVM cannot process anything any more. */
  void fail(Throwable failure) {
    if (!closed) {
      close();
      owner.gone(listener, this);
      results.fail(failure);
    }
  }

  private void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (readAgain != -1) {
      vertx.cancelTimer(readAgain);
      readAgain = -1;
    }
    meter.stop();
    List<WorkTaker> left = List.copyOf(takers);
    takers.clear();
    left.forEach(taker -> taker.give(List.of()));
    whenClosed.accept(this);
  }

  ProcessingProgress progress() {
    long unread = log.hasAfter(next, listener.reader()) ? log.lastSequence() - next : 0;
    return new ProcessingProgress(
        meter.done,
        meter.failed,
        meter.redelivered,
        underWay,
        waiting,
        returned.size() + ready.size() + unread,
        meter.rate(),
        !closed);
  }
}
