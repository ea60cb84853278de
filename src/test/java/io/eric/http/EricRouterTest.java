package io.eric.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eric.Channel;
import io.eric.EricClient;
import io.eric.Message;
import io.eric.junit5.EricExtension;
import io.eric.options.EricOptions;
import io.eric.options.HttpOptions;
import io.eric.testing.Hub;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.internal.http.HttpServerRequestWrapper;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The door inside an application's own router and server. */
class EricRouterTest {

  /** The hub has no door of its own, since the application's is the one to test. */
  @RegisterExtension
  static final EricExtension ERIC =
      EricExtension.with(new EricOptions().setHttpEnabled(false).setSocketEnabled(false));

  private final Vertx vertx;
  private final EricClient eric;
  private HttpClient client;
  private final AtomicInteger ownHooks = new AtomicInteger();
  private EricRouter mounted;
  private String application;
  private int port;

  EricRouterTest(Vertx vertx, EricClient eric) {
    this.vertx = vertx;
    this.eric = eric;
    this.client = vertx.createHttpClient();
  }

  @BeforeEach
  void serve() {
    Router router = Router.router(vertx);
    router
        .route("/events/*")
        .handler(
            ctx -> {
              if ("wrong".equals(ctx.request().getHeader("authorization"))) {
                ctx.fail(401);
              } else {
                ctx.addEndHandler(over -> ownHooks.incrementAndGet());
                ctx.next();
              }
            });
    mounted = EricRouter.mount(vertx, new HttpOptions().setMaxBody(1_000), router, "/events");
    router.get("/own").handler(ctx -> ctx.end("mine"));
    application = Hub.await(vertx.deployVerticle(new Application(router)));
  }

  private final class Application extends VerticleBase {
    private final Router router;

    private Application(Router router) {
      this.router = router;
    }

    @Override
    public Future<HttpServer> start() {
      return vertx
          .createHttpServer()
          .requestHandler(router)
          .listen(0, "localhost")
          .onSuccess(server -> port = server.actualPort());
    }
  }

  private record Answer(int status, String text, String id) {}

  private Answer send(HttpMethod method, String path, String body, String... header) {
    return Hub.await(
        client
            .request(method, port, "localhost", path)
            .compose(
                request -> {
                  for (int i = 0; i < header.length; i += 2) {
                    request.putHeader(header[i], header[i + 1]);
                  }
                  if (!body.isEmpty()) {
                    request.putHeader("content-type", "application/json");
                  }
                  return request.send(body).compose(EricRouterTest::whole);
                }));
  }

  /** To be called on the answer's context, before anything of its body can be missed. */
  private static Future<Answer> whole(HttpClientResponse response) {
    return response
        .body()
        .map(
            text ->
                new Answer(
                    response.statusCode(), text.toString(), response.getHeader("eric-message-id")));
  }

  private HttpClientResponse open(String path, StringBuffer seen, Promise<Void> end) {
    return Hub.await(
        client
            .request(HttpMethod.GET, port, "localhost", path)
            .compose(
                request ->
                    request
                        .send()
                        .onSuccess(
                            response ->
                                response
                                    .handler(bytes -> seen.append(bytes))
                                    .endHandler(ended -> end.tryComplete())
                                    .exceptionHandler(failure -> end.tryComplete()))));
  }

  private static void until(StringBuffer seen, String text) {
    Awaitility.await().until(() -> seen.toString().contains(text));
  }

  @Test
  void theHubsRoutesStandBelowThePathAndTheApplicationsBesideThem() {
    assertThat(send(HttpMethod.PUT, "/events/create?channel_id=x", "").status()).isEqualTo(200);
    StringBuffer seen = new StringBuffer();
    assertThat(open("/events/watch/x", seen, Promise.promise()).getHeader("content-type"))
        .isEqualTo("text/event-stream");
    Answer published =
        send(
            HttpMethod.POST,
            "/events/broadcast?channel_id=x",
            new JsonObject().put("type", "greeting").put("payload", "hello").encode());
    assertThat(published.status()).isEqualTo(200);
    assertThat(published.id()).endsWith("-1");
    until(seen, "event: greeting");
    assertThat(send(HttpMethod.GET, "/events/channels", "").text()).isEqualTo("[\"x\"]");
    assertThat(send(HttpMethod.GET, "/own", "").text()).isEqualTo("mine");
    assertThat(send(HttpMethod.GET, "/watch/x", "").status()).isEqualTo(404);
  }

  @Test
  void whatIsRefusedHasTheFormOfTheHub() {
    assertThat(
            new JsonObject(send(HttpMethod.GET, "/events/nothing", "").text()).getString("detail"))
        .isEqualTo("there is no such resource");
    Answer method = send(HttpMethod.DELETE, "/events/channels", "");
    assertThat(method.status()).isEqualTo(405);
    assertThat(new JsonObject(method.text()).getString("detail")).contains("GET, HEAD");
    assertThat(
            send(
                    HttpMethod.POST,
                    "/events/broadcast?channel_id=none",
                    "{\"type\":\"t\",\"payload\":1}")
                .status())
        .isEqualTo(404);
    assertThat(
            send(HttpMethod.POST, "/events/broadcast?channel_id=x", "\"" + "x".repeat(2_000) + "\"")
                .status())
        .isEqualTo(413);
    assertThat(
            send(HttpMethod.GET, "/events/channels", "", "origin", "https://evil.example").status())
        .isEqualTo(403);
  }

  @Test
  void theApplicationsOwnHandlersComeFirstAndKeepTheirHooks() {
    assertThat(send(HttpMethod.GET, "/events/channels", "", "authorization", "wrong").status())
        .isEqualTo(401);
    assertThat(ownHooks).hasValue(0);
    send(HttpMethod.GET, "/events/channels", "");
    Awaitility.await().until(() -> ownHooks.get() == 1);
  }

  @Test
  void streamsEndWithTheVerticleWhoseServerTheyCameBy() {
    Channel channel = Hub.await(eric.create("x"));
    StringBuffer seen = new StringBuffer();
    Promise<Void> end = Promise.promise();
    open("/events/watch/x", seen, end);
    Hub.await(channel.publish(Message.of("t", 1)));
    until(seen, "event: t");
    Hub.await(vertx.undeploy(application));
    Hub.await(end.future());
  }

  @Test
  void itIsDrainedAndClosed() {
    Hub.await(eric.create("x"));
    StringBuffer seen = new StringBuffer();
    Promise<Void> end = Promise.promise();
    open("/events/watch/x", seen, end);
    Hub.await(mounted.drain(1));
    Hub.await(end.future());
    assertThat(seen.toString()).contains(Message.GOODBYE);
    assertThat(
            send(
                    HttpMethod.POST,
                    "/events/broadcast?channel_id=x",
                    "{\"type\":\"t\",\"payload\":1}")
                .status())
        .isEqualTo(503);
    Hub.await(mounted.close());
    Answer closed = send(HttpMethod.GET, "/events/channels", "");
    assertThat(closed.status()).isEqualTo(503);
    assertThat(new JsonObject(closed.text()).getString("detail"))
        .isEqualTo("the door at /events is closed");
    assertThat(send(HttpMethod.GET, "/own", "").text()).isEqualTo("mine");
  }

  @Test
  void aServerOnWorkersIsLoggedOnce() {
    Logger logger = (Logger) LoggerFactory.getLogger(EricRouter.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    try {
      Router router = Router.router(vertx);
      EricRouter.mount(vertx, new HttpOptions(), router, "/events");
      Hub.await(
          vertx.deployVerticle(
              new Application(router),
              new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
      for (int i = 0; i < 3; i++) {
        assertThat(send(HttpMethod.GET, "/events/channels", "").status()).isEqualTo(500);
      }
      assertThat(logged.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .containsExactly("the server of /events must handle requests on an event loop");
    } finally {
      logger.detachAppender(logged);
    }
  }

  @Test
  void theApplicationHearsOfItsConnectionsFailuresAfterARequestToTheDoor() throws Exception {
    Router router = Router.router(vertx);
    EricRouter.mount(vertx, new HttpOptions(), router, "/events");
    AtomicReference<Throwable> heard = new AtomicReference<>();
    int own =
        Hub.await(
                vertx
                    .createHttpServer()
                    .requestHandler(router)
                    .connectionHandler(connection -> connection.exceptionHandler(heard::set))
                    .listen(0, "localhost"))
            .actualPort();

    try (Socket reset = new Socket("localhost", own)) {
      reset
          .getOutputStream()
          .write("GET /events/channels HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      assertThat(reset.getInputStream().read()).isEqualTo('H');
      reset.setSoLinger(true, 0);
    }

    Awaitility.await().untilAsserted(() -> assertThat(heard.get()).isInstanceOf(IOException.class));
  }

  private int serve(Router router) {
    return Hub.await(vertx.createHttpServer().requestHandler(router).listen(0, "localhost"))
        .actualPort();
  }

  @Test
  void twoDoorsStandOnOneServerAndOneConnection() {
    Router router = Router.router(vertx);
    EricRouter first = EricRouter.mount(vertx, new HttpOptions(), router, "/a");
    EricRouter.mount(vertx, new HttpOptions(), router, "/b");
    EricRouter.mount(vertx, new HttpOptions(), router, "/a/again");
    port = serve(router);
    Hub.await(eric.create("x"));
    for (int i = 0; i < 3; i++) { // by the client's one connection
      assertThat(send(HttpMethod.GET, "/a/channels", "").status()).isEqualTo(200);
      assertThat(send(HttpMethod.GET, "/b/channels", "").status()).isEqualTo(200);
    }
    Hub.await(first.close());
    assertThat(send(HttpMethod.GET, "/a/channels", "").status()).isEqualTo(503);
    assertThat(send(HttpMethod.GET, "/b/channels", "").status()).isEqualTo(200);
  }

  @Test
  void theApplicationsRouterMayBeASubRouter() {
    Router inner = Router.router(vertx);
    EricRouter.mount(vertx, new HttpOptions(), inner, "/events");
    Router outer = Router.router(vertx);
    outer.route("/api/*").subRouter(inner);
    port = serve(outer);
    assertThat(send(HttpMethod.GET, "/api/events/channels", "").status()).isEqualTo(200);
    assertThat(send(HttpMethod.GET, "/api/events/dispatch", "").status()).isEqualTo(405);
    assertThat(send(HttpMethod.GET, "/api/events/nothing", "").status()).isEqualTo(404);
    assertThat(location("/api/events?limit=3")).isEqualTo("308 /api/events/?limit=3");
  }

  @Test
  void thePathItselfLeadsBelow() {
    assertThat(location("/events")).isEqualTo("308 /events/");
    assertThat(send(HttpMethod.GET, "/events/", "").status()).isEqualTo(200);
  }

  private String location(String path) {
    return Hub.await(
        client
            .request(HttpMethod.GET, port, "localhost", path)
            .compose(HttpClientRequest::send)
            .map(answer -> answer.statusCode() + " " + answer.getHeader("location")));
  }

  @Test
  void aContextThatComesWhileItIsDrainedTakesNoStreamsAndNoPublishers() {
    Router router = Router.router(vertx);
    EricRouter drained = EricRouter.mount(vertx, new HttpOptions(), router, "/events");
    Hub.await(eric.create("x"));
    Hub.await(drained.drain(1));
    Hub.await(vertx.deployVerticle(new Application(router)));
    assertThat(
            send(
                    HttpMethod.POST,
                    "/events/broadcast?channel_id=x",
                    "{\"type\":\"t\",\"payload\":1}")
                .status())
        .isEqualTo(503);
    assertThat(send(HttpMethod.GET, "/events/watch/x", "").status()).isEqualTo(503);
  }

  private static final String MESSAGE = "{\"type\":\"t\",\"payload\":1}";

  private Answer publish() {
    return send(HttpMethod.POST, "/events/broadcast?channel_id=x", MESSAGE);
  }

  private static String detail(Answer answer) {
    return new JsonObject(answer.text()).getString("detail");
  }

  /** From now on the client speaks this version. */
  private void speak(HttpVersion version) {
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
  }

  private void serveBehind(Handler<RoutingContext> former) {
    Router router = Router.router(vertx);
    router.route().handler(former);
    EricRouter.mount(vertx, new HttpOptions(), router, "/events");
    port = serve(router);
    Hub.await(eric.create("x"));
  }

  @Test
  void aBodyThatWasReadBeforeIsRefusedWithCauseAndCure() {
    Logger logger = (Logger) LoggerFactory.getLogger(BodyReader.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    try {
      serveBehind(BodyHandler.create());
      for (int i = 0; i < 3; i++) {
        Answer refused = publish();
        assertThat(refused.status()).isEqualTo(500);
        assertThat(detail(refused))
            .contains("the body was read before", "before any BodyHandler", "pause the request");
      }
      assertThat(logged.list)
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getLevel()).isEqualTo(Level.ERROR);
                assertThat(event.getFormattedMessage())
                    .contains("/events/broadcast", "BodyHandler");
                assertThat(event.getThrowableProxy()).isNull();
              });
    } finally {
      logger.detachAppender(logged);
    }
  }

  @Test
  void aBodyThatWasLostBehindAnAsynchronousHandlerIsRefused() {
    serveBehind(ctx -> vertx.setTimer(100, late -> ctx.next()));
    assertThat(detail(publish())).contains("the body was read before");
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void aBodyOfWhichAPartWasReadBeforeIsRefused(HttpVersion version) {
    speak(version);
    serveBehind(
        ctx -> {
          HttpServerRequest request = ctx.request();
          if (request.method().equals(HttpMethod.POST)) {
            request.handler(
                part -> {
                  request.pause();
                  ctx.next();
                  request.resume();
                });
          } else {
            ctx.next();
          }
        });
    assertThat(detail(publish())).contains("the body was read before");
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void anAsynchronousHandlerThatPausesTheRequestMayStandBefore(HttpVersion version) {
    speak(version);
    serveBehind(
        ctx -> {
          ctx.request().pause();
          vertx.setTimer(
              100,
              late -> {
                ctx.next();
                ctx.request().resume();
              });
        });
    assertThat(publish().status()).isEqualTo(200);
  }

  /** A request with which a route fails, or the door itself. */
  private static final class Failing extends HttpServerRequestWrapper {

    private Failing(HttpServerRequest request) {
      super((HttpServerRequestInternal) request);
    }

    @Override
    public String query() {
      throw new IllegalStateException("a query that fails");
    }

    @Override
    public HttpConnection connection() {
      if (headers().contains("broken")) {
        throw new IllegalStateException("a connection that fails");
      }
      return super.connection();
    }
  }

  @Test
  void aFailureIsAnsweredInTheFormOfTheHub() {
    Router router = Router.router(vertx);
    EricRouter.mount(vertx, new HttpOptions(), router, "/events");
    Router outer = Router.router(vertx);
    outer.route("/api/*").subRouter(router);
    EricRouter.mount(vertx, new HttpOptions(), outer, "/events");
    port =
        Hub.await(
                vertx
                    .createHttpServer()
                    .requestHandler(request -> outer.handle(new Failing(request)))
                    .listen(0, "localhost"))
            .actualPort();
    for (int i = 0; i < 2; i++) { // the first one waits for its door
      for (String path : new String[] {"/events/channels", "/api/events/channels"}) {
        Answer answer = send(HttpMethod.GET, path, "");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(detail(answer)).isEqualTo("internal error");
        assertThat(detail(send(HttpMethod.GET, path, "", "broken", "1")))
            .isEqualTo("internal error");
      }
    }
  }

  @Test
  void whatTheApplicationsHandlersFailWithIsForTheApplication() {
    Router router = Router.router(vertx);
    router
        .route("/events/*")
        .handler(
            ctx -> {
              ctx.next();
              throw new IllegalStateException("after the hub's route");
            });
    EricRouter.mount(vertx, new HttpOptions(), router, "/events");
    router
        .route("/events/*")
        .failureHandler(ctx -> ctx.response().setStatusCode(418).end("the application's"));
    port = serve(router);
    assertThat(send(HttpMethod.GET, "/events/channels", "").text()).isEqualTo("the application's");
  }

  @Test
  void theTimeOfABodyUnderWayIsBoundedAfterTheClose() {
    Router router = Router.router(vertx);
    EricRouter closing =
        EricRouter.mount(vertx, new HttpOptions().setRequestTimeout(500), router, "/events");
    port = serve(router);
    assertThat(send(HttpMethod.GET, "/events/healthz", "").status()).isEqualTo(200);
    try (RawClient half = new RawClient(port)) {
      half.send(
          "POST /events/broadcast?channel_id=x HTTP/1.1\r\n"
              + "Host: localhost\r\n"
              + "Expect: 100-continue\r\n"
              + "Content-Type: application/json\r\n"
              + "Content-Length: 50\r\n\r\n"
              + "{");
      assertThat(half.head().status()).isEqualTo("HTTP/1.1 100 Continue");
      Hub.await(closing.close());
      assertThat(half.isClosedByServer()).isTrue();
    }
  }

  @Test
  void closedDoorsAreForgotten() {
    AtomicReference<Router> current = new AtomicReference<>();
    port =
        Hub.await(
                vertx
                    .createHttpServer()
                    .requestHandler(request -> current.get().handle(request))
                    .listen(0, "localhost"))
            .actualPort();
    WeakReference<EricRouter> closed = new WeakReference<>(openAndClose(current));
    current.set(Router.router(vertx));
    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return closed.get() == null;
            });
  }

  private EricRouter openAndClose(AtomicReference<Router> current) {
    Router router = Router.router(vertx);
    EricRouter brief = EricRouter.mount(vertx, new HttpOptions(), router, "/events");
    current.set(router);
    assertThat(send(HttpMethod.GET, "/events/channels", "", "connection", "close").status())
        .isEqualTo(200);
    Hub.await(brief.close());
    return brief;
  }

  @Test
  void anEventSourceComesBackToAClosedDoor() {
    Hub.await(mounted.close());
    for (String path : new String[] {"/events/watch/x", "/events/stream/x/y"}) {
      Answer later = send(HttpMethod.GET, path, "", "accept", "text/event-stream");
      assertThat(later.status()).isEqualTo(200);
      assertThat(later.text()).matches("retry: \\d+\n\n");
      assertThat(send(HttpMethod.GET, path, "").status()).isEqualTo(503);
      assertThat(send(HttpMethod.HEAD, path, "", "accept", "text/event-stream").status())
          .isEqualTo(503);
    }
    for (String path : new String[] {"/events", "/events/", "/events/channels"}) {
      assertThat(send(HttpMethod.GET, path, "", "accept", "text/event-stream").status())
          .isEqualTo(503);
    }
  }

  @Test
  void anEventSourceOfAnotherOriginMayReadThatItComesBack() {
    Router router = Router.router(vertx);
    HttpOptions options = new HttpOptions();
    options.getCors().setOrigins(List.of("https://page.example"));
    EricRouter closed = EricRouter.mount(vertx, options, router, "/events");
    port = serve(router);
    Hub.await(closed.close());
    try (RawClient page = new RawClient(port)) {
      RawClient.Head head =
          page.get("/events/watch/x", "Accept: text/event-stream", "Origin: https://page.example")
              .head();
      assertThat(head.status()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(head.header("access-control-allow-origin")).isEqualTo("https://page.example");
    }
    assertThat(
            send(
                    HttpMethod.GET,
                    "/events/watch/x",
                    "",
                    "accept",
                    "text/event-stream",
                    "origin",
                    "https://evil.example")
                .status())
        .isEqualTo(403);
  }

  @Test
  void itIsDrainedAndClosedForItsCaller() {
    send(HttpMethod.GET, "/events/channels", ""); // so that there is a door on another context
    for (Supplier<Future<Void>> end :
        List.<Supplier<Future<Void>>>of(() -> mounted.drain(1), () -> mounted.close())) {
      Context callers = vertx.getOrCreateContext();
      Promise<Context> completed = Promise.promise();
      callers.runOnContext(
          turn -> end.get().onComplete(done -> completed.complete(Vertx.currentContext())));
      assertThat(Hub.await(completed.future())).isSameAs(callers);
    }
  }

  @Test
  void aPathWithParametersIsRefused() {
    for (String path :
        new String[] {
          "", "/", "/events/", "/:a", "events", "/a/*", "/.", "/..", "/a/../b", "/a/./b", "/a/.."
        }) {
      assertThatThrownBy(
              () -> EricRouter.mount(vertx, new HttpOptions(), Router.router(vertx), path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be like /events");
    }
  }
}
