package io.eric.channel.internal.overflow;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Channel;
import io.eric.ListenerStatus;
import io.eric.LogFullException;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.channel.ChannelContainer;
import io.eric.log.indexed.MemoryStore;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.LogsOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens when all logs of a hub together use more than they may. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LogBudgetTest {

  private static final int BUDGET = 400_000;
  private static final String KILOBYTE = "x".repeat(1_000);

  private final Vertx vertx = Vertx.vertx();
  private final Meters meters = Meters.of(vertx);
  private final ChannelContainer channels =
      new ChannelContainer(
          vertx,
          MemoryStore.create(),
          new SSEChannelOptions(),
          new LogsOptions().setMaxBytes(BUDGET));

  @AfterEach
  void close() {
    await(channels.close());
    assertThat(gauge(GaugeName.LOG_BUDGET_USED)).isZero();
    await(vertx.close());
  }

  @Test
  void theChannelThatUsesMostIsTrimmedAndTheOthersKeepTheirs() {
    await(channels.start());
    Channel small = channel("small", "gap");
    await(small.addListener());
    publish(small, 20);
    Channel large = channel("large", "gap");
    MessageQueueListener reader = await(large.addListener());

    publish(large, 2_000);

    await().until(() -> gauge(GaugeName.LOG_BUDGET_USED) <= BUDGET);
    assertThat(gauge(GaugeName.LOG_BUDGET)).isEqualTo(BUDGET);
    assertThat(meters.get(CounterName.BUDGET_TRIMS)).isPositive();
    assertThat(meters.get(CounterName.DROPPED_BUDGET)).isGreaterThan(1_600);
    assertThat(first(small, await(small.getConnections()).get(0).listener()).type()).isEqualTo("t");
    // The one whose messages went is told how many.
    Message gap = first(large, reader.id());
    assertThat(gap.type()).isEqualTo(Message.GAP);
    assertThat(((JsonObject) gap.payload()).getString("reason")).isEqualTo("overflow");
    assertThat(meters.get(CounterName.DROPPED_BUDGET))
        .isEqualTo(((JsonObject) gap.payload()).getLong("missed"));
  }

  @Test
  void whatEverybodyHasReadGoesFirst() {
    await(channels.start());
    Channel channel = channel("news", "gap");
    publish(channel, 300); // history: nobody is there
    await(channel.addListener());

    publish(channel, 300);

    await().until(() -> gauge(GaugeName.LOG_BUDGET_USED) <= BUDGET);
    assertThat(meters.get(CounterName.DROPPED_BUDGET)).isZero();
    assertThat(first(channel, await(channel.getConnections()).get(0).listener()).type())
        .isEqualTo("t");
  }

  @Test
  void aChannelThatRefusesLosesNothingAndRefusesWhileTheBudgetIsExceeded() {
    await(channels.start());
    Channel channel = channel("news", "reject");
    MessageQueueListener reader = await(channel.addListener());
    List<Throwable> failures = new ArrayList<>();
    int sent = 0;
    while (failures.isEmpty()) {
      assertThat(sent++).isLessThan(1_000);
      channel
          .broadcast(Message.of("t", KILOBYTE))
          .onFailure(
              e -> {
                synchronized (failures) {
                  failures.add(e);
                }
              });
      await(channel.getConnections());
    }

    assertThat(failures.get(0)).isInstanceOf(LogFullException.class);
    assertThat(meters.get(CounterName.DROPPED_BUDGET)).isZero();
    assertThat(meters.get(CounterName.REFUSED_LOG_FULL)).isPositive();
    // An empty channel is not made to pay for the full one.
    Channel other = channel("other", "reject");
    await(other.broadcast(Message.of("t", "small")));
    // And when its listener has read, it takes messages again.
    await(reader.start());
    for (int i = 0; i < 50; i++) {
      assertThat(await(channel.deliverNext(reader.id())).type()).isEqualTo("t");
    }
    await().untilAsserted(() -> await(channel.broadcast(Message.of("t", KILOBYTE))));
  }

  @Test
  void aReaderThatAdvancesUnderWaitLosesNothing() {
    await(channels.start());
    // However busy the machine is, the reader counts as one that advances.
    JsonObject options = new JsonObject().put("overflow", "wait").put("publishStall", 60_000);
    Channel channel = await(channels.create("news", options));
    MessageQueueListener reader = await(channel.addListener());
    await(reader.start());
    List<String> seen = new ArrayList<>();
    MessageStream<JsonObject> stream = channel.messageStream(reader);
    stream.handler(
        event -> {
          synchronized (seen) {
            seen.add(event.getString("event"));
          }
          stream.pause();
          vertx.setTimer(1, id -> stream.fetch(20));
        });
    await()
        .until(
            () -> await(channel.getConnections()).get(0).state() != ListenerStatus.State.DETACHED);

    for (int i = 0; i < 1_500; i++) {
      channel.broadcast(Message.of("t" + i, KILOBYTE));
    }

    await()
        .atMost(60, TimeUnit.SECONDS)
        .until(
            () -> {
              synchronized (seen) {
                return seen.size() >= 1_500;
              }
            });
    for (int i = 0; i < 1_500; i++) {
      assertThat(seen.get(i)).isEqualTo("t" + i);
    }
    assertThat(meters.get(CounterName.DROPPED_BUDGET)).isZero();
    assertThat(meters.get(CounterName.ACKS_HELD)).isPositive();
    await(stream.close());
  }

  @Test
  void closedChannelsUseNothing() {
    await(channels.start());
    publish(channel("news", "gap"), 50);
    assertThat(gauge(GaugeName.LOG_BUDGET_USED)).isGreaterThan(50_000);
    await(channels.rm("news"));
    assertThat(gauge(GaugeName.LOG_BUDGET_USED)).isZero();
    assertThat(failure(channels.rm("news"))).isNotNull();
  }

  private Channel channel(String id, String overflow) {
    return await(channels.create(id, new JsonObject().put("overflow", overflow)));
  }

  private static void publish(Channel channel, int count) {
    for (int i = 0; i < count; i++) {
      await(channel.broadcast(Message.of("t", KILOBYTE)));
    }
  }

  private static Message first(Channel channel, String listener) {
    await(channel.getListener(listener).compose(MessageQueueListener::start));
    return await(channel.deliverNext(listener));
  }

  private long gauge(GaugeName gauge) {
    return await(meters.sample(vertx)).get(gauge);
  }
}
