package io.eric.internal.client;

import io.eric.internal.protocol.ChannelRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A channel that answers its reading side when a test says so, and what. */
final class ScriptedChannel implements ChannelLink {

  final List<ChannelRequest> questions = new ArrayList<>();
  final List<ChannelRequest> told = new ArrayList<>();

  /** The kinds of all that was asked and told, in order. */
  final List<String> said = new ArrayList<>();

  private final Map<ChannelRequest, Promise<Object>> pending = new IdentityHashMap<>();

  ChannelRequest last() {
    return questions.get(questions.size() - 1);
  }

  /** The last question of a kind, if it waits for its answer. */
  Optional<ChannelRequest> waiting(Class<?> kind) {
    return questions.stream()
        .filter(question -> kind.isInstance(question) && pending.containsKey(question))
        .reduce((earlier, later) -> later);
  }

  boolean asked(Class<?> kind) {
    return waiting(kind).isPresent();
  }

  /** Whether the last question of all waits for its answer. */
  boolean isAsked() {
    return pending.containsKey(last());
  }

  /** Answers the last question of a kind that waits. */
  void answer(Class<?> kind, Object answer) {
    answer(waiting(kind).orElseThrow(), answer);
  }

  /** Answers the last question of all, unless it is answered already. */
  void answer(Object answer) {
    answer(last(), answer);
  }

  /** Answers this question, unless it is answered already. */
  void answer(ChannelRequest question, Object answer) {
    Promise<Object> promise = pending.remove(question);
    if (promise != null) {
      promise.complete(answer);
    }
  }

  /** Fails the last question of all, unless it is answered already. */
  void fail(Throwable failure) {
    Promise<Object> promise = pending.remove(last());
    if (promise != null) {
      promise.fail(failure);
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> Future<T> ask(String channel, ChannelRequest question) {
    Promise<Object> promise = Promise.promise();
    questions.add(question);
    said.add(question.getClass().getSimpleName());
    pending.put(question, promise);
    return (Future<T>) promise.future();
  }

  @Override
  public <T> Future<T> askLong(String channel, ChannelRequest question) {
    return ask(channel, question);
  }

  @Override
  public void tell(String channel, ChannelRequest news) {
    told.add(news);
    said.add(news.getClass().getSimpleName());
  }
}
