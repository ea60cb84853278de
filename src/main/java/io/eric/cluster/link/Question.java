package io.eric.cluster.link;

import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/** What waits for an answer of another node. For any thread. */
final class Question {

  private final Questions all;
  private final long id;
  private final String node;
  private final long deadline;
  private final Promise<@Nullable Object> answer;
  private volatile boolean asked;

  Question(Questions all, long id, String node, long deadline, Promise<@Nullable Object> answer) {
    this.all = all;
    this.id = id;
    this.node = node;
    this.deadline = deadline;
    this.answer = answer;
  }

  long id() {
    return id;
  }

  /** Returns the node that is asked. */
  String node() {
    return node;
  }

  /** Returns when it is given up, in nanoseconds. */
  long deadline() {
    return deadline;
  }

  /** Notes that it is on its way: from now on the node may have done what it was asked. */
  void asked() {
    asked = true;
  }

  boolean isAsked() {
    return asked;
  }

  void answered(@Nullable Object body) {
    if (all.remove(this)) {
      answer.tryComplete(body);
    }
  }

  /** Fails: the node has certainly not been asked. */
  void notAsked(String why) {
    failed(new ReplyException(ReplyFailure.NO_HANDLERS, why));
  }

  /** Fails: whether the node has done what it was asked is unknown. */
  void unanswered(String why) {
    failed(new ReplyException(ReplyFailure.TIMEOUT, why));
  }

  void failed(ReplyException failure) {
    if (all.remove(this)) {
      answer.tryFail(failure);
    }
  }
}
