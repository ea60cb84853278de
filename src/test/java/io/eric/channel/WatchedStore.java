package io.eric.channel;

import io.eric.Payload;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.Registration;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Its logs have a message and a listener already, and are watched until they end. */
final class WatchedStore implements MessageStore {

  private static final Set<String> ENDS = Set.of("close", "delete");

  private final MessageStore logs = MemoryStore.create();

  /** How many logs were asked for. */
  final AtomicInteger asked = new AtomicInteger();

  /** How many logs were opened. */
  final AtomicInteger opened = new AtomicInteger();

  /** The logs that were neither closed nor deleted. */
  final Set<MessageLog> open = ConcurrentHashMap.newKeySet();

  /** How logs were ended, in this order. */
  final List<String> ends = new CopyOnWriteArrayList<>();

  /** The method of a log that fails. */
  volatile String failing = "";

  /** Logs are opened when it is complete. */
  volatile Promise<Void> gate = completed();

  /** Logs are deleted when it is complete. */
  volatile Promise<Void> deletion = completed();

  private static Promise<Void> completed() {
    Promise<Void> promise = Promise.promise();
    promise.complete();
    return promise;
  }

  @Override
  public Future<MessageLog> open(String channelId, RetentionOptions retention) {
    asked.incrementAndGet();
    return gate.future()
        .compose(through -> logs.open(channelId, retention))
        .compose(
            log ->
                log.append(List.of(new Entry(1, 1, null, "t", Payload.NULL, null, null)))
                    .compose(done -> log.register("l", new Registration(0, Registration.State.NEW)))
                    .map(done -> watched(log)));
  }

  private MessageLog watched(MessageLog log) {
    opened.incrementAndGet();
    open.add(log);
    return (MessageLog)
        Proxy.newProxyInstance(
            MessageLog.class.getClassLoader(),
            new Class<?>[] {MessageLog.class},
            (proxy, method, arguments) -> {
              String name = method.getName();
              if (name.equals(failing)) {
                throw new IllegalStateException("broken");
              }
              if (ENDS.contains(name)) {
                ends.add(name);
                open.remove(log);
              }
              return name.equals("delete")
                  ? deletion.future().compose(now -> log.delete())
                  : invoke(method, log, arguments);
            });
  }

  private static Object invoke(Method method, MessageLog log, Object[] arguments) throws Throwable {
    try {
      return method.invoke(log, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Override
  public Future<Void> close() {
    return logs.close();
  }
}
