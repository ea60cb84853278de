package io.eric.js;

import io.eric.Channel;
import io.eric.Message;
import io.eric.options.JsOptions;
import io.eric.testing.Hub;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.VerticleFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * How long a JS verticle takes to start, and how many messages go through a JS listener, each
 * acknowledged. Run it with {@code java -cp target/test-classes:target/eric-vertx.jar:… }, see
 * docs/POLYGLOT.md.
 */
public final class JsBenchmark {

  private static final int ROUNDS = 8;
  private static final int MESSAGES = 20_000;
  private static final int PUBLISHERS = 512;

  private JsBenchmark() {}

  /**
   * Prints the figures. The arguments are the isolation, {@code worker} as by default in a hub or
   * {@code eventLoop}, and the busy limit in milliseconds, 0 for none.
   */
  public static void main(String[] arguments) throws Exception {
    boolean worker = arguments.length == 0 || arguments[0].equals("worker");
    long busyLimit = arguments.length < 2 ? 10_000 : Long.parseLong(arguments[1]);
    DeploymentOptions options =
        new DeploymentOptions()
            .setThreadingModel(worker ? ThreadingModel.WORKER : ThreadingModel.EVENT_LOOP);
    Path module = Files.createTempFile("listener", ".mjs");
    Files.writeString(
        module,
        """
        export async function start(eric) {
          const channel = eric.channel('bench');
          await channel.subscribe('js', { ifAbsent: true });
          let count = 0;
          await channel.listen('js', (message) => {
            if (++count === %d) {
              count = 0;
              eric.bus.send('done', message.payload.n);
            }
          }, { window: 1000 });
        }
        """
            .formatted(MESSAGES));
    try (Hub hub = Hub.start()) {
      for (VerticleFactory factory : hub.vertx.verticleFactories()) {
        if (factory instanceof JsVerticleFactory scripts) {
          scripts.setOptions(new JsOptions().setBusyLimit(busyLimit));
        }
      }
      for (int i = 0; i < 3; i++) {
        long start = System.nanoTime();
        String id = Hub.await(hub.vertx.deployVerticle("js:" + emptyModule(module), options));
        System.out.printf("start %d: %d ms%n", i + 1, (System.nanoTime() - start) / 1_000_000);
        Hub.await(hub.vertx.undeploy(id));
      }
      Channel channel = hub.channel("bench");
      Hub.await(hub.vertx.deployVerticle("js:" + module, options));
      for (int round = 1; round <= ROUNDS; round++) {
        CountDownLatch done = new CountDownLatch(1);
        var consumer = hub.vertx.eventBus().localConsumer("done", message -> done.countDown());
        long start = System.nanoTime();
        publish(channel);
        done.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("round %d: %,.0f messages/s%n", round, MESSAGES / seconds);
        Hub.await(consumer.unregister());
      }
    } finally {
      Files.delete(module);
    }
  }

  private static Path emptyModule(Path beside) throws Exception {
    return Files.writeString(beside.resolveSibling("empty.mjs"), "export const start = () => {};");
  }

  private static void publish(Channel channel) {
    for (int sent = 0; sent < MESSAGES; sent += PUBLISHERS) {
      List<Future<String>> published = new ArrayList<>();
      for (int i = sent; i < Math.min(MESSAGES, sent + PUBLISHERS); i++) {
        JsonObject payload = new JsonObject().put("n", i).put("text", "x".repeat(180));
        published.add(channel.broadcast(Message.of("n", payload)));
      }
      Hub.await(Future.all(published));
    }
  }
}
