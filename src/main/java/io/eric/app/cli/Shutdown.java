package io.eric.app.cli;

import io.eric.app.EricVerticle;
import io.eric.options.ShutdownOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shuts a hub down in order when the process is told to end, or the hub has failed: drain,
 * undeploy, close Vert.x. It waits on a plain thread, because on a thread of Vert.x waiting for
 * {@code vertx.close()} may never end, and it never waits longer than the settings allow.
 */
final class Shutdown {

  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private final Vertx vertx;
  private final EricVerticle hub;
  private final ShutdownOptions options;
  private volatile boolean failed;
  private final Thread hook = new Thread(this::endProcess, "eric-shutdown");

  Shutdown(Vertx vertx, EricVerticle hub, ShutdownOptions options) {
    this.vertx = vertx;
    this.hub = hub;
    this.options = options;
  }

  /** Makes SIGTERM and SIGINT end the process in order. */
  void onSignal() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Ends the process in order with code 1, because the hub cannot serve any more: a supervisor
   * starts it again.
   */
  void afterFailure(Throwable failure) {
    LOG.error("this process ends with code 1: {}", failure.getMessage());
    failed = true;
    new Thread(() -> Runtime.getRuntime().exit(1), "eric-exit").start(); // it runs the hook
  }

  /** Closes everything that was opened; the process may then exit with the code of the failure. */
  void afterFailedStart() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      return; // a signal came first, and the hook closes everything
    }
    close(() -> Future.succeededFuture(), 0); // there are no clients to drain yet
  }

  /**
   * Ends the process with code 0 if nothing had failed and everything was closed in order. A
   * process that ends by a signal would exit with 128 plus its number, although ending in order is
   * not a failure.
   */
  private void endProcess() {
    boolean inOrder = close(hub::drain, options.getDrain());
    Runtime.getRuntime().halt(inOrder && !failed ? 0 : 1);
  }

  /**
   * Drains and closes.
   *
   * @param drainMs how long streams are being ended; in a cluster, the node gives away what it owns
   *     before that
   */
  private boolean close(Supplier<Future<Void>> drain, long drainMs) {
    boolean drained = await("drained", drain.get(), drainMs + options.getTimeout());
    // Called here and not in a chain, because on a thread of Vert.x the future might never
    // complete.
    boolean closed = await("closed", vertx.close(), options.getTimeout());
    if (closed) {
      LOG.info("closed");
    }
    return drained && closed;
  }

  private static boolean await(String what, Future<Void> step, long withinMs) {
    try {
      step.toCompletionStage().toCompletableFuture().get(withinMs, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      LOG.error("not {} within {} ms, giving up", what, withinMs);
    } catch (ExecutionException e) {
      LOG.error("not {} in order", what, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }
}
