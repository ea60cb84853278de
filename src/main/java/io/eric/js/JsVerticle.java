package io.eric.js;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A verticle whose code is a JavaScript module. {@link Script} describes how the script is entered.
 */
final class JsVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(JsVerticle.class);

  /** How long a module's {@code stop} may take before the module is ended without it. */
  private static final long STOP_MS = 5_000;

  private final SharedEngine engine;
  private final Path file;
  private final long busyLimit;
  private @Nullable Running running;

  JsVerticle(SharedEngine engine, Path file, long busyLimit) {
    this.engine = engine;
    this.file = file;
    this.busyLimit = busyLimit;
  }

  @Override
  public Future<?> start() throws Exception {
    Context own = context;
    if (own.threadingModel() == ThreadingModel.VIRTUAL_THREAD) {
      throw new IllegalArgumentException(
          "a JS verticle runs on an event loop or a worker, not on virtual threads");
    }
    Promise<Void> started = Promise.promise();
    Script script = new Script(file);
    HostFunctions functions = new HostFunctions(vertx, own, script);
    Running parts =
        new Running(
            script, functions, engine.watch(script, busyLimit, () -> cancel(own, script, started)));
    running = parts;
    noticeUndeployment(own, parts)
        // Loading must not run on the event loop, because the first engine takes seconds, and
        // imports read files.
        .compose(noticed -> vertx.executeBlocking(() -> script.load(engine, functions), false))
        .compose(
            evaluated -> {
              parts.watch.loaded();
              script.open();
              return evaluated;
            })
        .compose(loaded -> script.start(config()))
        .onComplete(
            done -> {
              if (done.succeeded()) {
                started.tryComplete();
              } else {
                started.tryFail(done.cause());
              }
            });
    return started
        .future()
        .onSuccess(done -> LOG.info("{} runs", file))
        .recover(
            failure -> {
              running = null;
              return parts.close(context).transform(closed -> Future.failedFuture(failure));
            });
  }

  /**
   * Has the watchdog noticed when this verticle is about to be undeployed. On an event loop the
   * script shares its thread with the verticle that would notice it, so only the limit helps there.
   */
  private Future<?> noticeUndeployment(Context own, Running parts) {
    return own.threadingModel() == ThreadingModel.WORKER
        ? vertx.deployVerticle(new UndeploymentNotice(parts.watch::undeploying))
        : Future.succeededFuture();
  }

  /**
   * Cancels the script; called on a thread of the watchdog, which waits until the script has left
   * its own.
   */
  private void cancel(Context own, Script script, Promise<Void> started) {
    script.cancel();
    own.runOnContext(left -> stopped(script.whereStopped(), started));
  }

  /**
   * Ends this instance, because its script may have been stopped anywhere and cannot go on. Other
   * instances go on.
   */
  private void stopped(JsException failure, Promise<Void> started) {
    LOG.error("{} is ended: {}", file, failure.getMessage());
    Running parts = running;
    if (!started.tryFail(failure) && parts != null) {
      running = null;
      parts.close(context);
    }
  }

  @Override
  public Future<?> stop() {
    Running parts = running;
    running = null;
    if (parts == null) {
      return Future.succeededFuture();
    }
    parts.watch.undeploying();
    return inTime(parts.script.stop())
        .onFailure(e -> LOG.warn("{} did not stop in order: {}", file, e.getMessage()))
        .transform(stopped -> parts.close(context))
        .onSuccess(closed -> LOG.info("{} has ended", file));
  }

  private Future<Void> inTime(Future<Void> stopped) {
    if (stopped.isComplete()) {
      return stopped;
    }
    Promise<Void> first = Promise.promise();
    long timer = vertx.setTimer(STOP_MS, id -> first.tryFail("nothing after " + STOP_MS + " ms"));
    stopped.onComplete(
        done -> {
          vertx.cancelTimer(timer);
          first.handle(done);
        });
    return first.future();
  }

  /** The parts that live from start to stop. */
  private record Running(Script script, HostFunctions functions, Watchdog.Watch watch) {

    /**
     * Closes the parts in a later turn, because the script may be on the stack: it may have
     * resolved the promise that led here.
     */
    private Future<Void> close(Context context) {
      Promise<Void> closed = Promise.promise();
      context.runOnContext(
          later ->
              functions
                  .close()
                  .onComplete(
                      left -> {
                        watch.close();
                        script.close();
                        closed.complete();
                      }));
      return closed.future();
    }
  }
}
