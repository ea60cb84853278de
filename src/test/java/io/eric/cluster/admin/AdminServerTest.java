package io.eric.cluster.admin;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class AdminServerTest {

  @TempDir private Path dir;
  private Vertx vertx;
  private Path slot;
  private volatile OperatorCommand performed;
  private volatile Future<JsonObject> answer =
      Future.succeededFuture(new JsonObject().put("whole", true));

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    slot = Files.createDirectory(dir.resolve("2"));
  }

  @AfterEach
  void end() {
    await(vertx.close());
  }

  private AdminServer open(Path nodeDirectory) {
    AdminServer server =
        new AdminServer(
            ((VertxInternal) vertx).createEventLoopContext(),
            nodeDirectory,
            command -> {
              performed = command;
              return answer;
            });
    await(server.open());
    return server;
  }

  private JsonObject ask(String node, OperatorCommand command) {
    return await(new AdminClient(vertx, dir, node).ask(command, 5_000));
  }

  @Test
  void aCommandReachesTheNodeOfASlotAndComesBackAnswered() throws Exception {
    AdminServer server = open(slot);

    assertThat(ask("", OperatorCommand.transfer(1, "3"))).isEqualTo(answer.result());
    assertThat(performed).isEqualTo(OperatorCommand.transfer(1, "3"));
    assertThat(ask("2", OperatorCommand.status())).isEqualTo(answer.result());
    assertThatThrownBy(() -> ask("3", OperatorCommand.status()))
        .isInstanceOf(CommandRefusedException.class)
        .hasMessageContaining("no node 3 runs in the cluster directory " + dir);

    await(server.close());
    assertThat(AdminSocket.in(slot)).doesNotExist();
  }

  @Test
  void aNodeWithADirectoryOfItsOwnIsFound() {
    open(dir);

    assertThat(ask("", OperatorCommand.status())).isEqualTo(answer.result());
  }

  @Test
  void nobodyElseMayEnter() throws Exception {
    open(slot);

    Path socket = AdminSocket.in(slot);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void noSocketIsOpenedWhereOthersMayEnter() throws Exception {
    Path open = Files.createDirectory(slot.resolve("admin"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    open(slot);

    assertThat(AdminSocket.in(slot)).doesNotExist();
    assertThatThrownBy(() -> AdminSocket.prepare(slot)).hasMessageContaining("must be rwx------");
  }

  @Test
  void aSocketThatAKilledNodeHasLeftIsReplacedAndSkipped() throws Exception {
    Path left = Files.createDirectories(dir.resolve("1").resolve("admin")).resolve("socket");
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(left));
    }
    open(slot);
    assertThat(ask("", OperatorCommand.status())).isEqualTo(answer.result());

    Files.setPosixFilePermissions(left.getParent(), PosixFilePermissions.fromString("rwx------"));
    open(dir.resolve("1"));
    assertThat(ask("1", OperatorCommand.status())).isEqualTo(answer.result());
  }

  @Test
  void refusalsComeBackWithTheirText() {
    open(slot);
    answer = Future.failedFuture(new CommandRefusedException("there is no group 9"));
    assertThatThrownBy(() -> ask("", OperatorCommand.transfer(9, "1")))
        .isInstanceOf(CommandRefusedException.class)
        .hasMessage("there is no group 9");

    answer = Future.failedFuture(new UnavailableException("group 0 has no leader"));
    assertThatThrownBy(() -> ask("", OperatorCommand.status())).hasMessage("group 0 has no leader");
  }

  @Test
  void aNodeThatHangsIsGivenUp() {
    open(slot);
    answer = Promise.<JsonObject>promise().future();

    assertThatThrownBy(
            () -> await(new AdminClient(vertx, dir, "").ask(OperatorCommand.status(), 200)))
        .hasMessageContaining("does not answer within 200 ms");
  }

  @Test
  void whatIsTooLongIsRefused() {
    open(slot);

    Promise<Buffer> said = Promise.promise();
    NetSocket socket =
        await(
            vertx
                .createNetClient()
                .connect(SocketAddress.domainSocketAddress(AdminSocket.in(slot).toString())));
    socket.handler(said::tryComplete);
    socket.write("x".repeat(10_000));

    assertThat(await(said.future()).toJsonObject().getString("refused"))
        .isEqualTo("the command is too long");
    assertThat(performed).isNull();
  }

  @Test
  void aPathThatIsTooLongIsNamed() throws Exception {
    Path deep = Files.createDirectory(dir.resolve("d".repeat(100)));

    assertThatThrownBy(() -> AdminSocket.prepare(deep))
        .hasMessageContaining("has at most 107 bytes")
        .hasMessageContaining("choose a shorter cluster.directory");
    open(deep); // the node goes on without
    assertThat(AdminSocket.in(deep)).doesNotExist();
  }
}
