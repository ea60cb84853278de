package io.eric.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.options.SocketOptions;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verticle and its file, from deploying to undeploying. */
@Timeout(60)
class SocketServerTest {

  private static final String PING = "{\"v\":\"ping\"}";

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() throws Exception {
    SocketHub.await(vertx.close());
  }

  @Test
  void itsFileHasTheModeOfTheOptionsAndGoesWithIt() throws Exception {
    SocketServer server = new SocketServer(options().setMode("0660"));
    SocketHub.await(vertx.deployVerticle(server));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-rw----");
    SocketHub.await(server.shutdown());
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void closingVertxRemovesTheFileToo() throws Exception {
    Vertx other = Vertx.vertx();
    SocketHub.await(other.deployVerticle(new SocketServer(options())));
    assertThat(Files.getPosixFilePermissions(path()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    SocketHub.await(other.close());
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aStaleFileIsReplaced() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path()));
    }
    SocketHub.await(vertx.deployVerticle(new SocketServer(options())));
    // Nothing else of a hub runs here.
    assertThat(RawClient.call(path(), PING)).isEqualTo("Unavailable('the hub is not running')");
  }

  @Test
  void aSecondServerIsRefusedAndTheFirstIsNotDisturbed() throws Exception {
    SocketHub.await(vertx.deployVerticle(new SocketServer(options())));
    Vertx other = Vertx.vertx();
    try {
      assertThatThrownBy(() -> SocketHub.await(other.deployVerticle(new SocketServer(options()))))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(IOException.class)
          .hasMessage("a live server owns the socket " + path());
    } finally {
      SocketHub.await(other.close());
    }
    assertThat(RawClient.call(path(), PING)).isEqualTo("Unavailable('the hub is not running')");
  }

  @Test
  void whatIsNotASocketIsLeftAlone() throws Exception {
    Files.writeString(path(), "precious");
    assertThatThrownBy(() -> SocketHub.await(vertx.deployVerticle(new SocketServer(options()))))
        .hasMessageContaining("not a socket");
    assertThat(Files.readString(path())).isEqualTo("precious");
  }

  @Test
  void severalInstancesShareASocketAndTheLastRemovesIt() throws Exception {
    String deployment =
        SocketHub.await(
            vertx.deployVerticle(
                () -> new SocketServer(options()), new DeploymentOptions().setInstances(2)));
    for (int i = 0; i < 4; i++) {
      assertThat(RawClient.call(path(), PING)).startsWith("Unavailable");
    }
    SocketHub.await(vertx.undeploy(deployment));
    assertThat(directory).isEmptyDirectory();
    SocketHub.await(vertx.deployVerticle(new SocketServer(options())));
    assertThat(Files.exists(path())).isTrue();
  }

  @Test
  void aWorkerIsRefused() {
    assertThatThrownBy(
            () ->
                SocketHub.await(
                    vertx.deployVerticle(
                        new SocketServer(options()),
                        new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))))
        .hasMessageContaining("event loop");
  }

  private Path path() {
    return directory.resolve("s.sock");
  }

  private SocketOptions options() {
    return new SocketOptions().setPath(path().toString());
  }
}
