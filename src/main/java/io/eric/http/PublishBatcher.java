package io.eric.http;

import io.eric.EricException;
import io.eric.UnavailableException;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.client.PublishAttempts;
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
 * Sends messages to channels. All messages that arrive for one channel within a turn of the event
 * loop go as one request, in the order of arrival. If none of the channel's messages are under way
 * and the channel lives on this event loop, the message is appended at once instead. The messages
 * under way to each channel are bounded, so that a channel that does not answer in time holds a
 * limited number of them. On one event loop only.
 */
final class PublishBatcher {

  private final Context context;
  private final Meters meters;
  private final ChannelDirectory channels;
  private final PublishAttempts publishing;
  private final int maxMessages;
  private final long maxBytes;

  /** The queues of the channels that have messages under way. */
  private final Map<String, Outgoing> outgoing = new HashMap<>();

  /** The queues that have messages of this turn. */
  private List<Outgoing> filled = new ArrayList<>();

  /**
   * Creates a batcher for a verticle.
   *
   * @param maxMessages how many messages of a channel may be under way
   * @param maxBytes how many bytes the messages of a channel under way may have
   */
  PublishBatcher(
      Context context,
      ChannelDirectory channels,
      PublishAttempts publishing,
      Meters meters,
      int maxMessages,
      long maxBytes) {
    this.context = context;
    this.meters = meters;
    this.channels = channels;
    this.publishing = publishing;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /**
   * Publishes one message.
   *
   * @return completes with the message's position when the message is in the log; fails with an
   *     {@link EricException}
   */
  Future<String> publish(Command.Publish message) {
    Outgoing queue = outgoing.get(message.channel());
    int messages = queue == null ? 0 : queue.inFlight;
    long bytes = queue == null ? 0 : queue.bytesInFlight;
    int size = message.size();
    if (messages >= maxMessages || size > maxBytes - bytes) {
      meters.count(CounterName.CHANNEL_WINDOW_FULL);
      return Future.failedFuture(
          new UnavailableException("too many messages under way, nothing was appended"));
    }
    if (queue == null) { // no message is under way that this one could overtake
      Future<ChannelResponse.Published> atOnce =
          channels.publishAtOnce(message.channel(), List.of(message));
      if (atOnce != null) {
        return publishing
            .await(message.channel(), atOnce)
            .compose(published -> outcome(published, 0));
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
    // The list is replaced first. A channel that does not exist is answered at once, whereupon the
    // connection's next request is handled and may fill a queue.
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
      Future<ChannelResponse.Published> answer = publishing.publish(channel, messages, 0);
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
