package io.eric.cluster.admin;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Gives an operator's commands to a node that runs on this machine. For any thread. */
public final class AdminClient {

  private static final long CONNECT_MS = 5_000;

  private final Vertx vertx;
  private final NetClient net;
  private final Path clusterDirectory;
  private final String node;

  /**
   * Creates a client of the nodes of a cluster directory.
   *
   * @param node the slot of the node to ask; empty for the first one that answers
   */
  public AdminClient(Vertx vertx, Path clusterDirectory, String node) {
    this.vertx = vertx;
    this.net = vertx.createNetClient();
    this.clusterDirectory = clusterDirectory.toAbsolutePath().normalize();
    this.node = node;
  }

  /**
   * Gives a command to the first node that answers.
   *
   * @param timeoutMs how long a node may take to answer
   * @return the answer; fails with {@link CommandRefusedException} if the node refuses the command,
   *     or no node answers
   */
  public Future<JsonObject> ask(OperatorCommand command, long timeoutMs) {
    return ask(AdminSocket.find(clusterDirectory, node), command, timeoutMs, new ArrayList<>());
  }

  private Future<JsonObject> ask(
      List<Path> sockets, OperatorCommand command, long timeoutMs, List<String> failures) {
    if (sockets.isEmpty()) {
      return Future.failedFuture(new CommandRefusedException(nobody(failures)));
    }
    Path first = sockets.get(0);
    return connect(first)
        .transform(
            connected -> {
              if (connected.succeeded()) {
                return answer(connected.result(), command, timeoutMs);
              }
              failures.add(first + ": " + connected.cause().getMessage());
              return ask(sockets.subList(1, sockets.size()), command, timeoutMs, failures);
            });
  }

  private String nobody(List<String> failures) {
    return "no node"
        + (node.isEmpty() ? "" : " " + node)
        + " runs in the cluster directory "
        + clusterDirectory
        + (failures.isEmpty() ? "" : " (" + String.join("; ", failures) + ")")
        + ": name that of a running node with --cluster-directory";
  }

  private Future<NetSocket> connect(Path socket) {
    return net.connect(SocketAddress.domainSocketAddress(socket.toString()))
        .timeout(CONNECT_MS, TimeUnit.MILLISECONDS);
  }

  private Future<JsonObject> answer(NetSocket socket, OperatorCommand command, long timeoutMs) {
    Promise<JsonObject> answer = Promise.promise();
    Buffer received = Buffer.buffer();
    socket.handler(received::appendBuffer);
    socket.exceptionHandler(e -> socket.close());
    socket.closeHandler(closed -> answered(received, answer));
    long timer =
        vertx.setTimer(
            timeoutMs,
            late ->
                answer.tryFail(
                    new CommandRefusedException(
                        "the node does not answer within "
                            + timeoutMs
                            + " ms; whether it has done what it was asked is unknown")));
    socket.write(command.toJson().toBuffer().appendByte((byte) '\n'));
    return answer
        .future()
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              socket.close();
            });
  }

  private static void answered(Buffer received, Promise<JsonObject> answer) {
    try {
      JsonObject json = new JsonObject(received);
      String refused = json.getString("refused");
      if (refused == null) {
        answer.tryComplete(json.getJsonObject("answer"));
      } else {
        answer.tryFail(new CommandRefusedException(refused));
      }
    } catch (DecodeException | ClassCastException e) {
      answer.tryFail(
          new CommandRefusedException(
              "the node has ended before it answered; whether it has done what it was asked is"
                  + " unknown"));
    }
  }

  /** Closes the client. */
  public Future<Void> close() {
    return net.close();
  }
}
