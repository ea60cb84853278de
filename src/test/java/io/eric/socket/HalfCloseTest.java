package io.eric.socket;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HalfCloseTest {

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();

  /** The server's end of a connection. */
  private static final class Peer {
    final NetSocket socket;
    final HalfClose halfClose;
    final Buffer received = Buffer.buffer();
    final CompletableFuture<String> ended = new CompletableFuture<>();
    final CompletableFuture<Void> closed = new CompletableFuture<>();
    final AtomicInteger ends = new AtomicInteger();
    final AtomicInteger pieces = new AtomicInteger();

    Peer(NetSocket socket) {
      this.socket = socket;
      this.halfClose =
          HalfClose.install(
              socket,
              () -> {
                ends.incrementAndGet();
                ended.complete(received.toString());
              });
      socket.handler(
          bytes -> {
            pieces.incrementAndGet();
            received.appendBuffer(bytes);
          });
      socket.closeHandler(v -> closed.complete(null));
    }
  }

  @AfterEach
  void stop() throws Exception {
    SocketHub.await(vertx.close());
  }

  @Test
  void theEndOfInputComesAfterTheLastByteAndOnce() throws Exception {
    String request = "x".repeat(300_000);
    try (RawClient client = new RawClient(serve())) {
      Peer peer = accepted();
      client.send(request).halfClose();
      assertThat(peer.ended.get(30, SECONDS)).isEqualTo(request);
      SocketHub.await(peer.socket.write("answer"));
      assertThat(peer.ends).hasValue(1);
      assertThat(peer.closed).isNotDone();
    }
  }

  @Test
  void whatIsWrittenAfterTheEndOfInputArrivesWhole() throws Exception {
    Buffer answer = Buffer.buffer("0123456789abcdef".repeat(4 << 16));
    try (RawClient client = new RawClient(serve())) {
      Peer peer = accepted();
      client.send("x").halfClose();
      peer.ended.get(30, SECONDS);
      peer.socket.write(answer);
      peer.socket.close();
      assertThat(client.readToEnd()).isEqualTo(answer.toString());
    }
  }

  @Test
  void aPeerThatIsGoneIsNoticedByTheNextWrite() throws Exception {
    try (RawClient client = new RawClient(serve())) {
      client.send("x").halfClose();
    }
    Peer peer = accepted();
    peer.ended.get(30, SECONDS);
    peer.socket.write(" ");
    peer.closed.get(30, SECONDS);
  }

  @Test
  void aStoppedConnectionReadsOnWhenResumedUpToItsEnd() throws Exception {
    String request = "y".repeat(150_000);
    try (RawClient client = new RawClient(serve())) {
      Peer peer = accepted();
      onLoopOf(peer, peer.halfClose::stopReading);
      client.send("y");
      Thread sender =
          new Thread(
              () -> {
                try {
                  client.send(request).halfClose();
                } catch (java.io.IOException e) {
                  peer.ended.completeExceptionally(e);
                }
              });
      sender.start();
      // Turns of the loop in which a connection that is read would have read.
      for (int i = 0; i < 20; i++) {
        onLoopOf(peer, () -> {});
      }
      assertThat(peer.pieces).hasValue(0);
      onLoopOf(peer, peer.halfClose::resumeReading);
      assertThat(peer.ended.get(30, SECONDS)).hasSize(1 + request.length());
      sender.join();
    }
  }

  @Test
  void ourOwnEndLetsThePeerReadToTheEndAndStillBeHeard() throws Exception {
    try (RawClient client = new RawClient(serve())) {
      Peer peer = accepted();
      SocketHub.await(peer.socket.write("last words"));
      onLoopOf(peer, peer.halfClose::endOutput);
      assertThat(client.readToEnd()).isEqualTo("last words");
      client.send("heard").halfClose();
      assertThat(peer.ended.get(30, SECONDS)).isEqualTo("heard");
    }
  }

  @Test
  void abortingDoesNotWaitForAPeerThatDoesNotRead() throws Exception {
    try (RawClient client = new RawClient(serve())) {
      Peer peer = accepted();
      onLoopOf(peer, () -> peer.socket.write(Buffer.buffer(new byte[8 << 20])));
      onLoopOf(peer, peer.halfClose::abort);
      peer.closed.get(30, SECONDS);
      assertThat(client.readToEnd().length()).isLessThan(8 << 20);
    }
  }

  @Test
  void unwrittenBytesAreCountedDownAsThePeerReads() throws Exception {
    int size = 8 << 20;
    try (RawClient client = new RawClient(serve())) {
      Peer peer = accepted();
      CompletableFuture<Long> left = new CompletableFuture<>();
      onLoopOf(
          peer,
          () -> {
            peer.socket.write(Buffer.buffer(new byte[size]));
            left.complete(peer.halfClose.unwritten());
          });
      long before = left.get(30, SECONDS);
      assertThat(before).isBetween(1L, (long) size + 1024);
      for (int i = 0; i < size / 2; i++) {
        client.read();
      }
      CompletableFuture<Long> later = new CompletableFuture<>();
      onLoopOf(peer, () -> later.complete(peer.halfClose.unwritten()));
      assertThat(later.get(30, SECONDS)).isLessThan(before);
    }
  }

  private Path serve() throws Exception {
    Path path = directory.resolve("s");
    SocketHub.await(
        vertx.deployVerticle(
            () ->
                new io.vertx.core.VerticleBase() {
                  @Override
                  public io.vertx.core.Future<?> start() {
                    return vertx
                        .createNetServer()
                        .connectHandler(socket -> peers.add(new Peer(socket)))
                        .listen(SocketAddress.domainSocketAddress(path.toString()));
                  }
                },
            new io.vertx.core.DeploymentOptions()));
    return path;
  }

  private Peer accepted() throws InterruptedException {
    Peer peer = peers.poll(30, SECONDS);
    assertThat(peer).isNotNull();
    return peer;
  }

  private static void onLoopOf(Peer peer, Runnable action) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    ((io.vertx.core.internal.net.NetSocketInternal) peer.socket)
        .channelHandlerContext()
        .executor()
        .execute(
            () -> {
              action.run();
              done.complete(null);
            });
    done.get(30, SECONDS);
  }
}
