package io.eric.http;

import io.eric.http.internal.guard.ByteBudget;
import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.http.internal.guard.Deadlines;
import io.eric.http.internal.guard.RequestQuota;
import io.eric.http.internal.guard.UnsentAnswers;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The bounds that all requests and connections of a door share. On the door's context only. */
final class DoorBounds {

  private static final long RESET_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);

  final Deadlines requests;
  final Deadlines publishes;
  final ByteBudget buffered;
  final UnsentAnswers unsent;
  private final Deadlines idle;
  private final Deadlines answers;
  private final HttpOptions options;

  DoorBounds(Vertx vertx, HttpOptions options, Meters meters) {
    this.options = options;
    this.requests = new Deadlines(vertx, options.getRequestTimeout());
    this.idle = new Deadlines(vertx, options.getIdleTimeout());
    this.publishes = new Deadlines(vertx, options.publishTimeouts().publish());
    this.answers = new Deadlines(vertx, options.getEdge().getWriteDeadline());
    this.unsent =
        new UnsentAnswers(
            options.getMaxUnsentAnswersPerConnection(),
            options.effectiveMaxUnsentAnswers(),
            answers,
            meters);
    this.buffered =
        new ByteBudget(
            options.effectiveMaxBufferedBodies(), options.effectiveMaxBufferedBodiesPerClient());
  }

  /** Returns the limits of the door's own connections. */
  ConnectionGuard.Limits ofOwnConnections() {
    return limits(new ConnectionGuard.Watch(requests, idle));
  }

  /**
   * Returns the limits of connections that the application uses too. They are not watched for
   * idling, which is for the application to decide.
   */
  ConnectionGuard.Limits ofSharedConnections() {
    return limits(ConnectionGuard.Watch.NONE);
  }

  private ConnectionGuard.Limits limits(ConnectionGuard.Watch watch) {
    return new ConnectionGuard.Limits(
        options.getMaxInFlightBytesPerConnection(),
        options.getMaxResetsPerConnection(),
        RESET_WINDOW_NANOS,
        watch,
        requests,
        unsent,
        buffered,
        new RequestQuota(options.effectiveMaxRequests()));
  }

  /** Cancels all deadlines. */
  void close() {
    all().forEach(Deadlines::close);
  }

  /** Keeps the deadlines of requests under way, and stops each timer when it has none left. */
  void retire() {
    all().forEach(Deadlines::retire);
  }

  private List<Deadlines> all() {
    return List.of(requests, idle, publishes, answers);
  }
}
