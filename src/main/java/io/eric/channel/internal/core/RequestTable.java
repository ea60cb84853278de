package io.eric.channel.internal.core;

import io.eric.internal.protocol.ChannelRequest;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Knows what a channel does with each kind of request, in one row for each kind. */
public final class RequestTable {

  private final Map<Class<?>, Function<ChannelRequest, Future<?>>> answers = new HashMap<>();
  private final Map<Class<?>, Consumer<ChannelRequest>> news = new HashMap<>();

  /** Adds a row for requests that are answered. The action may throw what the answer fails with. */
  <T extends ChannelRequest> void answers(
      Class<T> kind, Function<? super T, ? extends Future<?>> action) {
    answers.put(kind, request -> action.apply(kind.cast(request)));
  }

  /** Adds a row for requests that are not answered. */
  <T extends ChannelRequest> void takes(Class<T> kind, Consumer<? super T> action) {
    news.put(kind, request -> action.accept(kind.cast(request)));
  }

  /**
   * Answers a request.
   *
   * @return null if requests of its kind are not answered
   * @throws io.eric.EricException if it is refused at once
   */
  public @Nullable Future<?> answer(ChannelRequest request) {
    Function<ChannelRequest, Future<?>> action = answers.get(request.getClass());
    return action == null ? null : action.apply(request);
  }

  /**
   * Takes a request that is not answered.
   *
   * @return false if requests of its kind are not taken
   */
  public boolean take(ChannelRequest request) {
    Consumer<ChannelRequest> action = news.get(request.getClass());
    if (action == null) {
      return false;
    }
    action.accept(request);
    return true;
  }

  /** Returns the kinds of requests that have rows. */
  Set<Class<?>> kinds() {
    Set<Class<?>> all = new java.util.HashSet<>(answers.keySet());
    all.addAll(news.keySet());
    return all;
  }
}
