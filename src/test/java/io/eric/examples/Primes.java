package io.eric.examples;

import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.channel.ChannelContainer;
import io.eric.options.DataProcessingChannelOptions;
import io.eric.work.DataProcessingChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** CPU-bound work on a {@link DataProcessingChannel}: counts the primes in many ranges. */
final class Primes {

  private static final int RANGE = 100_000;

  private Primes() {}

  /**
   * Counts the primes below so many ranges of 100,000.
   *
   * @return how many there are
   */
  static Future<Integer> count(ChannelContainer channels, int ranges, int workers) {
    DataProcessingChannel channel =
        new DataProcessingChannel(new DataProcessingChannelOptions().setMaxWorkers(workers));
    MessageQueueListener queue = new MessageQueueListener("queue");
    return channels
        .register(channel)
        .compose(registered -> channel.registerListener(queue))
        .compose(added -> queue.start())
        .compose(started -> publish(channel, ranges))
        .compose(published -> sum(channel, queue))
        .eventually(() -> channels.rm(channel.id()));
  }

  private static Future<?> publish(DataProcessingChannel channel, int ranges) {
    List<Future<String>> published = new ArrayList<>();
    for (int i = 0; i < ranges; i++) {
      published.add(channel.broadcast(Message.of("range", i * RANGE)));
    }
    return Future.all(published).compose(all -> channel.notifyEnd());
  }

  private static Future<Integer> sum(DataProcessingChannel channel, MessageQueueListener queue) {
    Promise<Integer> sum = Promise.promise();
    List<JsonObject> results = new ArrayList<>();
    channel
        .processQueue(queue, message -> primesFrom((int) message.payload())) // on worker threads
        .exceptionHandler(sum::tryFail)
        .endHandler(
            end ->
                sum.tryComplete(
                    results.stream()
                        .filter(result -> result.getString("event").equals("range"))
                        .mapToInt(result -> result.getInteger("data"))
                        .sum()))
        .handler(results::add); // {"event": "range", "data": 9592, "id": …}, as they are done
    return sum.future();
  }

  private static int primesFrom(int start) {
    int primes = 0;
    for (int n = Math.max(2, start); n < start + RANGE; n++) {
      boolean prime = true;
      for (int d = 2; (long) d * d <= n && prime; d++) {
        prime = n % d != 0;
      }
      primes += prime ? 1 : 0;
    }
    return primes;
  }
}
