package io.eric.simulation;

import io.eric.Message;
import io.eric.Position;
import io.eric.internal.edge.EdgeStream;
import io.eric.internal.edge.StreamSink;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody who reads a stream, comes back with the last position that it has seen when the stream
 * ends, and notes what it has got. Its connection may be slow to take bytes, and lose those that
 * are on their way when it breaks.
 */
final class Client {

  private static final long RETRY_MS = 300;

  final String name;
  final String channel;
  final String listener;
  final List<Long> received = new ArrayList<>();
  private final Hub hub;
  private String after;
  private long start = -1;
  private Connection connection;
  private boolean slow;

  /** Whether another client has its listener: it stays away until it is told to take it back. */
  private boolean away;

  /**
   * A client that is not connected.
   *
   * @param listener null for one who watches
   */
  Client(Hub hub, String name, String channel, String listener) {
    this.hub = hub;
    this.name = name;
    this.channel = channel;
    this.listener = listener;
  }

  /** The sequence after which it has to get everything, -1 if it has not been connected yet. */
  long start() {
    return start;
  }

  boolean isConnected() {
    return connection != null && connection.open;
  }

  Node node() {
    return connection == null ? null : connection.node;
  }

  void setSlow(boolean slow) {
    this.slow = slow;
  }

  /** Whether it stays away, since another client has its listener or is to have it. */
  boolean isAway() {
    return away;
  }

  void stayAway() {
    away = true;
  }

  /** It takes its listener, whoever has it. */
  void takeListener() {
    away = false;
    hub.note(name + " takes its listener");
    connect();
  }

  void connect() {
    Node node = hub.anyNode();
    Connection next = new Connection(node);
    connection = next;
    node.loop().turn(next::open);
  }

  /** It breaks its connection, and comes back. */
  void leave() {
    Connection left = connection;
    if (left != null) {
      left.broken();
    }
  }

  /** Its node is dead. */
  void nodeDied(Node node) {
    if (connection != null && connection.node == node) {
      connection.broken();
    }
  }

  private void comeBack(Connection ended, long ms) {
    hub.time.in(
        ms * 1_000_000,
        () -> {
          if (connection == ended && !away) {
            connect();
          }
        });
  }

  private void took(String lines) {
    for (String line : lines.split("\n")) {
      if (line.startsWith("!")) {
        hub.note(name + " is told " + line);
        away = away || line.startsWith("!" + Message.TAKEN_OVER);
      } else if (!line.startsWith(":")) {
        Position position = Position.parse(line.substring(0, line.indexOf(' ')));
        if (line.endsWith(" t")) {
          received.add(position.sequence());
        } else {
          hub.fail(name + " got " + line);
        }
        after = position.toString();
      }
    }
  }

  /** A connection: the server's side writes, the client's side reads a little later. */
  private final class Connection implements StreamSink {
    private final Node node;
    private final String resumesAfter = after;
    private EdgeStream stream;
    private boolean open = true;
    private int pending;
    private long lastArrival;
    private long writtenTo;

    private Connection(Node node) {
      this.node = node;
    }

    private void open() {
      stream = node.edge().open(channel, listener, resumesAfter);
      stream
          .whenAttached()
          .onSuccess(this::begin)
          .onFailure(
              refused -> {
                hub.note(name + " is refused: " + refused.getMessage());
                open = false;
                comeBack(this, RETRY_MS);
              });
    }

    private void begin(EdgeStream opened) {
      if (!open) {
        return;
      }
      if (opened.isStopped()) {
        hub.fail(name + " is told that it is stopped");
        return;
      }
      String startsAfter = opened.startsAfter();
      writtenTo = Position.parse(startsAfter).sequence();
      arrive(
          () -> {
            if (start < 0) {
              start = Position.parse(startsAfter).sequence();
              after = startsAfter;
            }
          });
      opened.begin(this);
    }

    /** Bytes that are on their way when the connection breaks are lost. */
    private void arrive(Runnable bytes) {
      long at = hub.time.now() + (1 + hub.random.nextInt(10)) * 1_000_000L;
      lastArrival = Math.max(lastArrival, at);
      hub.time.in(
          lastArrival - hub.time.now(),
          () -> {
            if (open) {
              bytes.run();
            }
          });
    }

    private void broken() {
      if (!open) {
        return;
      }
      hub.detail(name, "breaks its connection");
      open = false;
      SimulatedLoop loop = node.loop();
      hub.time.in(
          1_000_000L * (1 + hub.random.nextInt(20)),
          () ->
              loop.turn(
                  () -> {
                    if (stream != null) {
                      stream.lost();
                    }
                  }));
      comeBack(this, RETRY_MS);
    }

    @Override
    public Future<Void> write(Buffer bytes) {
      String lines = bytes.toString();
      hub.detail(name, lines.strip().replace('\n', ','));
      if (lines.equals(":\n")) {
        hub.heartbeat(Client.this, writtenTo);
      } else {
        String last = lines.substring(lines.lastIndexOf('\n', lines.length() - 2) + 1);
        writtenTo = Position.parse(last.substring(0, last.indexOf(' '))).sequence();
      }
      arrive(() -> took(lines));
      boolean takenAtOnce = hub.random.nextInt(100) >= (slow ? 60 : 3);
      if (pending == 0 && takenAtOnce) {
        return Future.succeededFuture();
      }
      pending++;
      Promise<Void> taken = Promise.promise();
      long ms = slow ? 200 + hub.random.nextInt(2_000) : 1 + hub.random.nextInt(50);
      node.loop()
          .after(
              ms,
              () -> {
                pending--;
                if (open) {
                  taken.complete();
                } else {
                  taken.fail("the connection is broken");
                }
              });
      return taken.future();
    }

    @Override
    public boolean isFull() {
      return pending > 4;
    }

    @Override
    public void end(Buffer last) {
      if (last != null) {
        String lines = last.toString();
        arrive(() -> took(lines));
      }
      arrive(
          () -> {
            open = false;
            comeBack(this, RETRY_MS);
          });
    }

    @Override
    public void abort() {
      if (open) {
        open = false;
        comeBack(this, RETRY_MS);
      }
    }
  }
}
