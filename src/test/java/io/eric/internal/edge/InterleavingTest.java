package io.eric.internal.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Channel;
import io.eric.Message;
import io.eric.channel.ChannelProbe;
import io.eric.options.EdgeOptions;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Publishing, stalling, draining, losing, resuming and taking over in random orders: every listener
 * gets every message once and in order, and nothing stays behind. A failure names its seed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterleavingTest {

  private static final int CASES = 100;
  private static final int STEPS = 60;
  private static final int LISTENERS = 3;

  private Hub hub;

  @BeforeAll
  void start() {
    hub = Hub.start();
  }

  @AfterAll
  void stop() {
    hub.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void nothingIsLostRepeatedOrReordered(long firstSeed) {
    for (long seed = firstSeed * 1_000; seed < firstSeed * 1_000 + CASES; seed++) {
      new Case(seed).run();
    }
  }

  /** One listener of one case: where it reads, and what it has got over all its connections. */
  private static final class Reader {
    final String id;
    final List<Client> clients = new ArrayList<>();
    final Map<Client, EdgeUser> edges = new LinkedHashMap<>();

    Reader(String id) {
      this.id = id;
    }

    Client current() {
      return clients.get(clients.size() - 1);
    }

    List<String> got() {
      List<String> got = new ArrayList<>();
      clients.forEach(client -> got.addAll(client.payloads()));
      return got;
    }

    String lastId() {
      String last = null;
      for (Client client : clients) {
        last = client.lastId() == null ? last : client.lastId();
      }
      return last;
    }
  }

  private final class Case {
    private final long seed;
    private final Random random;
    private final Channel channel;
    private final List<EdgeUser> users = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final List<Future<String>> published = new ArrayList<>();
    private final Map<String, List<String>> expected = new LinkedHashMap<>();
    private final StringBuilder story = new StringBuilder();
    private int next = 1;

    Case(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.channel =
          hub.channel(
              "case" + seed,
              new JsonObject()
                  .put("history", new JsonObject().put("messages", seed % 3 == 0 ? 0 : 10_000)));
      EdgeOptions options =
          new EdgeOptions()
              .setHeartbeat(seed % 2 == 0 ? 0 : 20)
              .setStreamMaxAge(0)
              .setLagTime(1 + random.nextInt(20))
              .setLagMessages(1 + random.nextInt(8))
              .setBatchBytes(1 + random.nextInt(2_000));
      users.add(new EdgeUser(hub, options));
      users.add(new EdgeUser(hub, options));
      for (int i = 0; i < LISTENERS; i++) {
        String id = "l" + i;
        hub.ask(channel.id(), new JsonObject().put("v", "r").put("r", id));
        readers.add(new Reader(id));
        expected.put(id, new ArrayList<>());
      }
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        Reader reader = readers.get(random.nextInt(LISTENERS));
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3 -> publish(null);
          case 4, 5 -> publish(reader.id);
          case 6 -> connect(reader, false);
          case 7 -> connect(reader, true);
          case 8 -> onCurrent(reader, "stall", client -> client.stall());
          case 9 -> onCurrent(reader, "fill", client -> client.fill());
          case 10 -> {
            if (random.nextBoolean()) {
              onCurrent(reader, "drain", client -> client.drain());
            } else {
              int count = random.nextInt(3);
              onCurrent(reader, "take " + count, client -> client.take(count));
            }
          }
          default -> onCurrent(reader, "lose", this::lose);
        }
        if (random.nextInt(10) == 0) {
          Hub.await(Future.all(published));
        }
      }
      Hub.await(Future.all(published));
      users.forEach(user -> user.run(() -> {})); // what was posted is done
      for (Reader reader : readers) {
        if (reader.clients.isEmpty() || reader.current().isOver()) {
          connect(reader, random.nextBoolean());
        }
        onCurrent(reader, "drain", client -> client.drain());
      }
      publish(null);
      Hub.await(Future.all(published));
      for (Reader reader : readers) {
        List<String> wanted = expected.get(reader.id);
        try {
          await()
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(1))
              .atMost(Duration.ofSeconds(Hub.PATIENCE))
              .until(() -> reader.got().size() >= wanted.size());
        } catch (ConditionTimeoutException e) {
          throw new AssertionError(report(reader), e);
        }
        if (!reader.got().equals(wanted)) {
          throw new AssertionError(report(reader));
        }
      }
      leaveNothing();
    }

    private String report(Reader reader) {
      List<List<String>> connections = reader.clients.stream().map(Client::payloads).toList();
      return "seed %d, %s got %s of %s%n%s"
          .formatted(seed, reader.id, connections, expected.get(reader.id), story);
    }

    private void publish(String receiver) {
      String payload = Integer.toString(next++);
      story.append("publish ").append(receiver).append(' ').append(payload).append('\n');
      Message message = Message.of("t", Integer.parseInt(payload));
      published.add(
          receiver == null ? channel.broadcast(message) : channel.dispatch(receiver, message));
      expected.forEach(
          (id, messages) -> {
            if (receiver == null || receiver.equals(id)) {
              messages.add(payload);
            }
          });
    }

    /** A new connection, on either edge, which takes over what was there. */
    private void connect(Reader reader, boolean byId) {
      EdgeUser user = users.get(random.nextInt(users.size()));
      // A client knows its last id only when its former connection is gone.
      if (byId && !reader.clients.isEmpty()) {
        EdgeUser former = reader.edges.get(reader.current());
        former.run(() -> lose(reader.current()));
      }
      String after = byId ? reader.lastId() : null;
      story.append("connect ").append(reader.id).append(" after ").append(after).append('\n');
      Client client = new Client();
      if (random.nextInt(4) == 0) {
        client.stall();
      }
      reader.clients.add(client);
      reader.edges.put(client, user);
      user.await(() -> user.opening(client, channel.id(), reader.id, after));
    }

    private void lose(Client client) {
      if (!client.isOver() && client.stream != null) {
        client.abort(); // what the kernel has not taken is lost
        client.stream.lost();
      }
    }

    private void onCurrent(Reader reader, String what, java.util.function.Consumer<Client> action) {
      if (!reader.clients.isEmpty()) {
        story.append(what).append(' ').append(reader.id).append('\n');
        Client client = reader.current();
        EdgeUser user = reader.edges.get(client);
        if (random.nextBoolean()) {
          user.run(() -> action.accept(client));
        } else {
          user.post(() -> action.accept(client));
        }
      }
    }

    private void leaveNothing() {
      for (Reader reader : readers) {
        reader.edges.forEach((client, user) -> user.run(() -> lose(client)));
      }
      for (EdgeUser user : users) {
        assertThat(user.edge.streams()).as("seed %d", seed).isZero();
        assertThat(user.edge.channels).as("seed %d", seed).isEmpty();
        assertThat(user.edge.heartbeats.streams).as("seed %d", seed).isEmpty();
      }
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .atMost(Duration.ofSeconds(Hub.PATIENCE))
          .until(() -> ChannelProbe.edges(channel) == 0 && ChannelProbe.waiting(channel) == 0);
      users.forEach(user -> user.await(user.edge::close));
      Hub.await(hub.channels.rm(channel.id()));
    }
  }
}
