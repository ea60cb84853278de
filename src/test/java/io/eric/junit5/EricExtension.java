package io.eric.junit5;

import io.eric.EricClient;
import io.eric.app.EricVerticle;
import io.eric.log.MessageStore;
import io.eric.options.EricOptions;
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a hub of their own, and closes it after them:
 *
 * <pre>{@code
 * @ExtendWith(EricExtension.class)
 * class NewsTest {
 *   @Test
 *   void newsAreWatched(EricClient client, TestReaders readers) {
 *     Channel news = client.create("news").await();
 *     TestReader<Message> watcher = readers.watch("news");
 *     news.publish(Message.of("greeting", "hello"));
 *     assertThat(watcher.awaitNext().payload()).isEqualTo("hello");
 *   }
 * }
 * }</pre>
 *
 * <p>Constructors, test methods and methods around them may have parameters of these types:
 *
 * <ul>
 *   <li>{@link EricClient}: a client of the hub
 *   <li>{@link WebClient}: an HTTP client for which the hub is the default host and port
 *   <li>{@link TestReaders}: reads channels and waits for their messages
 *   <li>{@link Vertx}: the instance that the hub runs in
 *   <li>{@link EricVerticle}: the hub itself
 *   <li>{@link EricOptions}: a copy of the settings that the hub runs with
 * </ul>
 *
 * <p>Every test has a Vert.x and a hub of its own, so its channels are not seen by other tests. The
 * methods of {@code @BeforeEach} and {@code @AfterEach} share the hub of their test. A hub that a
 * method of {@code @BeforeAll} asks for, or the constructor of a class whose tests share an
 * instance, is shared by all tests of the class instead. A hub starts when the first parameter is
 * asked for. It is closed, with all that was opened here, when its test or class is over, whether
 * that has failed or not; a hub that does not start is closed too.
 *
 * <p>The hub serves HTTP on a free port of 127.0.0.1 and keeps messages in memory. Every file that
 * it writes is in a temporary directory of its own. Register the extension by a field to have other
 * settings:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EricExtension ERIC = EricExtension.with(new EricOptions().setHttpEnabled(false));
 * }</pre>
 *
 * <p>An extension is immutable and safe for tests that run in parallel. Vert.x's own {@code
 * VertxExtension} resolves {@link Vertx} too, and JUnit refuses such a parameter if both are
 * registered; {@link TestReaders#vertx()} gives the hub's instance in such a class.
 */
public final class EricExtension implements ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(EricExtension.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Map<Class<?>, Function<RunningHub, Object>> PARAMETERS =
      Map.of(
          EricClient.class, RunningHub::client,
          WebClient.class, RunningHub::webClient,
          Vertx.class, RunningHub::vertx,
          EricVerticle.class, RunningHub::verticle,
          EricOptions.class, RunningHub::options);

  private final EricOptions options;
  private final @Nullable Function<Vertx, MessageStore> store;
  private final Duration timeout;

  /** Creates an extension whose hubs have the default settings and no Unix socket. */
  public EricExtension() {
    this(new EricOptions().setSocketEnabled(false), null, TIMEOUT);
  }

  private EricExtension(
      EricOptions options, @Nullable Function<Vertx, MessageStore> store, Duration timeout) {
    this.options = options;
    this.store = store;
    this.timeout = timeout;
  }

  /**
   * Creates an extension whose hubs have these settings, except for what would let one hub meet
   * another: HTTP has one instance, on a free port of 127.0.0.1, the files of the socket and of the
   * file store are in the hub's temporary directory, and the prefix of a store in Redis is followed
   * by a random one. Ask for a parameter {@link EricOptions} to learn the paths and the prefix. The
   * keys in Redis stay when the hub is closed.
   *
   * @param options the settings, which are copied. The Unix socket is enabled unless they say
   *     otherwise
   * @return the extension
   */
  public static EricExtension with(EricOptions options) {
    return new EricExtension(new EricOptions(options), null, TIMEOUT);
  }

  /**
   * Returns an extension that differs in the store: its hubs keep their messages in a store of the
   * caller's, and {@code store} of the settings is not used.
   *
   * @param store creates the store of one hub, which closes it; called once for each hub, on the
   *     test's thread
   * @return the extension
   */
  public EricExtension withStore(Function<Vertx, MessageStore> store) {
    return new EricExtension(options, Objects.requireNonNull(store, "store"), timeout);
  }

  /**
   * Returns an extension that differs in how long its {@link TestReaders} wait.
   *
   * @param timeout more than nothing; 10 seconds by default
   * @return the extension
   * @throws IllegalArgumentException if the time is not positive
   */
  public EricExtension withTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout is " + timeout + ", it must be positive");
    }
    return new EricExtension(options, store, timeout);
  }

  /** Lets each test have a hub of its own also if the constructor of its class asks for one. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == TestReaders.class || PARAMETERS.containsKey(type);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ExtensionContext.Store kept = context.getStore(NAMESPACE);
    RunningHub hub =
        kept.getOrComputeIfAbsent(
            RunningHub.class, absent -> RunningHub.start(options, store), RunningHub.class);
    Class<?> type = parameter.getParameter().getType();
    return type == TestReaders.class
        ? kept.getOrComputeIfAbsent(
            TestReaders.class,
            absent -> new TestReaders(hub.vertx(), hub.client(), timeout),
            TestReaders.class)
        : PARAMETERS.get(type).apply(hub);
  }
}
