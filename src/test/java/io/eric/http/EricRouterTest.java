package io.eric.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** The door inside an application's own router and server. */
class EricRouterTest {

  /** The hub has no door of its own, since the application's is the one to test. */
  @RegisterExtension
  static final EricExtension ERIC =
      EricExtension.with(new EricOptions().setHttpEnabled(false).setSocketEnabled(false));

  private final Vertx vertx;
  private final EricClient eric;
  private final HttpClient client;
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
                  return request.send(body);
                })
            .compose(
                response ->
                    response
                        .body()
                        .map(
                            text ->
                                new Answer(
                                    response.statusCode(),
                                    text.toString(),
                                    response.getHeader("eric-message-id")))));
  }

  private HttpClientResponse open(String path, StringBuffer seen, Promise<Void> end) {
    return Hub.await(
        client
            .request(HttpMethod.GET, port, "localhost", path)
            .compose(HttpClientRequest::send)
            .onSuccess(
                response ->
                    response
                        .handler(bytes -> seen.append(bytes))
                        .endHandler(ended -> end.tryComplete())
                        .exceptionHandler(failure -> end.tryComplete())));
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

  @Test
  void aPathWithParametersIsRefused() {
    for (String path : new String[] {"", "/", "/events/", "/:a", "events", "/a/*"}) {
      assertThatThrownBy(
              () -> EricRouter.mount(vertx, new HttpOptions(), Router.router(vertx), path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be like /events");
    }
  }
}
