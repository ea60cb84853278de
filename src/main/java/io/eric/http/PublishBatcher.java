package io.eric.http;

import io.eric.EricException;
import io.eric.UnavailableException;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.Command;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends messages to channels: what arrives for one channel within a turn of the event loop goes as
 * one request, in the order of arrival. A channel that does not answer in time is not allowed to
 * pile up more than a bound here. On one event loop only.
 */
final class PublishBatcher {

  private final Context context;
  private final Meters meters;
  private final BusClient bus;
  private final int maxMessages;
  private final long maxBytes;

  /** One per channel that has messages in flight. */
  private final Map<String, Outgoing> outgoing = new HashMap<>();

  /** Lanes that have messages of this turn. */
  private List<Outgoing> filled = new ArrayList<>();

  /**
   * Batches for a verticle.
   *
   * @param maxMessages unacknowledged ones per channel
   * @param maxBytes of unacknowledged messages per channel
   */
  PublishBatcher(Context context, BusClient bus, Meters meters, int maxMessages, long maxBytes) {
    this.context = context;
    this.meters = meters;
    this.bus = bus;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /**
   * Publishes one message.
   *
   * @return its position, when it is in the log; fails with an {@link EricException}
   */
  Future<String> publish(Command.Publish message) {
    Outgoing queue = outgoing.get(message.channel());
    int messages = queue == null ? 0 : queue.inFlight;
    long bytes = queue == null ? 0 : queue.bytesInFlight;
    int size = message.size();
    if (messages >= maxMessages || size > maxBytes - bytes) {
      meters.count(CounterName.CHANNEL_LANE_FULL);
      return Future.failedFuture(
          new UnavailableException("too many messages under way, nothing was appended"));
    }
    if (queue == null) { // nothing under way that this message could overtake
      Future<ChannelResponse.Published> atOnce = bus.publishAtOnce(message);
      if (atOnce != null) {
        return atOnce.compose(published -> outcome(published, 0));
      }
      queue = new Outgoing(message.channel());
      outgoing.put(message.channel(), queue);
    }
    return queue.add(message, size);
  }

  private static Future<String> outcome(ChannelResponse.Published published, int index) {
    ChannelResponse.Outcome outcome = published.outcomes().get(index);
    return outcome.succeeded()
        ? Future.succeededFuture(published.epoch() + '-' + outcome.sequence())
        : Future.failedFuture(outcome.failure());
  }

  private void flush() {
    // A channel that does not exist is known at once, and with its answer the connection's next
    // request is handled, which may fill a queue.
    List<Outgoing> due = filled;
    filled = new ArrayList<>();
    for (Outgoing queue : due) {
      queue.flush();
    }
  }

  private final class Outgoing {

    private final String channel;
    private List<Command.Publish> messages = new ArrayList<>();
    private List<Promise<String>> promises = new ArrayList<>();
    private long bytes;
    private int inFlight;
    private long bytesInFlight;

    private Outgoing(String channel) {
      this.channel = channel;
    }

    private Future<String> add(Command.Publish message, int size) {
      if (messages.isEmpty()) {
        if (filled.isEmpty()) {
          context.runOnContext(turnEnds -> PublishBatcher.this.flush());
        }
        filled.add(this);
      }
      Promise<String> promise = Promise.promise();
      messages.add(message);
      promises.add(promise);
      bytes += size;
      inFlight++;
      bytesInFlight += size;
      return promise.future();
    }

    private void flush() {
      List<Promise<String>> waiting = promises;
      long size = bytes;
      Future<ChannelResponse.Published> answer = bus.publish(channel, messages);
      messages = new ArrayList<>();
      promises = new ArrayList<>();
      bytes = 0;
      answer.onComplete(
          published -> {
            settle(waiting.size(), size);
            tell(waiting, published);
          },
          failure -> {
            settle(waiting.size(), size);
            waiting.forEach(promise -> promise.fail(failure));
          });
    }

    private void settle(int count, long size) {
      inFlight -= count;
      bytesInFlight -= size;
      if (inFlight == 0) {
        outgoing.remove(channel);
      }
    }

    private static void tell(List<Promise<String>> waiting, ChannelResponse.Published published) {
      for (int i = 0; i < waiting.size(); i++) {
        waiting.get(i).handle(outcome(published, i));
      }
    }
  }
}
