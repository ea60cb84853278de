package io.eric.cluster.route;

import io.eric.cluster.route.Forwarding.Answered;
import io.eric.cluster.route.Forwarding.Refused;
import io.eric.cluster.route.Forwarding.Result;
import io.eric.internal.Loop;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.Verb;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What consumers and hooks of this node have said to the owner of a channel, and what the next
 * owner has to hear from this node because no log has it: where they are.
 */
final class StandingOrders {

  /**
   * How long an owner that is open may take for an order. It answers at once, so silence is that of
   * a frozen node; links take up to 3 s to notice a node that is lost.
   */
  private static final long ATTEMPT_MS = 3_000;

  /**
   * The pause before an order is repeated. Orders of thousands of channels may be repeated at the
   * same time, and a consumer that gets nothing for half a second loses nothing.
   */
  private static final long PAUSE_MS = 500;

  private final Loop loop;
  private final Forwarding forwarding;

  /** By consumer and hook. Most channels have none, which costs no memory. */
  private Map<String, Object> standing = Map.of();

  /** The owner that they were last said to. Without a term, none. */
  private long saidFor = -1;

  StandingOrders(Loop loop, Forwarding forwarding) {
    this.loop = loop;
    this.forwarding = forwarding;
  }

  boolean isEmpty() {
    return standing.isEmpty();
  }

  /** Forgets all: the channel is removed. */
  void clear() {
    standing = Map.of();
  }

  /** Says all of them to an owner, until it has heard them or there is another owner. */
  void sayTo(String node, long term) {
    saidFor = term;
    Map.copyOf(standing).forEach((key, body) -> say(key, body, node, term));
  }

  private void say(String key, Object body, String node, long term) {
    forwarding
        .ask(node, body, ATTEMPT_MS)
        .onSuccess(
            result -> {
              if (isSettled(result, node)) {
                remove(key, body);
              } else if (isToBeRepeated(result)) {
                loop.after(PAUSE_MS, () -> sayAgain(key, body, node, term));
              }
            });
  }

  private void sayAgain(String key, Object body, String node, long term) {
    if (saidFor == term && standing.get(key) == body) {
      say(key, body, node, term);
    }
  }

  /** Returns whether no later owner is to hear it from here. */
  private boolean isSettled(Result result, String node) {
    if (result instanceof Refused refused) {
      return refused.code() == 404; // the listener was removed
    }
    // A channel that is open here says itself what stands when it leaves, and one that does not
    // take an order knows better.
    return result instanceof Answered answered
        && (forwarding.isHere(node) || isNotRenewed(answered.answer()));
  }

  private static boolean isNotRenewed(@Nullable Object answer) {
    return answer instanceof JsonObject json
        && ChannelRequest.NOT_RENEWED.equals(json.getValue("result"));
  }

  private static boolean isToBeRepeated(Result result) {
    return result instanceof Refused refused
        ? refused.code() == 503
        : !(result instanceof Answered);
  }

  /** Notes what was said, if it has to be said to the next owner too. */
  void remember(Object body) {
    if (body instanceof JsonObject json) {
      Verb verb = Verb.of(json.getValue("v"));
      if (verb != null) {
        remember(verb, json);
      }
    } else if (body instanceof ChannelRequest.RegisterListener register
        && register.hook() != null) {
      put(
          hook(register.listener()),
          new ChannelRequest.RenewHook(register.listener(), register.hook(), register.running()));
    } else if (body instanceof ChannelRequest.RenewHook renew) {
      put(hook(renew.listener()), renew);
    } else if (body instanceof ChannelRequest.StartListener start) {
      runs(start.listener(), true);
    }
  }

  private void remember(Verb verb, JsonObject json) {
    String listener = String.valueOf(json.getValue("r"));
    switch (verb) {
      case LISTEN -> {
        put(consumer(listener), renewed(json));
        runs(listener, true);
      }
      case STOP -> {
        remove(consumer(listener));
        runs(listener, false);
      }
      case REMOVE_LISTENER -> {
        remove(consumer(listener));
        remove(hook(listener));
      }
      // The channel's log has what these have changed, and watchers attach anew by themselves.
      case CREATE_CHANNEL,
          REMOVE_CHANNEL,
          ADD_LISTENER,
          DISPATCH,
          BROADCAST,
          WATCH,
          LIST,
          PING -> {}
    }
  }

  /** Notes what was last asked of a listener, which counts more than how it was registered. */
  private void runs(String listener, boolean running) {
    if (standing.get(hook(listener)) instanceof ChannelRequest.RenewHook told) {
      put(hook(listener), new ChannelRequest.RenewHook(listener, told.hook(), running));
    }
  }

  /**
   * Returns the order by which the next owner goes on at the cursor, unless it knows better: the
   * listener may have been stopped, or taken over, by way of another node.
   */
  private static JsonObject renewed(JsonObject listen) {
    JsonObject again = listen.copy();
    again.remove("after");
    return again.put(ChannelRequest.RENEWED, true);
  }

  private static String consumer(String listener) {
    return "consumer " + listener;
  }

  private static String hook(String listener) {
    return "hook " + listener;
  }

  private void put(String key, Object body) {
    if (standing.isEmpty()) {
      standing = new LinkedHashMap<>();
    }
    standing.put(key, body);
  }

  private void remove(String key) {
    if (standing.containsKey(key)) {
      standing.remove(key);
      if (standing.isEmpty()) {
        standing = Map.of();
      }
    }
  }

  private void remove(String key, Object body) {
    if (standing.get(key) == body) {
      remove(key);
    }
  }
}
