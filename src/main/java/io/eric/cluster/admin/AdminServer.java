package io.eric.cluster.admin;

import io.eric.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.parsetools.RecordParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of a node, at which commands of an operator arrive: a line of JSON each, answered with
 * a line of JSON, which has {@code answer} or {@code refused}. Then the connection is closed.
 *
 * <p>For any thread.
 */
public final class AdminServer {

  private static final Logger logger = LoggerFactory.getLogger(AdminServer.class);

  private static final int MAX_COMMAND = 4 << 10;
  private static final int MAX_CONNECTIONS = 16;
  private static final int IDLE_SECONDS = 60;

  private final ContextInternal context;
  private final Path nodeDirectory;
  private final Operator operator;
  private int connections;
  private @Nullable NetServer server;

  /**
   * Creates a server, which {@link #open} opens.
   *
   * @param context an event loop; the operator is called there
   * @param nodeDirectory the directory of the node, which it has locked
   */
  public AdminServer(ContextInternal context, Path nodeDirectory, Operator operator) {
    this.context = context;
    this.nodeDirectory = nodeDirectory;
    this.operator = operator;
  }

  /**
   * Opens the socket. If that is impossible, the node serves nevertheless, and a warning says so.
   */
  public Future<Void> open() {
    return vertx()
        .executeBlocking(() -> AdminSocket.prepare(nodeDirectory), false)
        .compose(this::listen)
        .recover(
            e -> {
              logger.warn("the commands `eric cluster` cannot reach this node: {}", e.toString());
              return Future.succeededFuture();
            });
  }

  private Vertx vertx() {
    return context.owner();
  }

  private Future<Void> listen(Path socket) {
    return Future.<NetServer>future(
            listening ->
                context.runOnContext(
                    turn -> {
                      NetServer created =
                          vertx()
                              .createNetServer(
                                  new NetServerOptions()
                                      .setRegisterWriteHandler(false)
                                      .setIdleTimeout(IDLE_SECONDS)
                                      .setIdleTimeoutUnit(TimeUnit.SECONDS))
                              .connectHandler(this::connected);
                      server = created;
                      created
                          .listen(SocketAddress.domainSocketAddress(socket.toString()))
                          .onComplete(listening);
                    }))
        .compose(listening -> vertx().executeBlocking(() -> AdminSocket.makePrivate(socket), false))
        .mapEmpty();
  }

  private void connected(NetSocket connection) {
    if (connections >= MAX_CONNECTIONS) {
      connection.close();
      return;
    }
    connections++;
    connection.closeHandler(closed -> connections--);
    connection.exceptionHandler(e -> logger.debug("a connection of an operator has failed", e));
    RecordParser lines = RecordParser.newDelimited("\n").maxRecordSize(MAX_COMMAND);
    lines.exceptionHandler(e -> end(connection, refusal("the command is too long")));
    lines.handler(
        line -> {
          lines.pause(); // a connection has one command
          perform(line).onSuccess(answer -> end(connection, answer));
        });
    connection.handler(lines);
  }

  private Future<JsonObject> perform(Buffer line) {
    Future<JsonObject> performed;
    try {
      performed = operator.perform(OperatorCommand.from(line));
    } catch (RuntimeException e) {
      performed = Future.failedFuture(e);
    }
    return performed
        .map(answer -> new JsonObject().put("answer", answer))
        .otherwise(
            e -> {
              if (e instanceof UnavailableException away) {
                return refusal(away.getMessage());
              } else if (!(e instanceof CommandRefusedException)) {
                logger.error("a command of an operator has failed", e);
              }
              return refusal(String.valueOf(e.getMessage()));
            });
  }

  private static JsonObject refusal(String text) {
    return new JsonObject().put("refused", text);
  }

  private static void end(NetSocket connection, JsonObject answer) {
    connection.end(answer.toBuffer().appendByte((byte) '\n'));
  }

  /** Closes the socket and removes its file. Idempotent. */
  public Future<Void> close() {
    return Future.<Void>future(
            closed ->
                context.runOnContext(
                    turn -> {
                      NetServer open = server;
                      server = null;
                      (open == null ? Future.<Void>succeededFuture() : open.close())
                          .onComplete(closed);
                    }))
        .eventually(() -> vertx().executeBlocking(this::removeFile, false));
  }

  private @Nullable Void removeFile() throws IOException {
    Files.deleteIfExists(AdminSocket.in(nodeDirectory));
    return null;
  }
}
