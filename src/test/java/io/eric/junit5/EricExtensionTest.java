package io.eric.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.EricClient;
import io.eric.Message;
import io.eric.RepositoryException;
import io.eric.app.EricVerticle;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.EricOptions;
import io.eric.options.HttpOptions;
import io.eric.options.PredefinedChannel;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClient;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** What a test gets from {@link EricExtension}, and what is left of it afterwards. */
class EricExtensionTest {

  @Nested
  @ExtendWith(EricExtension.class)
  class Parameters {

    private final EricClient ofConstructor;
    private EricClient ofSetUp;

    Parameters(EricClient ofConstructor) {
      this.ofConstructor = ofConstructor;
    }

    @BeforeEach
    void create(EricClient client) {
      ofSetUp = client;
      client.create("news").await();
    }

    @Test
    void aTestSharesItsHubWithItsConstructorAndItsSetUp(EricClient client) {
      assertThat(client.list().await()).containsExactly("news");
      assertThat(ofSetUp.list().await()).containsExactly("news");
      assertThat(ofConstructor.list().await()).containsExactly("news");
    }

    @Test
    void anotherTestHasAnotherHub(EricClient client) {
      client.create("other").await();
      assertThat(client.list().await()).containsExactly("news", "other");
    }

    @Test
    void aWebClientReachesTheHubByAPathAlone(
        WebClient http, EricVerticle hub, EricOptions options) {
      assertThat(http.get("/channels").send().await().bodyAsJsonArray())
          .isEqualTo(new JsonArray().add("news"));
      assertThat(hub.httpPort()).isPositive();
      assertThat(options.getHttp().getHost()).isEqualTo("127.0.0.1");
      assertThat(options.isSocketEnabled()).isFalse();
    }

    @Test
    void aClientOfTheVertxInstanceIsAClientOfTheHub(Vertx vertx, TestReaders readers) {
      assertThat(EricClient.create(vertx).list().await()).containsExactly("news");
      assertThat(readers.vertx()).isSameAs(vertx);
    }

    @Test
    void aReaderReceivesWhatIsPublishedByHttpAfterItWasOpened(WebClient http, TestReaders readers) {
      for (int i = 0; i < 50; i++) { // contexts are spread over the loops in turn
        TestReader<Message> watcher = readers.watch("news");
        http.post("/broadcast?channel_id=news")
            .sendJsonObject(new JsonObject().put("type", "t").put("payload", i))
            .await();
        assertThat(watcher.awaitNext().payload()).isEqualTo(i);
      }
    }
  }

  @Nested
  class Settings {

    @RegisterExtension
    static final EricExtension ERIC =
        EricExtension.with(
                new EricOptions()
                    .setHttp(new HttpOptions().setHost("0.0.0.0").setPort(1))
                    .setChannels(
                        Map.of("desk", new PredefinedChannel(new JsonObject(), List.of("ann")))))
            .withTimeout(Duration.ofMillis(200));

    @Test
    void theHubHasTheSettingsButAPortAndFilesOfItsOwn(EricVerticle hub, EricOptions options) {
      assertThat(hub.channels().getAllIds()).containsExactly("desk");
      assertThat(hub.httpPort()).isGreaterThan(1);
      assertThat(options.getHttp().getHost()).isEqualTo("127.0.0.1");
      assertThat(Path.of(options.getSocket().getPath())).exists();
    }

    @Test
    void twoHubsHaveTwoPrefixesInRedisAfterTheOneOfTheSettings() {
      EricOptions wanted = new EricOptions().setSocketEnabled(false);
      wanted.getStore().getRedis().setPrefix("tests:");
      try (RunningHub one = RunningHub.start(wanted, null);
          RunningHub another = RunningHub.start(wanted, null)) {
        String prefix = one.options().getStore().getRedis().getPrefix();
        assertThat(prefix).startsWith("tests:").endsWith(":");
        assertThat(another.options().getStore().getRedis().getPrefix())
            .startsWith("tests:")
            .isNotEqualTo(prefix);
      }
    }

    @Test
    void aReaderWaitsAsLongAsTheExtensionSays(TestReaders readers) {
      TestReader<Message> listener = readers.listen("desk", "ann");
      assertThatThrownBy(listener::awaitNext)
          .isInstanceOf(AssertionError.class)
          .hasMessage(
              "waited for item 1 of listener \"ann\" of channel \"desk\", which has not come within"
                  + " 200 ms; before it came 0");
    }

    @Test
    void aTimeoutIsPositive() {
      assertThatThrownBy(() -> ERIC.withTimeout(Duration.ZERO))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("timeout is PT0S, it must be positive");
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  @ExtendWith(EricExtension.class)
  class SharedByTheClass {

    private EricClient shared;

    @BeforeAll
    void create(EricClient client) {
      shared = client;
      client.create("news").await();
    }

    @Test
    void aHubThatTheSetUpOfTheClassAsksForIsTheHubOfItsTests(EricClient client) {
      assertThat(client.list().await()).containsExactly("news");
      assertThat(shared.list().await()).containsExactly("news");
    }
  }

  // What is left after a test. The classes are run from within a test, which looks at it.

  /** What the tests below have seen. */
  private static final List<Seen> SEEN = new ArrayList<>();

  private record Seen(Vertx vertx, int port, Path directory, MessageStoreOfTest store) {

    static Seen of(Vertx vertx, EricVerticle hub, EricOptions options) {
      Path directory = Path.of(options.getSocket().getPath()).getParent();
      Seen seen = new Seen(vertx, hub.httpPort(), directory, MessageStoreOfTest.last);
      assertThat(directory).isDirectoryContaining("glob:**eric.sock");
      SEEN.add(seen);
      return seen;
    }

    void isClosed() {
      // The kernel's socket goes with the event loop's next look at its keys, a moment later.
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(
                          () -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                      .isInstanceOf(ConnectException.class));
      assertThat(directory).doesNotExist();
      assertThat(store.closed).isTrue();
      assertThatThrownBy(() -> vertx.deployVerticle(new EricVerticle()).await())
          .isInstanceOf(Exception.class);
    }
  }

  /** A store that knows whether it was closed. */
  private static final class MessageStoreOfTest implements MessageStore {
    static MessageStoreOfTest last;

    private final MessageStore store = MemoryStore.create();
    private final boolean refuses;
    private volatile boolean closed;

    MessageStoreOfTest(boolean refuses) {
      this.refuses = refuses;
      last = this;
    }

    @Override
    public Future<MessageLog> open(String channelId, RetentionOptions retention) {
      return refuses
          ? Future.failedFuture(new RepositoryException("no room", null))
          : store.open(channelId, retention);
    }

    @Override
    public Future<Void> close() {
      closed = true;
      return store.close();
    }
  }

  static class SomeTests {

    @RegisterExtension
    static final EricExtension ERIC =
        EricExtension.with(new EricOptions()).withStore(vertx -> new MessageStoreOfTest(false));

    @Test
    void passes(Vertx vertx, EricVerticle hub, EricOptions options, TestReaders readers) {
      Seen.of(vertx, hub, options);
      hub.channels().create("news", null).await();
      readers.watch("news");
    }

    @Test
    void fails(Vertx vertx, EricVerticle hub, EricOptions options) {
      Seen.of(vertx, hub, options);
      throw new AssertionError("on purpose");
    }

    @Test
    void closesVertxItself(Vertx vertx, EricVerticle hub, EricOptions options) {
      Seen.of(vertx, hub, options);
      vertx.close().await();
    }
  }

  @Test
  void whetherATestPassesOrFailsItsHubAndItsVertxAreClosedAndItsFilesAreGone() {
    SEEN.clear();
    TestExecutionSummary summary = run(SomeTests.class);
    assertThat(summary.getFailures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.getException()).hasMessage("on purpose"));
    assertThat(SEEN).hasSize(3).allSatisfy(Seen::isClosed);
    assertThat(SEEN).extracting(Seen::vertx).doesNotHaveDuplicates();
  }

  static class TestsOfAHubThatDoesNotStart {

    @RegisterExtension
    static final EricExtension ERIC =
        EricExtension.with(
                new EricOptions()
                    .setChannels(
                        Map.of("news", new PredefinedChannel(new JsonObject(), List.of()))))
            .withStore(
                vertx -> {
                  startedBy = vertx;
                  return new MessageStoreOfTest(true);
                });

    private static Vertx startedBy;

    @Test
    void isNotReached(EricClient client) {}
  }

  @Test
  void aHubThatDoesNotStartFailsTheTestByItsReasonAndIsClosed() {
    TestExecutionSummary summary = run(TestsOfAHubThatDoesNotStart.class);
    assertThat(summary.getFailures())
        .singleElement()
        .satisfies(
            failure -> assertThat(failure.getException()).hasStackTraceContaining("no room"));
    assertThat(MessageStoreOfTest.last.closed).isTrue();
    assertThatThrownBy(
            () -> TestsOfAHubThatDoesNotStart.startedBy.deployVerticle(new EricVerticle()).await())
        .isInstanceOf(Exception.class);
  }

  static class TestsWithoutHttp {

    @RegisterExtension
    static final EricExtension ERIC =
        EricExtension.with(new EricOptions().setHttpEnabled(false).setSocketEnabled(false));

    @Test
    void isNotReached(WebClient http) {}
  }

  @Test
  void aWebClientWithoutHttpIsRefusedByTheSetting() {
    assertThat(run(TestsWithoutHttp.class).getFailures())
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure.getException())
                    .hasStackTraceContaining("http.enabled is false in the options"));
  }

  private static TestExecutionSummary run(Class<?> tests) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(tests))
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    return listener.getSummary();
  }
}
