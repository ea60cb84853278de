package io.eric.socket;

import io.eric.EricException;
import io.eric.UnavailableException;
import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection in line mode. Commands that pile up within a turn of the event loop go out
 * in one write, and the answers are given to the callers in order. Sending is safe for any thread;
 * answers come on the connection's context.
 */
final class PipelinedConnection {

  /** The greatest number of commands that may wait for their answers. */
  static final int MAX_WAITING = 65_536;

  private static final int MAX_LINE = 64 << 20;

  private final Context context;
  private final NetSocket socket;
  private final ArrayDeque<Completable<String>> waiting = new ArrayDeque<>();
  private Buffer outgoing = Buffer.buffer();
  private boolean flushing;
  private boolean closed;

  /** Takes over a fresh connection, on its context; {@code lost} is called when it is closed. */
  PipelinedConnection(Context context, NetSocket socket, Runnable lost) {
    this.context = context;
    this.socket = socket;
    RecordParser lines = RecordParser.newDelimited("\n").maxRecordSize(MAX_LINE);
    lines.handler(this::answered);
    lines.exceptionHandler(e -> socket.close());
    socket.handler(lines);
    socket.exceptionHandler(e -> {}); // the connection is closed then
    socket.closeHandler(
        v -> {
          lost.run();
          failWaiting();
        });
  }

  /**
   * Sends a command.
   *
   * @param command one line, without its line feed
   * @param answer gets the answer, or an {@link EricException}
   */
  void send(Buffer command, Completable<String> answer) {
    String refusal = null;
    boolean flush = false;
    synchronized (this) {
      if (closed) {
        refusal = "the connection is lost";
      } else if (waiting.size() >= MAX_WAITING) {
        refusal = "too many commands wait for their answers";
      } else {
        waiting.add(answer);
        outgoing.appendBuffer(command).appendByte((byte) '\n');
        flush = !flushing;
        flushing = true;
      }
    }
    if (refusal != null) {
      answer.fail(new UnavailableException(refusal));
    } else if (flush) {
      context.runOnContext(v -> flush());
    }
  }

  private void flush() {
    Buffer bytes;
    synchronized (this) {
      bytes = outgoing;
      outgoing = Buffer.buffer();
      flushing = false;
    }
    socket.write(bytes);
  }

  private void answered(Buffer line) {
    Completable<String> answer;
    synchronized (this) {
      answer = waiting.poll();
    }
    if (answer == null) {
      socket.close(); // no command waits for this answer
      return;
    }
    String text = line.toString();
    EricException error = error(text);
    if (error == null) {
      answer.succeed(text);
    } else {
      answer.fail(error);
    }
  }

  private void failWaiting() {
    ArrayDeque<Completable<String>> unanswered;
    synchronized (this) {
      closed = true;
      unanswered = new ArrayDeque<>(waiting);
      waiting.clear();
    }
    for (Completable<String> answer : unanswered) {
      answer.fail(
          new UnavailableException("the connection was lost, the command's outcome is unknown"));
    }
  }

  /** Returns the error that a line reports, or null if the line is a result. */
  static @Nullable EricException error(String line) {
    if (!line.endsWith("')")) {
      return null;
    }
    return EricException.parse(line.endsWith(" already exists')") ? 409 : 404, line);
  }
}
