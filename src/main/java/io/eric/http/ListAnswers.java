package io.eric.http;

import io.eric.UnavailableException;
import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.http.internal.guard.Connections;
import io.eric.internal.FifoTurns;
import io.eric.internal.client.BusClient;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * Answers with lists that may be long. A list is made and sent in pieces, each after the client has
 * taken the one before, so a client that does not read holds one piece. Only a few pieces are made
 * at a time for all lists of a door, in turn, so that other requests do not wait behind them
 * (CWE-770). On the door's context only.
 */
final class ListAnswers {

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  /**
   * How many pieces are made at a time. It is more than one, because a node of a cluster may not
   * answer.
   */
  private static final int AT_A_TIME = 2;

  /** HTTP/2's error code for an answer that breaks off, RFC 9113, section 7. */
  private static final long INTERNAL_ERROR = 0x2;

  /** How many lists may wait for their turn. */
  private static final int MAX_WAITING = 1_024;

  private final Connections connections;
  private final Meters meters;
  private final FifoTurns turns = new FifoTurns(AT_A_TIME);

  /**
   * Creates the answers of one door.
   *
   * @param connections the connections, whose guards count the bytes that are not sent yet
   */
  ListAnswers(Connections connections, Meters meters) {
    this.connections = connections;
    this.meters = meters;
  }

  /** Answers a request with a list, or with 503 if too many lists wait. */
  void send(HttpServerRequest request, ListPart.Source source) {
    if (turns.waiting() >= MAX_WAITING) {
      meters.count(CounterName.LISTS_REFUSED);
      Problem.send(
          request.response(),
          new UnavailableException("too many lists are asked for at this moment"));
    } else {
      new Listing(request, source).askForTurn();
    }
  }

  private final class Listing {

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final ListPart.Source source;
    private final ConnectionGuard.OpenRequest exchange;

    private Listing(HttpServerRequest request, ListPart.Source source) {
      this.exchange = connections.guard(request.connection()).latest();
      this.request = request;
      this.response = request.response();
      this.source = source;
    }

    private void askForTurn() {
      turns.ask(this::makePart);
    }

    private void makePart() {
      if (response.closed()) {
        turns.done();
      } else {
        Future.succeededFuture()
            // inside compose, so that an exception ends the turn too
            .compose(turn -> source.next())
            .andThen((part, failure) -> turns.done())
            .onComplete(this::write, this::fail);
      }
    }

    private void write(ListPart part) {
      if (response.closed() || response.ended()) {
        return;
      }
      Buffer text = Buffer.buffer(part.text());
      if (!response.headWritten()) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        if (!part.isLast() && request.version() != HttpVersion.HTTP_2) {
          response.setChunked(true);
        }
      }
      if (part.isLast()) {
        boolean wasBegun = response.headWritten();
        Future<Void> written = response.end(text);
        if (wasBegun) { // else the answer has a Content-Length, by which the guard counts it
          exchange.wrote(text.length(), written);
        }
        return;
      }
      exchange.wrote(text.length(), response.write(text));
      if (response.writeQueueFull()) {
        response.drainHandler(drained -> goOn());
      } else {
        askForTurn();
      }
    }

    private void goOn() {
      response.drainHandler(null);
      askForTurn();
    }

    /** Reports a failure so that a list that breaks off does not look complete. */
    private void fail(Throwable failure) {
      if (!response.headWritten()) {
        Problem.send(response, BusClient.asEric(failure, null));
      } else if (request.version() == HttpVersion.HTTP_2) {
        exchange.reset(INTERNAL_ERROR);
      } else {
        request.connection().close();
      }
    }
  }
}
