package io.eric.cluster.route;

import io.eric.internal.client.AddressRouter.Far;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.Verb;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The links of the node {@code me}: they keep what is asked until a test answers. */
final class FakeLinks implements Far {

  static final Throwable NOT_DONE = BusReply.moved();
  static final Throwable SILENT = new ReplyException(ReplyFailure.TIMEOUT, "no answer");
  static final Throwable BROKEN = new ReplyException(ReplyFailure.ERROR, "broken");

  final List<Asked> asked = new ArrayList<>();
  final List<Sent> sent = new ArrayList<>();

  /** A request that waits for its answer. */
  record Asked(String node, Object body, long timeoutMs, Promise<@Nullable Object> answer) {
    boolean isPing() {
      return body instanceof JsonObject json && Verb.of(json.getValue("v")) == Verb.PING;
    }
  }

  /** What is not answered. */
  record Sent(String node, Object body) {}

  static Throwable refusal(int code) {
    return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, "refused");
  }

  @Override
  public String node() {
    return "me";
  }

  @Override
  public void send(String node, String address, Object body) {
    sent.add(new Sent(node, body));
  }

  @Override
  public Future<@Nullable Object> request(
      String node, String address, Object body, long timeoutMs) {
    Promise<@Nullable Object> answer = Promise.promise();
    asked.add(new Asked(node, body, timeoutMs, answer));
    return answer.future();
  }

  /** Returns what waits for an answer, in order. */
  List<Asked> open() {
    return asked.stream().filter(each -> !each.answer.future().isComplete()).toList();
  }

  /** Returns the bodies of commands that were asked, pings left out, in order. */
  List<Object> commands() {
    return asked.stream().filter(each -> !each.isPing()).map(Asked::body).toList();
  }

  /** Returns how many pings were sent. */
  long pings() {
    return asked.stream().filter(Asked::isPing).count();
  }

  /** Answers all that is open, in order. */
  void answerAll(@Nullable Object answer) {
    open().forEach(each -> each.answer.complete(answer));
  }

  /** Fails all that is open, in order. */
  void failAll(Throwable failure) {
    open().forEach(each -> each.answer.fail(failure));
  }

  /** Returns the latest request. */
  Asked last() {
    return asked.get(asked.size() - 1);
  }
}
