package io.eric.junit5;

import io.eric.Channel;
import io.eric.EricClient;
import io.eric.EricException;
import io.eric.InvalidListenerException;
import io.eric.Message;
import io.eric.MessageStream;
import io.eric.ReadOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Opens {@link TestReader readers}, by which a test waits for messages. A test gets one as a
 * parameter from {@link EricExtension}, which closes all readers when the test is over.
 *
 * <p>Safe for any thread, but {@link #watch}, {@link #listen} and {@link #read} wait for the
 * channel, so they throw {@link IllegalStateException} on a thread of Vert.x.
 */
@SuppressWarnings("deprecation") // versions of JUnit before 5.13 close no other kind of resource
public final class TestReaders implements ExtensionContext.Store.CloseableResource, AutoCloseable {

  private final Vertx vertx;
  private final EricClient client;
  private final Duration timeout;
  private final List<TestReader<?>> opened = new CopyOnWriteArrayList<>();

  TestReaders(Vertx vertx, EricClient client, Duration timeout) {
    this.vertx = vertx;
    this.client = client;
    this.timeout = timeout;
  }

  /**
   * Returns the Vert.x instance that the hub runs in.
   *
   * @return the instance, which the extension closes
   */
  public Vertx vertx() {
    return vertx;
  }

  /**
   * Reads the broadcasts of a channel from now on: what is published after this call has returned
   * is received.
   *
   * @param channelId the channel, which has to exist
   * @return the reader
   * @throws AssertionError if there is no such channel
   */
  public TestReader<Message> watch(String channelId) {
    return read(channelId, ReadOptions.watcher());
  }

  /**
   * Reads the messages of a listener from where it stands, and starts it.
   *
   * @param channelId the channel, which has to exist
   * @param listenerId the listener; if there is none, the reader's first wait fails
   * @return the reader
   * @throws AssertionError if there is no such channel
   */
  public TestReader<Message> listen(String channelId, String listenerId) {
    return read(channelId, ReadOptions.listener(listenerId));
  }

  /**
   * Reads a channel. When the call returns, the channel knows of the reader.
   *
   * @param channelId the channel, which has to exist
   * @param options what to read, and where to begin
   * @return the reader
   * @throws AssertionError if there is no such channel
   */
  public TestReader<Message> read(String channelId, ReadOptions options) {
    if (Context.isOnVertxThread()) {
      throw new IllegalStateException("a reader must not be opened on a thread of Vert.x");
    }
    Channel channel = client.channel(channelId);
    Promise<TestReader<Message>> reading = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(
            turn -> {
              MessageStream<Message> stream = channel.read(options);
              TestReader<Message> reader = of(name(channelId, options), stream);
              stream
                  .attached()
                  .map(reader)
                  .recover(
                      e ->
                          isToldByReader(e)
                              ? Future.succeededFuture(reader)
                              : Future.failedFuture(e))
                  .onComplete(reading);
            });
    try {
      return reading.future().await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (EricException e) {
      // It has no stack trace of its own, and a test has to show the line that opened the reader.
      throw new AssertionError(
          name(channelId, options) + " cannot be opened: " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "channel \""
              + channelId
              + "\" has not answered within "
              + timeout.toMillis()
              + " ms, so it cannot be read",
          e);
    }
  }

  /** A reader tells why its stream has ended, but where there is no channel nothing can be read. */
  private static boolean isToldByReader(Throwable notAttached) {
    return notAttached instanceof InvalidListenerException
        || notAttached instanceof IllegalStateException;
  }

  /**
   * Takes the items of any stream, which must not have a handler yet.
   *
   * @param name how failures are to name the stream, like {@code the orders}
   * @param stream the stream; a {@link MessageStream} is closed with the reader
   * @param <T> the type of its items
   * @return the reader
   */
  public <T> TestReader<T> of(String name, ReadStream<T> stream) {
    TestReader<T> reader = new TestReader<>(name, timeout, stream);
    opened.add(reader);
    return reader;
  }

  private static String name(String channelId, ReadOptions options) {
    String listener = options.listener();
    return (listener == null ? "a watcher" : "listener \"" + listener + '"')
        + " of channel \""
        + channelId
        + '"';
  }

  /** Closes all readers. */
  @Override
  public void close() {
    opened.forEach(TestReader::close);
  }
}
