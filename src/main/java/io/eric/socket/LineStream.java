package io.eric.socket;

import io.eric.EricException;
import io.eric.MessageStream;
import io.eric.UnavailableException;
import io.eric.internal.CallersContext;
import io.eric.internal.UserHandler;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stream over a connection of its own, which is read line by line. Its handlers run on its
 * context, where its state is kept; a pause from another thread takes effect a little later.
 */
final class LineStream implements MessageStream<JsonObject> {

  /**
   * The longest line in bytes. It is longer than the longest message that a server takes with each
   * of its characters escaped.
   */
  private static final int MAX_LINE = 64 << 20;

  /** What the log calls a stream. */
  private static final String NAME = "a stream of the socket";

  private final Context context;
  private final Supplier<Future<NetSocket>> connect;
  private final Buffer command;
  private final Promise<Void> attached = Promise.promise();
  private final Promise<Void> ended = Promise.promise();
  private @Nullable Handler<JsonObject> handler;
  private @Nullable Handler<Throwable> exceptionHandler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable NetSocket socket;
  private @Nullable RecordParser lines;
  private long demand = Long.MAX_VALUE;
  private boolean connecting;
  private boolean closed;

  /** Creates a stream that connects and sends the command once it has a handler. */
  LineStream(Context context, Supplier<Future<NetSocket>> connect, Buffer command) {
    this.context = context;
    this.connect = connect;
    this.command = command.appendByte((byte) '\n');
  }

  @Override
  public MessageStream<JsonObject> handler(@Nullable Handler<JsonObject> messages) {
    return onContext(
        () -> {
          handler = messages;
          if (messages != null && !connecting && !closed) {
            connecting = true;
            connect.get().onComplete(this::connected);
          }
        });
  }

  @Override
  public MessageStream<JsonObject> exceptionHandler(@Nullable Handler<Throwable> failures) {
    return onContext(() -> exceptionHandler = failures);
  }

  @Override
  public MessageStream<JsonObject> endHandler(@Nullable Handler<Void> end) {
    return onContext(() -> endHandler = end);
  }

  @Override
  public MessageStream<JsonObject> pause() {
    return onContext(
        () -> {
          demand = 0;
          if (lines != null) {
            lines.pause();
          }
        });
  }

  @Override
  public MessageStream<JsonObject> resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public MessageStream<JsonObject> fetch(long amount) {
    return onContext(
        () -> {
          demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
          if (lines != null) {
            lines.fetch(amount);
          }
        });
  }

  @Override
  public Future<Void> attached() {
    return CallersContext.of(attached::future);
  }

  @Override
  public Future<Void> close() {
    onContext(
        () -> {
          closed = true;
          if (socket != null) {
            socket.close();
          } else if (!connecting) {
            end();
          }
        });
    return ended.future();
  }

  private void connected(@Nullable NetSocket connection, @Nullable Throwable failure) {
    if (connection == null) {
      fail(failure == null ? new UnavailableException("not connected") : failure);
      end();
      return;
    }
    socket = connection;
    RecordParser parser = RecordParser.newDelimited("\n", connection).maxRecordSize(MAX_LINE);
    lines = parser;
    if (demand != Long.MAX_VALUE) {
      parser.pause();
      if (demand > 0) {
        parser.fetch(demand);
      }
    }
    parser.exceptionHandler(this::fail);
    parser.endHandler(v -> end());
    parser.handler(this::line);
    if (closed) {
      connection.close();
    } else {
      connection.write(command);
    }
  }

  private void line(Buffer line) {
    if (closed) {
      return;
    }
    JsonObject message;
    try {
      message = new JsonObject(line);
    } catch (DecodeException noMessage) {
      EricException error = PipelinedConnection.error(line.toString());
      fail(error == null ? new UnavailableException("the server sent no message") : error);
      close();
      return;
    }
    attached.tryComplete(); // the socket gives no earlier sign
    UserHandler.call(handler, message, NAME);
  }

  private void fail(Throwable failure) {
    attached.tryFail(failure);
    if (!closed) {
      UserHandler.fail(exceptionHandler, failure, NAME);
    }
  }

  private void end() {
    closed = true;
    attached.tryFail(new IllegalStateException("the stream has ended before its first message"));
    if (ended.tryComplete()) {
      UserHandler.call(endHandler, NAME);
    }
  }

  private MessageStream<JsonObject> onContext(Runnable action) {
    if (Vertx.currentContext() == context) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
    return this;
  }
}
