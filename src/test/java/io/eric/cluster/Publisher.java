package io.eric.cluster;

import io.eric.cluster.history.History;
import io.eric.cluster.history.Sent;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client that publishes one message after the other, each at another node. It keeps to the
 * protocol: what was not acknowledged is sent again with its key, and before that nothing else. One
 * with several channels sends a message to each of them at once, by {@code /publish}.
 */
final class Publisher implements Runnable {

  /** Shorter than the hub's own time, so that outcomes are unknown that the hub knows. */
  private static final Duration ATTEMPT = Duration.ofSeconds(3);

  /** How long a door rests that has not answered, or has not said how long. */
  private static final long REST_SECONDS = 1;

  private static final int DISPATCH_EACH = 10;
  private static final int AGAIN_EACH = 25;
  private static final Set<Integer> UNKNOWN = Set.of(429, 503);
  private static final Set<String> UNKNOWN_ERRORS = Set.of("Unavailable", "LogFullException");

  private final Doors doors;
  private final HttpClient http;
  private final History history;
  private final String name;
  private final List<String> channels;
  private final long pauseMs;
  private int turn;

  /** How often the hub has refused the present message for the moment. */
  private int refusals;

  private volatile boolean waitsAsTold;
  private volatile boolean isStopped;
  private volatile int acknowledged;

  Publisher(
      Doors doors,
      HttpClient http,
      History history,
      String name,
      List<String> channels,
      long pauseMs,
      int firstNode) {
    this.doors = doors;
    this.http = http;
    this.history = history;
    this.name = name;
    this.channels = channels;
    this.pauseMs = pauseMs;
    this.turn = firstNode;
  }

  boolean isQuiet(long ofPauseMs) {
    return pauseMs >= ofPauseMs;
  }

  /** Returns how many of its messages were acknowledged. */
  int acknowledged() {
    return acknowledged;
  }

  /**
   * From now on it waits before it repeats, as {@code Retry-After} says, and a message that is
   * refused once more after that is an error.
   */
  void waitAsTold() {
    waitsAsTold = true;
  }

  /** It ends when its message is acknowledged. */
  void stop() {
    isStopped = true;
  }

  @Override
  public void run() {
    try {
      for (int number = 1; !isStopped; number++) {
        publish(number);
        acknowledged = number;
        Thread.sleep(pauseMs); // the pace of the load, nothing waits for it
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish(int number) throws InterruptedException {
    long since = System.currentTimeMillis();
    refusals = 0;
    String receiver = channels.size() == 1 && number % DISPATCH_EACH == 0 ? "r0" : null;
    List<Sent> waiting = new ArrayList<>();
    for (String channel : channels) {
      Sent message = new Sent(channel, name, number, receiver);
      history.sent(message);
      waiting.add(message);
    }
    List<Sent> all = List.copyOf(waiting);
    while (!waiting.isEmpty()) {
      attempt(waiting, since);
    }
    if (number % AGAIN_EACH == 0) {
      attempt(new ArrayList<>(all), System.currentTimeMillis()); // as if the answer was lost
    }
  }

  /** Sends messages, and removes those that are acknowledged. */
  private void attempt(List<Sent> messages, long since) throws InterruptedException {
    Node node = doors.at(turn++);
    String url = node.url();
    if (url == null) {
      Thread.sleep(20);
      return;
    }
    try {
      HttpResponse<String> answer = http.send(request(url, messages), BodyHandlers.ofString());
      long now = System.currentTimeMillis();
      if (answer.statusCode() != 200) {
        long rest = answer.headers().firstValueAsLong("retry-after").orElse(REST_SECONDS);
        note(node, rest, answer.statusCode(), messages.get(0), answer.body(), now);
        waitAsTold(rest);
      } else if (channels.size() == 1) {
        String id = answer.headers().firstValue("eric-message-id").orElse("");
        history.acknowledged(messages.remove(0), id, now, now - since);
        return;
      } else {
        takeOutcomes(new JsonArray(answer.body()), messages, node, now, since);
        if (messages.isEmpty()) {
          return;
        }
        refused(node, messages.get(0), answer.body(), now);
        waitAsTold(REST_SECONDS); // an outcome has no header; its status would have had this one
      }
    } catch (IOException | DecodeException noAnswer) {
      doors.failed(node, REST_SECONDS);
    }
    history.repeated();
    Thread.sleep(20);
  }

  private void takeOutcomes(
      JsonArray outcomes, List<Sent> messages, Node node, long now, long since) {
    List<Sent> acknowledgedNow = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      JsonObject outcome = outcomes.getJsonObject(i);
      String id = outcome.getString("id");
      if (id != null) {
        history.acknowledged(messages.get(i), id, now, now - since);
        acknowledgedNow.add(messages.get(i));
      } else if (!UNKNOWN_ERRORS.contains(outcome.getString("error"))) {
        int status = outcome.getString("error").startsWith("InvalidChannel") ? 404 : 500;
        note(node, REST_SECONDS, status, messages.get(i), outcome.encode(), now);
      }
    }
    messages.removeAll(acknowledgedNow);
  }

  private void note(Node node, long rest, int status, Sent message, String why, long now) {
    if (UNKNOWN.contains(status)) {
      doors.failed(node, rest);
      refused(node, message, why, now);
    } else {
      history.refused(status, message + " at node " + node.number + ": " + why, now);
    }
  }

  private void refused(Node node, Sent message, String why, long now) {
    refusals++;
    if (waitsAsTold && refusals > 1) {
      String again = " at node " + node.number + ", for the " + refusals + ". time: ";
      history.refused(503, message + again + why, now);
    }
  }

  private void waitAsTold(long seconds) throws InterruptedException {
    if (waitsAsTold) {
      Thread.sleep(1_000 * seconds); // what the hub has asked for
    }
  }

  private HttpRequest request(String url, List<Sent> messages) {
    Sent first = messages.get(0);
    HttpRequest.Builder request =
        HttpRequest.newBuilder().timeout(ATTEMPT).header("content-type", "application/json");
    if (channels.size() == 1) {
      JsonObject body = new JsonObject().put("type", "m").put("payload", first.payload());
      return request
          .uri(URI.create(url + path(first)))
          .header("idempotency-key", key(first))
          .POST(BodyPublishers.ofString(body.encode()))
          .build();
    }
    JsonArray members = new JsonArray();
    for (Sent message : messages) {
      members.add(
          new JsonObject()
              .put("c", message.channel())
              .put("t", "m")
              .put("p", message.payload())
              .put("key", key(message)));
    }
    return request
        .uri(URI.create(url + "/publish"))
        .POST(BodyPublishers.ofString(members.encode()))
        .build();
  }

  private static String path(Sent message) {
    @Nullable String receiver = message.receiver();
    return receiver == null
        ? "/broadcast?channel_id=" + message.channel()
        : "/dispatch?channel_id=" + message.channel() + "&listener_id=" + receiver;
  }

  private static String key(Sent message) {
    return message.channel() + '-' + message.publisher() + '-' + message.number();
  }

  @Override
  public String toString() {
    return "publisher " + name + " of " + channels + " after message " + acknowledged;
  }
}
