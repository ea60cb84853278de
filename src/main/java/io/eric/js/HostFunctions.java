package io.eric.js;

import io.eric.EricException;
import io.eric.internal.client.ChannelHandle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;

/**
 * The functions on which {@code prelude.js} builds timers and the event bus. Their arguments are
 * plain values. Everything that calls back into the script does so through {@link Script#enter}.
 * The instance owns the script's timers and consumers.
 */
final class HostFunctions {

  /** The code for a script's error that has no code of its own. */
  private static final int UNCODED = -1;

  private final Vertx vertx;
  private final Context context;
  private final Script script;

  /**
   * The numbers of the script's timers, each with the id of its Vert.x timer, or -1 if it runs in
   * the next turn.
   */
  private final Map<Integer, Long> timers = new HashMap<>();

  private final Set<MessageConsumer<?>> consumers = new HashSet<>();
  private int lastTimer;

  HostFunctions(Vertx vertx, Context context, Script script) {
    this.vertx = vertx;
    this.context = context;
    this.script = script;
  }

  Map<String, Object> functions() {
    Map<String, Object> functions = new HashMap<>();
    functions.put("setTimer", guarded(this::setTimer));
    functions.put("clearTimer", guarded(this::clearTimer));
    functions.put("send", guarded(this::send));
    functions.put("request", guarded(this::request));
    functions.put("consume", guarded(this::consume));
    functions.put("report", guarded(this::report));
    return functions;
  }

  /** Cancels all timers and unregisters all consumers. */
  Future<Void> close() {
    timers.values().forEach(vertx::cancelTimer);
    timers.clear();
    List<Future<Void>> left = new ArrayList<>();
    consumers.forEach(consumer -> left.add(consumer.unregister()));
    consumers.clear();
    return Future.join(left).mapEmpty();
  }

  /**
   * Makes a function return its refusals instead of throwing them. A script cannot read a Java
   * exception, so it gets an object, which the prelude throws as an error.
   */
  static ProxyExecutable guarded(Function<Value[], @Nullable Object> function) {
    return arguments -> {
      try {
        return function.apply(arguments);
      } catch (IllegalArgumentException | IllegalStateException e) {
        return ProxyObject.fromMap(Map.of("refused", String.valueOf(e.getMessage())));
      }
    };
  }

  // ---- timers

  /**
   * Sets a timer. The arguments are the callback, the delay in milliseconds, and whether it
   * repeats. Returns the timer's number.
   */
  private Object setTimer(Value[] arguments) {
    Value callback = arguments[0];
    long delay = arguments[1].asLong();
    boolean repeats = arguments[2].asBoolean();
    int number = ++lastTimer;
    if (repeats) {
      timers.put(
          number, vertx.setPeriodic(Math.max(1, delay), id -> script.enter(callback::executeVoid)));
    } else if (delay > 0) {
      timers.put(number, vertx.setTimer(delay, id -> fire(number, callback)));
    } else {
      timers.put(number, -1L);
      context.runOnContext(now -> fire(number, callback));
    }
    return number;
  }

  private void fire(int number, Value callback) {
    script.enter(
        () -> {
          if (timers.remove(number) != null) {
            callback.executeVoid();
          }
        });
  }

  private @Nullable Object clearTimer(Value[] arguments) {
    Long timer = arguments[0].fitsInInt() ? timers.remove(arguments[0].asInt()) : null;
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
    return null;
  }

  // ---- event bus

  /**
   * Sends a message. The arguments are address, body, headers or null, and whether it goes to all
   * consumers.
   */
  private @Nullable Object send(Value[] arguments) {
    String address = arguments[0].asString();
    Object body = script.values().fromJs(arguments[1]);
    DeliveryOptions options = options(arguments[2]);
    if (arguments[3].asBoolean()) {
      vertx.eventBus().publish(address, body, options);
    } else {
      vertx.eventBus().send(address, body, options);
    }
    return null;
  }

  /**
   * Sends a request. The arguments are address, body, headers or null, timeout in milliseconds,
   * resolve and reject.
   */
  private @Nullable Object request(Value[] arguments) {
    Object body = script.values().fromJs(arguments[1]);
    DeliveryOptions options = options(arguments[2]).setSendTimeout(arguments[3].asLong());
    Value resolve = arguments[4];
    Value reject = arguments[5];
    vertx
        .eventBus()
        .request(arguments[0].asString(), body, options)
        .onComplete(
            reply -> script.enter(() -> resolve.executeVoid(script.values().toJs(reply.body()))),
            failure -> script.enter(() -> reject(reject, failure)));
    return null;
  }

  /**
   * Registers a consumer. The arguments are address, whether only this node sends to it, handler,
   * and callbacks for success and failure of the registration. Returns a function that unregisters.
   */
  private Object consume(Value[] arguments) {
    String address = arguments[0].asString();
    Value handler = arguments[2];
    Value registered = arguments[3];
    Value notRegistered = arguments[4];
    MessageConsumer<Object> consumer =
        arguments[1].asBoolean()
            ? vertx.eventBus().localConsumer(address)
            : vertx.eventBus().consumer(address);
    consumers.add(consumer);
    consumer.handler(message -> script.enter(() -> deliver(handler, message)));
    consumer
        .completion()
        .onComplete(
            done -> script.enter(registered::executeVoid),
            failure -> script.enter(() -> reject(notRegistered, failure)));
    return (ProxyExecutable)
        none -> {
          consumers.remove(consumer);
          consumer.unregister();
          return null;
        };
  }

  /**
   * Dispatches a report of an error, whose type is reserved and would be refused as a command. The
   * arguments are channel, receiver, sender, payload, resolve and reject.
   */
  private @Nullable Object report(Value[] arguments) {
    Object payload = script.values().fromJs(arguments[3]);
    Value resolve = arguments[4];
    Value reject = arguments[5];
    new ChannelHandle(vertx, arguments[0].asString(), null, 0)
        .dispatch(
            arguments[1].asString(),
            io.eric.Message.of(io.eric.Message.ERROR, payload).signedBy(arguments[2].asString()))
        .onComplete(
            position -> script.enter(() -> resolve.executeVoid(position)),
            failure -> script.enter(() -> reject(reject, failure)));
    return null;
  }

  private void deliver(Value handler, Message<Object> message) {
    Object body;
    try {
      body = script.values().toJs(message.body());
    } catch (IllegalArgumentException e) {
      message.fail(UNCODED, e.getMessage());
      return;
    }
    Map<String, Object> headers = null;
    if (!message.headers().isEmpty()) {
      headers = new HashMap<>();
      message.headers().forEach(headers::put);
    }
    try {
      handler.executeVoid(
          body,
          message.address(),
          headers == null ? null : ProxyObject.fromMap(headers),
          message.replyAddress() == null ? null : guarded(answer -> answer(message, answer)));
    } catch (PolyglotException e) {
      refuse(message, e);
      throw e;
    }
  }

  /**
   * Answers a message whose handler has thrown. The error is caught here and not in the prelude,
   * because code that catches errors in JavaScript would, for a moment, also catch that the script
   * is stopped, and hide where.
   */
  private static void refuse(Message<Object> message, PolyglotException thrown) {
    if (message.replyAddress() == null) {
      return;
    }
    Value error = thrown.isCancelled() ? null : thrown.getGuestObject();
    Value code = member(error, "code");
    Value text = member(error, "message");
    message.fail(
        code != null && code.fitsInInt() ? code.asInt() : UNCODED,
        text != null && text.isString() ? text.asString() : thrown.getMessage());
  }

  private static @Nullable Value member(@Nullable Value object, String name) {
    return object != null && object.hasMember(name) ? object.getMember(name) : null;
  }

  /**
   * Answers a message. The arguments are the answer, or null with the code and text of a failure.
   */
  private @Nullable Object answer(Message<Object> message, Value[] answer) {
    if (answer.length > 1) {
      int code = answer[1].fitsInInt() ? answer[1].asInt() : UNCODED;
      message.fail(code, answer[2].asString());
    } else {
      message.reply(script.values().fromJs(answer[0]));
    }
    return null;
  }

  /** Rejects with name, text and code, of which the prelude makes an error. */
  private static void reject(Value reject, Throwable failure) {
    String name = failure.getClass().getSimpleName();
    String text = String.valueOf(failure.getMessage());
    int code = UNCODED;
    if (failure instanceof EricException known) {
      name = known.name();
      code = known.code();
    } else if (failure instanceof ReplyException reply) {
      code = reply.failureCode();
      name = name(reply.failureType());
      EricException known = EricException.parse(code, text);
      if (known != null) {
        name = known.name();
        text = String.valueOf(known.getMessage());
      }
    }
    reject.executeVoid(name, text, code);
  }

  private static String name(ReplyFailure failure) {
    return switch (failure) {
      case TIMEOUT -> "TimeoutError";
      case NO_HANDLERS -> "NoHandlersError";
      default -> "ReplyError";
    };
  }

  private static DeliveryOptions options(Value headers) {
    DeliveryOptions options = new DeliveryOptions();
    if (!headers.isNull()) {
      MultiMap all = MultiMap.caseInsensitiveMultiMap();
      for (String name : headers.getMemberKeys()) {
        all.add(name, headers.getMember(name).asString());
      }
      options.setHeaders(all);
    }
    return options;
  }
}
