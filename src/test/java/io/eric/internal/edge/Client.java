package io.eric.internal.edge;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection in place of the kernel: it takes bytes at once, or only when the test says
 * so. What it has not taken when it ends is lost, as with a client that is gone. Any thread may
 * look; the edge writes on its own.
 */
final class Client implements StreamSink {

  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final List<Buffer> writes = new ArrayList<>();
  private final StringBuilder taken = new StringBuilder();
  private boolean stalled;
  private boolean full;
  private boolean broken;
  private boolean ended;
  private boolean aborted;
  private int beats;
  private Runnable beforeWrite = () -> {};
  @Nullable EdgeStream stream;

  @Override
  public synchronized Future<Void> write(Buffer bytes) {
    if (ended || aborted) {
      throw new AssertionError("a write after the end");
    }
    beforeWrite.run();
    if (broken) {
      return Future.failedFuture("connection reset");
    }
    writes.add(bytes);
    if (!stalled && pending.isEmpty()) {
      take(bytes);
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    pending.add(new Pending(bytes, done));
    return done.future();
  }

  private void take(Buffer bytes) {
    String text = bytes.toString();
    if (text.equals(":\n")) {
      beats++;
    } else {
      taken.append(text);
    }
  }

  @Override
  public synchronized boolean isFull() {
    return full;
  }

  @Override
  public synchronized void end(@Nullable Buffer last) {
    if (ended || aborted) {
      throw new AssertionError("ended twice");
    }
    ended = true;
    if (last != null && !stalled) {
      take(last);
    }
  }

  @Override
  public synchronized void abort() {
    aborted = true;
  }

  // ---- for tests; stall, drain and break on the edge's context

  synchronized void stall() {
    stalled = true;
  }

  synchronized void fill() {
    stalled = true;
    full = true;
  }

  /** Does this on the edge's context before each write. */
  synchronized void beforeWrite(Runnable action) {
    beforeWrite = action;
  }

  synchronized void breakDown() {
    broken = true;
  }

  /** Takes so many pending writes. */
  void take(int count) {
    for (int i = 0; i < count; i++) {
      Pending next;
      synchronized (this) {
        next = pending.poll();
        if (next == null) {
          return;
        }
        if (!ended && !aborted) {
          take(next.bytes);
        }
      }
      next.done.complete();
    }
  }

  /** Takes everything, and what comes later at once. */
  void drain() {
    synchronized (this) {
      stalled = false;
      full = false;
    }
    take(Integer.MAX_VALUE);
  }

  synchronized String text() {
    return taken.toString();
  }

  /** The lines taken that are messages. */
  synchronized List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (String line : taken.toString().split("\n")) {
      if (!line.isEmpty() && !line.startsWith("!")) {
        lines.add(line);
      }
    }
    return lines;
  }

  /** The payloads of the messages taken. */
  List<String> payloads() {
    return lines().stream().map(line -> line.split(" ", 3)[2]).toList();
  }

  /** The id of the last message taken. */
  @Nullable String lastId() {
    List<String> lines = lines();
    return lines.isEmpty() ? null : lines.get(lines.size() - 1).split(" ")[0];
  }

  synchronized List<Buffer> writes() {
    return List.copyOf(writes);
  }

  synchronized boolean isOver() {
    return ended || aborted;
  }

  synchronized boolean isAborted() {
    return aborted;
  }

  synchronized int beats() {
    return beats;
  }

  private record Pending(Buffer bytes, Promise<Void> done) {}
}
