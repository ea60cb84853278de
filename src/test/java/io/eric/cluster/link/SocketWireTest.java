package io.eric.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.testing.Hub;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SocketWireTest {

  /** Else the connection to each node that freezes would stay, with what it has not taken. */
  @Test
  void closingDoesNotWaitForANodeThatTakesNothing() throws Exception {
    int much = 32 << 20;
    Vertx vertx = Vertx.vertx();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var context = ((VertxInternal) vertx).createEventLoopContext();
      Promise<Void> closed = Promise.promise();
      context.runOnContext(
          turn ->
              new LinkSockets(context)
                  .dial("127.0.0.1", server.getLocalPort())
                  .onFailure(closed::fail)
                  .onSuccess(
                      wire -> {
                        wire.write(Buffer.buffer(new byte[much]));
                        wire.close();
                        closed.complete();
                      }));
      Hub.await(closed.future());
      try (Socket socket = server.accept()) {
        assertThat(received(socket)).isLessThan(much);
      }
    } finally {
      Hub.await(vertx.close());
    }
  }

  private static long received(Socket socket) {
    long received = 0;
    byte[] some = new byte[1 << 16];
    try (InputStream in = socket.getInputStream()) {
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        received += count;
      }
    } catch (IOException reset) {
      return received;
    }
    return received;
  }
}
