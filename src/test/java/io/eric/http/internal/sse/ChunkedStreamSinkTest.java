package io.eric.http.internal.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.http.HttpHub;
import io.eric.http.RawClient;
import io.eric.http.internal.guard.ByteBudget;
import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.http.internal.guard.Deadlines;
import io.eric.http.internal.guard.GuardedHttpServer;
import io.eric.http.internal.guard.RequestQuota;
import io.eric.http.internal.guard.UnsentAnswers;
import io.eric.internal.edge.StreamSink;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What may go wrong with bytes that are written below Vert.x's encoder, one test per hazard: order
 * against the head and the end, pipelined registry, writability, lost connections, a compressor,
 * protocols that have no chunks, and who owns the bytes.
 */
class ChunkedStreamSinkTest {

  private final Vertx vertx = Vertx.vertx();
  private final ChunkFrames frames = new ChunkFrames();
  private final BlockingQueue<HttpServerRequest> requests = new LinkedBlockingQueue<>();
  private Context context;
  private GuardedHttpServer guarded;

  @AfterEach
  void close() {
    onContext(frames::close);
    HttpHub.await(vertx.close());
  }

  // ---- a server of its own, whose responses the test writes

  private int serve(HttpServerOptions options) {
    options.setHost("127.0.0.1").setPort(0);
    Context server = vertx.getOrCreateContext();
    Promise<HttpServer> listening = Promise.promise();
    server.runOnContext(
        start -> {
          guarded =
              new GuardedHttpServer(
                  vertx,
                  server,
                  new HttpOptions(),
                  Meters.of(vertx),
                  new ConnectionGuard.Limits(
                      1 << 20,
                      0,
                      1,
                      ConnectionGuard.Watch.NONE,
                      new Deadlines(vertx, 60_000),
                      new UnsentAnswers(
                          1 << 20, 1 << 20, new Deadlines(vertx, 60_000), Meters.of(vertx)),
                      new ByteBudget(1 << 20, 1 << 20),
                      new RequestQuota(100)));
          HttpServer http =
              vertx
                  .createHttpServer(options)
                  .connectionHandler(guarded::shown)
                  .requestHandler(
                      request -> {
                        context = vertx.getOrCreateContext();
                        requests.add(request);
                      });
          guarded.listen(http, server).onComplete(listening);
        });
    return HttpHub.await(listening.future()).actualPort();
  }

  private HttpServerRequest request() throws InterruptedException {
    HttpServerRequest request = requests.poll(20, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return request;
  }

  private void onContext(Runnable action) {
    if (context == null) {
      action.run();
      return;
    }
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        turn -> {
          action.run();
          done.complete();
        });
    HttpHub.await(done.future());
  }

  private StreamSink open(HttpServerRequest request, Future<Void> headWritten) {
    return ChunkedStreamSink.of(request, guarded.guard(request.connection()), frames, headWritten);
  }

  @Test
  void whatIsWrittenWhileTheHeadIsOnItsWayComesBehindIt() throws Exception {
    int port = serve(new HttpServerOptions());
    try (RawClient client = new RawClient(port)) {
      client.get("/");
      HttpServerRequest request = request();
      onContext(
          () -> {
            request.response().setChunked(true);
            Promise<Void> head = Promise.promise();
            StreamSink sink = open(request, head.future());
            assertThat(sink).isInstanceOf(ChunkedStreamSink.class);
            sink.write(Buffer.buffer("one")); // takes the head along
            sink.write(Buffer.buffer("two"));
            head.complete();
            sink.write(Buffer.buffer("three"));
            sink.end(Buffer.buffer("four"));
          });
      client.head();
      assertThat(List.of(client.chunk(), client.chunk(), client.chunk(), client.chunk()))
          .containsExactly("one", "two", "three", "four");
      assertThat(client.chunk()).isEmpty();
    }
  }

  @Test
  void aStreamIsFullAsItsChannelIsAndItsWritesEndWhenTheKernelHasThem() throws Exception {
    int port = serve(new HttpServerOptions().setSendBufferSize(16 << 10));
    Buffer bytes = Buffer.buffer("x".repeat(8 << 10));
    List<Future<Void>> writes = new ArrayList<>();
    try (RawClient client = new RawClient(port, 16 << 10)) {
      client.get("/");
      HttpServerRequest request = request();
      List<StreamSink> opened = new ArrayList<>();
      onContext(
          () -> {
            Future<Void> head = request.response().setChunked(true).writeHead();
            StreamSink sink = open(request, head);
            opened.add(sink);
            assertThat(sink.isFull()).isFalse();
            while (!sink.isFull()) {
              writes.add(sink.write(bytes));
            }
            assertThat(writes.get(0).isComplete()).isTrue();
            assertThat(writes.get(writes.size() - 1).isComplete()).isFalse();
            sink.end(Buffer.buffer("end")); // behind all that waits
          });
      client.head();
      assertThat(client.chunksToEnd()).isEqualTo(bytes.toString().repeat(writes.size()) + "end");
      await().until(() -> writes.stream().allMatch(Future::succeeded));
      onContext(() -> assertThat(opened.get(0).isFull()).isFalse());
    }
  }

  @Test
  void aWriteToALostConnectionFailsAndHoldsNothing() throws Exception {
    int port = serve(new HttpServerOptions());
    HttpServerRequest request;
    List<StreamSink> opened = new ArrayList<>();
    try (RawClient client = new RawClient(port)) {
      client.get("/");
      request = request();
      onContext(() -> opened.add(open(request, request.response().setChunked(true).writeHead())));
      client.reset();
    }
    await().until(() -> request.response().closed());
    Buffer bytes = Buffer.buffer("lost");
    onContext(
        () -> {
          assertThat(opened.get(0).write(bytes).failed()).isTrue();
          ByteBuf frame = frames.frame(bytes, UnpooledByteBufAllocator.DEFAULT);
          assertThat(frame.refCnt()).isEqualTo(2); // ours, and the one for the next writer
          frame.release();
        });
  }

  @Test
  void aResponseThatACompressorWorksOnIsLeftToVertx() throws Exception {
    int port = serve(new HttpServerOptions().setCompressionSupported(true));
    try (RawClient client = new RawClient(port)) {
      client.get("/", "Accept-Encoding: gzip");
      HttpServerRequest request = request();
      onContext(
          () ->
              assertThat(open(request, request.response().setChunked(true).writeHead()))
                  .isInstanceOf(HttpStreamSink.class));
    }
  }

  @Test
  void aResponseWithoutChunksIsLeftToVertx() throws Exception {
    int port = serve(new HttpServerOptions());
    try (RawClient client = new RawClient(port)) {
      client.send("GET / HTTP/1.0\r\n\r\n");
      HttpServerRequest request = request();
      onContext(
          () ->
              assertThat(open(request, Future.succeededFuture()))
                  .isInstanceOf(HttpStreamSink.class));
    }
  }

  // ---- through the door

  @Test
  void aStreamThatIsPipelinedBehindOtherRequestsComesAfterTheirAnswers() {
    try (HttpHub hub = new HttpHub()) {
      hub.channel("news");
      try (RawClient client = hub.connect()) {
        String host = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        client.send("GET /channels" + host + "GET /channels" + host + "GET /watch/news" + host);
        for (int i = 0; i < 2; i++) {
          assertThat(client.body(client.head())).isEqualTo("[\"news\"]");
        }
        assertThat(client.head().header("content-type")).isEqualTo("text/event-stream");
        client.chunk();
        hub.broadcast("news", "t", "hello");
        assertThat(client.chunksUntil("\n\n")).endsWith("data: hello\n\n");
      }
    }
  }

  @Test
  void anEndComesBehindWhatASlowClientHasNotReadAndTheConnectionServesOn() {
    try (HttpHub hub = new HttpHub(new HttpOptions().setSendBuffer(16 << 10))) {
      hub.channel("news", new JsonObject());
      try (RawClient client = new RawClient(hub.port(), 16 << 10)) {
        client.stream("/watch/news");
        client.chunk();
        String text = "y".repeat(4 << 10);
        int messages = 40;
        for (int i = 0; i < messages; i++) {
          hub.broadcast("news", "t", i + text);
        }
        hub.request("DELETE", "/channel/news");
        String stream = client.chunksToEnd();
        assertThat(stream).contains("event: _eric_channel_closed\n");
        int seen = 0;
        for (int at = 0; (at = stream.indexOf("data: " + seen + text, at)) >= 0; seen++) {
          at++;
        }
        // What the kernel had when the channel was removed: a beginning, whole and in order.
        assertThat(seen).isPositive();
        assertThat(stream.split("event: t\n", -1)).hasSize(seen + 1);
        client.get("/channels");
        assertThat(client.body(client.head())).isEqualTo("[]");
      }
    }
  }

  @Test
  void theSameBytesAreFramedOnceForAllStreams() {
    Buffer bytes = Buffer.buffer("0123456789abcdef");
    ByteBuf one = frames.frame(bytes, UnpooledByteBufAllocator.DEFAULT);
    ByteBuf two = frames.frame(bytes, UnpooledByteBufAllocator.DEFAULT);
    assertThat(one.toString(java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("10\r\n0123456789abcdef\r\n");
    assertThat(two.memoryAddress()).isEqualTo(one.memoryAddress());
    ByteBuf other = frames.frame(Buffer.buffer("x"), UnpooledByteBufAllocator.DEFAULT);
    frames.close();
    one.release();
    two.release();
    other.release();
    assertThat(List.of(one.refCnt(), two.refCnt(), other.refCnt())).containsOnly(0);
  }
}
