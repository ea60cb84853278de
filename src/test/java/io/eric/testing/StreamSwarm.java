package io.eric.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * Many event streams over HTTP/1.1, read by one thread. Each subscriber checks by the ids that no
 * message is lost, repeated or out of order; nothing of what it reads is kept.
 */
public final class StreamSwarm implements AutoCloseable {

  private final InetSocketAddress hub;
  private final Selector selector;
  private final Thread thread;
  private final List<Subscriber> all = new ArrayList<>();
  private final Queue<Subscriber> fresh = new ConcurrentLinkedQueue<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(256 << 10);
  private volatile Throwable failure;
  private volatile boolean closed;

  /** Subscribers of this hub. */
  public StreamSwarm(String host, int port) throws IOException {
    hub = new InetSocketAddress(host, port);
    selector = Selector.open();
    thread = new Thread(this::run, "swarm");
    thread.setDaemon(true);
    thread.start();
  }

  /** Opens a stream that is read as fast as possible; returns when its head has come. */
  public Subscriber open(String path) {
    return open(path, true);
  }

  /** Opens a stream of which nothing is read but its head. */
  public Subscriber openAndNeverRead(String path) {
    return open(path, false);
  }

  /** Opens so many streams of the same path. */
  public List<Subscriber> open(String path, int count) {
    List<Subscriber> opened = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      opened.add(open(path, true));
    }
    return opened;
  }

  private Subscriber open(String path, boolean reading) {
    try {
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 64 << 10);
      channel.connect(hub);
      byte[] head =
          ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      channel.write(ByteBuffer.wrap(head));
      Subscriber subscriber = new Subscriber(channel, reading);
      all.add(subscriber);
      subscriber.readHead();
      channel.configureBlocking(false);
      if (reading) {
        fresh.add(subscriber);
        selector.wakeup();
      }
      return subscriber;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until all these subscribers are as described. */
  public void await(Duration atMost, List<Subscriber> subscribers, Predicate<Subscriber> state) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(atMost)
        .failFast(
            "the swarm failed",
            () -> {
              if (failure != null) {
                throw new AssertionError("the swarm failed", failure);
              }
            })
        .until(() -> subscribers.stream().allMatch(state));
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(1_000);
        for (Subscriber subscriber; (subscriber = fresh.poll()) != null; ) {
          subscriber.channel.register(selector, SelectionKey.OP_READ, subscriber);
        }
        for (SelectionKey key : selector.selectedKeys()) {
          ((Subscriber) key.attachment()).read(key, buffer);
        }
        selector.selectedKeys().clear();
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    selector.close();
    for (Subscriber subscriber : all) {
      subscriber.channel.close();
    }
  }

  /** One stream, and what came on it. What is counted may be read from any thread. */
  public static final class Subscriber {

    private enum Part {
      SIZE,
      DATA,
      DATA_END
    }

    final SocketChannel channel;
    private final boolean reading;

    private Part part = Part.SIZE;
    private int chunk;
    private int column;
    private byte kind;
    private boolean reserved;
    private long sequence;
    private final StringBuilder note = new StringBuilder();

    private volatile long last;
    private volatile long messages;
    private volatile long lost;
    private volatile long repeated;
    private volatile long digest;
    private volatile boolean ended;
    private final Queue<String> notes = new ConcurrentLinkedQueue<>();

    private Subscriber(SocketChannel channel, boolean reading) {
      this.channel = channel;
      this.reading = reading;
    }

    /** How many messages came, without the hub's own. */
    public long messages() {
      return messages;
    }

    /** How many sequences were left out between two messages, or before the first. */
    public long lost() {
      return lost;
    }

    /** How many messages came that were not newer than the one before. */
    public long repeated() {
      return repeated;
    }

    /** The sequence of the newest message. */
    public long last() {
      return last;
    }

    /** A hash of all payloads in order. */
    public long digest() {
      return digest;
    }

    /** The hub's own events, type and payload. */
    public List<String> notes() {
      return List.copyOf(notes);
    }

    /** Whether the stream has ended. */
    public boolean hasEnded() {
      return ended;
    }

    /** Whether this is one that reads. */
    public boolean reads() {
      return reading;
    }

    private void readHead() throws IOException {
      StringBuilder head = new StringBuilder();
      ByteBuffer one = ByteBuffer.allocate(1);
      while (head.indexOf("\r\n\r\n") < 0) {
        one.clear();
        if (channel.read(one) < 0) {
          throw new IOException("closed after " + head);
        }
        head.append((char) one.get(0));
      }
      if (!head.toString().startsWith("HTTP/1.1 200 ")
          || !head.toString().toLowerCase(java.util.Locale.ROOT).contains("chunked")) {
        throw new IOException(head.toString());
      }
    }

    private void read(SelectionKey key, ByteBuffer buffer) {
      try {
        buffer.clear();
        int count = channel.read(buffer);
        if (count < 0) {
          end(key);
          return;
        }
        take(buffer.array(), count);
      } catch (IOException e) {
        notes.add(e.toString());
        end(key);
      }
    }

    private void end(SelectionKey key) {
      key.cancel();
      ended = true;
    }

    private void take(byte[] bytes, int count) {
      int i = 0;
      while (i < count) {
        switch (part) {
          case SIZE -> {
            byte b = bytes[i++];
            if (b == '\n') {
              part = chunk == 0 ? Part.DATA_END : Part.DATA;
            } else if (b != '\r') {
              chunk = chunk * 16 + Character.digit(b, 16);
            }
          }
          case DATA -> {
            int end = Math.min(count, i + chunk);
            chunk -= end - i;
            lines(bytes, i, end);
            i = end;
            if (chunk == 0) {
              part = Part.DATA_END;
            }
          }
          case DATA_END -> {
            if (bytes[i++] == '\n') {
              part = Part.SIZE;
            }
          }
        }
      }
    }

    private void lines(byte[] bytes, int from, int to) {
      int at = column;
      byte line = kind;
      long hash = digest;
      for (int i = from; i < to; i++) {
        byte b = bytes[i];
        if (b == '\n') {
          if (at == 0) {
            event();
          }
          at = 0;
          continue;
        }
        if (at == 0) {
          line = b;
        }
        switch (line) {
          case 'i' -> sequence = b >= '0' && b <= '9' ? sequence * 10 + b - '0' : 0;
          case 'd' -> {
            if (at >= 6 && !reserved) {
              hash = hash * 31 + b;
            }
          }
          case 'e' -> reserved |= at == 7 && b == '_';
          default -> {}
        }
        if (reserved && line != 'i' && at >= 6) {
          note.append((char) b);
        }
        at++;
      }
      column = at;
      kind = line;
      digest = hash;
    }

    private void event() {
      if (reserved) {
        notes.add(note.toString());
        note.setLength(0);
        reserved = false;
        if (sequence > 0) {
          last = sequence;
        }
      } else if (sequence > 0) {
        messages++;
        if (sequence <= last) {
          repeated++;
        } else {
          lost += sequence - last - 1;
          last = sequence;
        }
      }
      sequence = 0;
    }
  }
}
