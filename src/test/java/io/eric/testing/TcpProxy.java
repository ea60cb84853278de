package io.eric.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A network between a client and a server: it cuts, stalls and half-opens their connections. */
public final class TcpProxy implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final NetClient client = vertx.createNetClient();
  private final List<Pair> pairs = new ArrayList<>();
  private final int target;
  private final int port;
  private boolean cut;
  private boolean stalled;
  private boolean stalledToServer;

  /** Leads to this port of this machine. */
  public TcpProxy(int target) {
    this.target = target;
    this.port = Hub.await(listen());
  }

  private Future<Integer> listen() {
    Promise<Integer> listening = Promise.promise();
    context.runOnContext(
        turn -> {
          NetServer server = vertx.createNetServer().connectHandler(this::accept);
          server.listen(0, "127.0.0.1").map(NetServer::actualPort).onComplete(listening);
        });
    return listening.future();
  }

  /** The port of the network's near end. */
  public int port() {
    return port;
  }

  /** Resets all connections, and all that come. */
  public void cut() {
    run(
        proxy -> {
          cut = true;
          closeAll();
        });
  }

  /** Nothing passes in either direction, and nothing is closed. */
  public void stall() {
    run(
        proxy -> {
          stalled = true;
          pairs.forEach(this::apply);
        });
  }

  /** Nothing passes from clients to the server. */
  public void stallTowardsServer() {
    run(
        proxy -> {
          stalledToServer = true;
          pairs.forEach(this::apply);
        });
  }

  /** The clients' ends are closed, of which the server does not hear. */
  public void halfOpen() {
    run(
        proxy -> {
          for (Pair pair : List.copyOf(pairs)) {
            pair.joined = false;
            pair.near.close();
          }
        });
  }

  /** Everything passes again. */
  public void heal() {
    run(
        proxy -> {
          cut = false;
          stalled = false;
          stalledToServer = false;
          pairs.forEach(this::apply);
        });
  }

  private void run(Consumer<TcpProxy> task) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        turn -> {
          task.accept(this);
          done.complete();
        });
    Hub.await(done.future());
  }

  private void accept(NetSocket near) {
    if (cut) {
      near.close();
      return;
    }
    near.pause();
    client
        .connect(target, "127.0.0.1")
        .onComplete(
            connected -> {
              if (connected.failed() || cut) {
                near.close();
                return;
              }
              Pair pair = new Pair(near, connected.result());
              pairs.add(pair);
              pair.near.handler(pair.far::write);
              pair.far.handler(pair.near::write);
              pair.near.closeHandler(closed -> closed(pair, pair.far));
              pair.far.closeHandler(closed -> closed(pair, pair.near));
              apply(pair);
            });
  }

  private void closed(Pair pair, NetSocket other) {
    if (pair.joined) {
      pairs.remove(pair);
      other.close();
    }
  }

  private void apply(Pair pair) {
    pass(pair.near, !stalled && !stalledToServer);
    pass(pair.far, !stalled);
  }

  private static void pass(NetSocket socket, boolean passes) {
    if (passes) {
      socket.resume();
    } else {
      socket.pause();
    }
  }

  private void closeAll() {
    for (Pair pair : List.copyOf(pairs)) {
      pair.near.close();
      pair.far.close();
    }
    pairs.clear();
  }

  @Override
  public void close() {
    Hub.await(vertx.close());
  }

  private static final class Pair {
    private final NetSocket near;
    private final NetSocket far;
    private boolean joined = true;

    private Pair(NetSocket near, NetSocket far) {
      this.near = near;
      this.far = far;
    }
  }
}
