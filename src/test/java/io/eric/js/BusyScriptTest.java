package io.eric.js;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eric.options.JsOptions;
import io.eric.testing.Hub;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.spi.VerticleFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A script that does not let go of its thread is named and stopped; everybody else goes on. */
@Timeout(120)
class BusyScriptTest {

  private static final long LIMIT = 1_000;

  @TempDir private static Path directory;
  private static Scripts scripts;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeAll
  static void startHub() {
    scripts = new Scripts(directory);
    limit(LIMIT);
  }

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void clear() {
    logger().detachAppender(log);
    limit(LIMIT);
    scripts.clear();
  }

  @AfterAll
  static void closeHub() {
    scripts.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"EVENT_LOOP", "WORKER"})
  void aBusyHandlerIsStoppedAndAllOthersGoOn(ThreadingModel model) {
    scripts.file(
        "other.mjs", "export const start = (eric) => eric.bus.consumer('other', (n) => n + 1);");
    String other =
        Hub.await(scripts.hub.vertx.deployVerticle("js:" + directory.resolve("other.mjs")));
    deploy(
        """
        export async function start(eric) {
          await eric.bus.consumer('hang', () => {
            for (;;) {}
          });
          setInterval(() => eric.bus.send('out', 'tick'), 5);
        }
        """,
        model);
    assertThat(scripts.next()).isEqualTo("tick");
    scripts.hub.vertx.eventBus().send("hang", null);
    awaitLog("main.mjs has held the thread ", "for more than 1000 ms: it is stopped");
    awaitLog("main.mjs is ended: stopped while it held its thread at main.mjs:3:5");
    assertThat(request("other", 1)).isEqualTo(2);
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(Hub.failure(scripts.hub.vertx.eventBus().request("hang", null)))
                    .hasMessageContaining("No handlers"));
    while (!scripts.isQuiet()) {
      scripts.next();
    }
    assertThat(scripts.isQuiet()).isTrue();
    Hub.await(scripts.hub.vertx.undeploy(other));
  }

  @Test
  void onAWorkerNobodyElseNoticesIt() {
    limit(60_000);
    String other =
        Hub.await(
            scripts.hub.vertx.deployVerticle(
                "js:"
                    + scripts.file(
                        "other.mjs",
                        "export const start = (eric) => eric.bus.consumer('other', (n) => n +"
                            + " 1);")));
    String busy =
        deploy(
            """
            export async function start(eric) {
              await eric.bus.consumer('hang', () => { eric.bus.send('out', 'busy'); for (;;) {} });
            }
            """,
            ThreadingModel.WORKER);
    scripts.hub.vertx.eventBus().send("hang", null);
    assertThat(scripts.next()).isEqualTo("busy");
    for (int i = 0; i < 100; i++) {
      assertThat(request("other", i)).isEqualTo(i + 1);
    }
    // It is stopped a second after it is to be undeployed, not a minute later.
    scripts.undeploy(busy);
    awaitLog("for more than 1000 ms: it is stopped");
    Hub.await(scripts.hub.vertx.undeploy(other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for (;;) {}",
        "export const start = () => { for (;;) {} };",
        "await null; for (;;) {}",
        "export async function start() { await null; for (;;) {} }",
        "(function again() { Promise.resolve().then(again); })();",
        "for (;;) { JSON.parse('[1]'); }",
        "for (;;) { try { for (;;) {} } catch {} finally { for (;;) {} } }",
      })
  void aBusyStartFails(String module) {
    limit(200); // six times as long while it is loaded
    List<Future<String>> deployments =
        Stream.of(ThreadingModel.EVENT_LOOP, ThreadingModel.WORKER)
            .map(model -> scripts.deploy(module, new DeploymentOptions().setThreadingModel(model)))
            .toList();
    for (Future<String> deployment : deployments) {
      assertThat(Hub.failure(deployment))
          .isInstanceOf(JsException.class)
          .hasMessageContaining("stopped while it held its thread");
    }
  }

  @Test
  void aBusyStopIsCutShort() {
    String id =
        deploy(
            "export const start = () => {}; export const stop = () => { for (;;) {} };",
            ThreadingModel.WORKER);
    scripts.undeploy(id);
    awaitLog("main.mjs did not stop in order: stopped while it held its thread");
  }

  @Test
  void aScriptThatIsSlowButLetsGoIsLeftAlone() {
    String id =
        deploy(
            """
            export const start = (eric) => eric.bus.consumer('slow', (turns) => {
              const until = performance.now() + 150;
              while (performance.now() < until);
              return turns;
            });
            """,
            ThreadingModel.WORKER);
    for (int i = 0; i < 10; i++) { // longer than the limit together
      assertThat(request("slow", i)).isEqualTo(i);
    }
    assertThat(messages()).noneMatch(line -> line.contains("is stopped"));
    scripts.undeploy(id);
  }

  @Test
  void otherInstancesOfAStoppedScriptGoOn() {
    Hub.await(
        scripts.deploy(
            """
            export const start = (eric) => eric.bus.consumer('either', (hang) => {
              for (; hang;) {}
              return 'here';
            });
            """,
            new DeploymentOptions().setInstances(2).setThreadingModel(ThreadingModel.WORKER)));
    scripts.hub.vertx.eventBus().send("either", true);
    awaitLog("is ended");
    for (int i = 0; i < 4; i++) {
      Awaitility.await().until(() -> request("either", false), "here"::equals);
    }
  }

  private static String deploy(String module, ThreadingModel model) {
    return Hub.await(scripts.deploy(module, new DeploymentOptions().setThreadingModel(model)));
  }

  private static void limit(long milliseconds) {
    for (VerticleFactory factory : scripts.hub.vertx.verticleFactories()) {
      if (factory instanceof JsVerticleFactory js) {
        js.setOptions(new JsOptions().setBusyLimit(milliseconds));
      }
    }
  }

  private static Object request(String address, Object body) {
    return Hub.await(scripts.hub.vertx.eventBus().request(address, body)).body();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("io.eric.js");
  }

  private List<String> messages() {
    return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private void awaitLog(String... parts) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(messages()).anySatisfy(line -> assertThat(line).contains(parts)));
  }
}
