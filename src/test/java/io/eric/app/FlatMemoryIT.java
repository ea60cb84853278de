package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.testing.StreamSwarm;
import io.eric.testing.StreamSwarm.Subscriber;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that never read cost the hub a cursor each, and not memory: those that read get
 * everything, from a hub with a small heap, however much is broadcast.
 */
@Timeout(600)
class FlatMemoryIT {

  /** Who never reads is not cut off, however long the flood takes on this machine. */
  private static final JsonObject PATIENT =
      new JsonObject()
          .put(
              "http",
              new JsonObject().put("edge", new JsonObject().put("writeDeadline", 1_200_000)));

  private static final String CHANNEL = "flood";
  private static final int STUCK = 100;
  private static final int READERS = 20;
  private static final int PAYLOAD = 1024;
  private static final long MIB = 1 << 20;

  /** What the log may hold, and what everything else on the heap may take beside it. */
  private static final long LIMIT = 8 * MIB;

  private static final long HEAP = 48 * MIB;

  /** The heap, as much outside of it (Netty's buffers), and the machine itself. */
  private static final long RESIDENT = 400 * MIB;

  @TempDir private Path dir;

  @Test
  void aBroadcastOf64MebibytesReaches20ReadersWhile100ReadNothing() throws Exception {
    flood((int) (64 * MIB / PAYLOAD));
  }

  @Test
  @Tag("soak")
  void aBroadcastOfOneGibibyteReaches20ReadersWhile100ReadNothing() throws Exception {
    flood((int) (1024 * MIB / PAYLOAD));
  }

  private void flood(int messages) throws Exception {
    try (HubProcess hub = HubProcess.start(dir, PATIENT, "-Xmx96m");
        StreamSwarm swarm = new StreamSwarm(hub.host(), hub.port())) {
      // Under this policy those lose nothing that advance; the others are left behind with a gap.
      hub.channel(
          CHANNEL,
          new JsonObject()
              .put("overflow", "wait")
              .put("limit", new JsonObject().put("bytes", LIMIT)));
      List<Subscriber> readers = new ArrayList<>();
      List<Subscriber> stuck = new ArrayList<>();
      for (int i = 0; i < STUCK; i++) {
        stuck.add(swarm.openAndNeverRead("/watch/" + CHANNEL));
        if (i % (STUCK / READERS) == 0) {
          readers.add(swarm.open("/watch/" + CHANNEL));
        }
      }
      assertThat(readers).hasSize(READERS);

      long resident = publish(hub, messages);

      swarm.await(Duration.ofMinutes(2), readers, r -> r.messages() >= messages || r.hasEnded());
      long digest = digest(messages);
      for (Subscriber reader : readers) {
        assertThat(reader.notes()).as("events of the hub's own").isEmpty();
        assertThat(reader.messages()).isEqualTo(messages);
        assertThat(reader.lost()).isZero();
        assertThat(reader.repeated()).isZero();
        assertThat(reader.digest()).as("payloads, in order").isEqualTo(digest);
      }
      HubProcess.Heap heap = hub.heap();
      long live = heap.bytes();
      System.out.printf(
          "%d MiB to %d readers: live heap %d MiB, resident %d MiB%n",
          messages * (long) PAYLOAD / MIB, READERS, live / MIB, resident / MIB);
      assertThat(live).as("live heap").isLessThan(HEAP);
      assertThat(resident).as("resident memory, at most").isLessThan(RESIDENT);
      assertThat(hub.complaints()).isEmpty();
      // The others are still there: it is no way to stay small to throw them out.
      assertThat(heap.count("io.eric.internal.edge.EdgeStream")).isEqualTo(STUCK + READERS);
    }
  }

  /** Publishes, and gives the most memory that the hub had meanwhile. */
  private static long publish(HubProcess hub, int messages) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    long[] most = new long[1];
    Thread observer =
        new Thread(
            () -> {
              while (!done.get()) {
                most[0] = Math.max(most[0], hub.residentBytes());
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
              }
            });
    observer.start();
    try {
      LinePublisher.publish(hub.socket(), CHANNEL, messages, FlatMemoryIT::payload);
    } finally {
      done.set(true);
      observer.join();
    }
    return most[0];
  }

  private static String payload(int number) {
    String digits = number + " ";
    return digits + "x".repeat(PAYLOAD - digits.length());
  }

  private static long digest(int messages) {
    long digest = 0;
    for (int i = 0; i < messages; i++) {
      for (byte b : payload(i).getBytes(StandardCharsets.US_ASCII)) {
        digest = digest * 31 + b;
      }
    }
    return digest;
  }
}
