package io.eric.cluster;

import io.eric.EricException;
import io.eric.InvalidChannelException;
import io.eric.UnavailableException;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.PublishAttempts;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.CommandReader;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.Verb;
import io.eric.metrics.Meters;
import io.eric.options.PublishTimeouts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands at the local address of a channel that lives on another node, and passes on what comes.
 * While no node serves the channel, what may be repeated waits here, in order and bounded, and goes
 * to the next owner. On the node's context only.
 *
 * <p>What may be repeated: messages, because each has a key, by which the owner knows it again; and
 * what changes nothing. Of anything else the outcome is unknown when an owner dies with it. Whether
 * a publish is repeated is not decided here but by {@link PublishAttempts}, which sends it again
 * until its caller's time is up: a repeat joins the attempt before it, so that the order stays.
 */
final class Route {

  /** Less than the 5 s that a caller waits. */
  private static final long PATIENCE_MS = 4_800;

  /** By how much at most a batch is given up here before its publisher gives it up. */
  private static final long MARGIN_MS = 200;

  /** A read of a stream may wait for a listener's own code. */
  private static final long LONG_PATIENCE_MS = 35_000;

  /**
   * One attempt; a node that does not answer for so long may be frozen, and another one take over.
   */
  private static final long ATTEMPT_MS = 2_000;

  private static final CommandReader READER = new CommandReader();

  private static final long PAUSE_MS = 50;
  private static final int MAX_WAITING = 65_536;

  private final Vertx vertx;
  private final Line line;
  private final String channel;
  private final String address;
  private final DeliveryOptions local = LocalCodec.options();
  private final Runnable missed;
  private final PublishAttempts publishing;
  private final Set<Waiting> waiting = new LinkedHashSet<>();

  /** Batches that wait, by the key of their first message. */
  private final Map<String, Waiting> batches = new HashMap<>();

  /** What consumers and hooks of this node have said to the owner and would say to the next one. */
  private final Map<String, Object> standing = new LinkedHashMap<>();

  private @Nullable MessageConsumer<Object> consumer;
  private @Nullable String owner;
  private long ownersTerm;

  /** Whether it was ever said who serves the channel, or that nobody does. */
  private boolean isNoted;

  /** Whether the channel is removed. */
  private boolean closed;

  /** How many callers wait, of all commands. */
  private int callers;

  private boolean retryScheduled;
  private boolean anyUnsent;
  private long standingFor = -1;

  /**
   * A route to a channel.
   *
   * @param missed to be called when the owner says that it is none
   */
  Route(Vertx vertx, Line line, String channel, Runnable missed) {
    this.vertx = vertx;
    this.line = line;
    this.channel = channel;
    this.address = Addresses.channel(channel);
    this.missed = missed;
    this.publishing =
        new PublishAttempts(
            PublishTimeouts.DEFAULT,
            new Channels(new BusClient(vertx).channels()),
            PublishAttempts.Timers.of(vertx),
            Meters.of(vertx));
  }

  /** Stands at the channel's address from now on: it does not live here. */
  void listen() {
    if (consumer == null) {
      consumer = vertx.eventBus().localConsumer(address, this::take);
    }
  }

  /**
   * Leaves the channel's address to the channel itself. What waits in the address's queue at this
   * moment is answered by Vert.x as discarded, which callers take for {@linkplain
   * BusReply#hadNoHandler not handled}: the queue cannot be emptied before, because others fill it.
   */
  void stopListening() {
    MessageConsumer<Object> ours = consumer;
    consumer = null;
    if (ours != null) {
      ours.unregister();
    }
  }

  boolean isListening() {
    return consumer != null;
  }

  /**
   * Who serves the channel now.
   *
   * @param node the owner's, perhaps this one; null for nobody
   * @param term of the ownership
   * @return what it is to {@link #servedBy}
   */
  News news(@Nullable String node, long term) {
    if (isNoted && Objects.equals(node, owner) && (node == null || term == ownersTerm)) {
      return News.NONE;
    }
    return node != null && isNoted ? News.STREAMS_OPEN_ANEW : News.FIRST_OR_NOBODY;
  }

  /** What it means to a route who serves its channel now. */
  enum News {
    /** It knows. */
    NONE,
    /** Nobody serves the channel, or nobody was known to: there is nothing to open anew. */
    FIRST_OR_NOBODY,
    /** Streams have to open themselves anew there, which has to be said to them first. */
    STREAMS_OPEN_ANEW
  }

  /** Nobody serves the channel. */
  void unserved() {
    isNoted = true;
    owner = null;
  }

  /**
   * Somebody serves the channel.
   *
   * @param node the owner's, perhaps this one
   * @param term of the ownership
   * @param isNew whether streams have to open themselves anew there, which they were told before
   */
  void servedBy(String node, long term, boolean isNew) {
    isNoted = true;
    owner = node;
    ownersTerm = term;
    if (isNew) {
      for (Waiting each : List.copyOf(waiting)) {
        if (!each.sent || each.mayBeRepeated()) {
          holdBack(each);
        } // else the former owner may have done it: only its answer, or the lack of one, tells
        if (each.body instanceof ChannelRequest.Fetch) {
          fail(each, "the stream has to be opened again");
        }
      }
      sayStanding(node, term);
    }
    pump();
  }

  /**
   * The channel is removed. A removal that is under way may be the one that has done it, so its
   * caller gets the owner's answer.
   */
  void close() {
    closed = true;
    stopListening();
    standing.clear();
    for (Waiting each : List.copyOf(waiting)) {
      if (!(each.sent && each.isRemoval())) {
        failUnknown(each);
      }
    }
  }

  private void failUnknown(Waiting each) {
    done(each);
    each.fail(404, InvalidChannelException.unknown(channel).text());
  }

  private void done(Waiting each) {
    if (waiting.remove(each)) {
      callers -= each.callers.size();
    }
    if (each.key != null) {
      batches.remove(each.key, each);
    }
  }

  // ---- what comes

  private void take(Message<Object> message) {
    Object body = message.body();
    if (message.replyAddress() == null) {
      String node = owner;
      if (node != null) {
        line.send(node, address, stamped(body, node));
      }
      return;
    }
    if (body instanceof JsonObject json && isPublish(json)) {
      publish(message, json);
    } else {
      take(body, new BusCaller(message, local), patienceMs(message));
    }
  }

  /** Publishes for a verticle that speaks JSON, which does not repeat by itself. */
  private void publish(Message<Object> message, JsonObject json) {
    Command.Publish command;
    try {
      command = (Command.Publish) READER.read(json, channel);
    } catch (EricException e) {
      BusReply.failure(message, e);
      return;
    }
    publishing
        .publish(channel, List.of(command), 0)
        .onSuccess(published -> BusReply.published(message, published))
        .onFailure(e -> BusReply.failure(message, e));
  }

  /**
   * How long a command may wait here: less than its caller waits, because nothing is to be done of
   * which the caller was told that it failed.
   */
  private static long patienceMs(Message<Object> message) {
    String left = message.headers().get(PublishAttempts.LEFT_MS);
    if (left != null) {
      return patienceMs(Long.parseLong(left));
    }
    return isLong(message.body()) ? LONG_PATIENCE_MS : PATIENCE_MS;
  }

  private static long patienceMs(long leftMs) {
    return leftMs - Math.min(MARGIN_MS, leftMs / 2);
  }

  private static boolean isLong(Object body) {
    return body instanceof ChannelRequest.Fetch || body instanceof ChannelRequest.TakeNext;
  }

  private void take(Object body, Caller caller, long patienceMs) {
    if (callers >= MAX_WAITING) {
      caller.fail(503, new UnavailableException("too many commands wait for the channel").text());
      return;
    }
    callers++;
    if (body instanceof ChannelRequest.PublishBatch batch
        && joinsFormer(batch, caller, patienceMs)) {
      return;
    }
    Waiting each = new Waiting(body, caller, patienceMs);
    waiting.add(each);
    if (each.key != null) {
      batches.put(each.key, each);
    }
    String node = owner;
    if (node != null && !anyUnsent) {
      send(each, node, TimeUnit.NANOSECONDS.toMillis(each.deadline - System.nanoTime()));
    } else {
      holdBack(each);
    }
  }

  /**
   * Whether a batch is one that waits already: the next attempt of its publisher, or the same from
   * another publisher. All of them are answered when the channel answers.
   */
  private boolean joinsFormer(ChannelRequest.PublishBatch batch, Caller caller, long patienceMs) {
    Waiting former = batches.get(keyOf(batch));
    if (former == null || !former.body.equals(batch)) {
      return false;
    }
    former.join(caller, patienceMs);
    if (former.sent && former.isOverdue()) {
      missed.run();
      holdBack(former);
    }
    return true;
  }

  private static @Nullable String keyOf(ChannelRequest.PublishBatch batch) {
    return batch.messages().isEmpty() ? null : batch.messages().get(0).key();
  }

  /** It waits, and who comes after it waits behind it. */
  private void holdBack(Waiting each) {
    each.sent = false;
    anyUnsent = true;
    retryLater();
  }

  private void pump() {
    if (!anyUnsent) {
      return;
    }
    String node = owner;
    anyUnsent = node == null;
    long now = System.nanoTime();
    for (Waiting each : List.copyOf(waiting)) {
      if (each.deadline - now < 0) {
        fail(each, "nobody serves the channel, or it did not answer");
      } else if (node != null && !each.sent) {
        send(each, node, TimeUnit.NANOSECONDS.toMillis(each.deadline - now));
      }
    }
    if (anyUnsent && !waiting.isEmpty()) {
      retryLater();
    }
  }

  private void retryLater() {
    if (!retryScheduled) {
      retryScheduled = true;
      vertx.setTimer(
          PAUSE_MS,
          timer -> {
            retryScheduled = false;
            pump();
          });
    }
  }

  private void send(Waiting each, String node, long leftMs) {
    each.sent = true;
    each.sentAt = System.nanoTime();
    int attempt = ++each.attempt;
    boolean onlyAttempt = isLong(each.body) || each.isBatch() || !each.mayBeRepeated();
    long timeout = onlyAttempt ? leftMs : Math.min(leftMs, ATTEMPT_MS);
    line.request(node, address, stamped(each.body, node), Math.max(1, timeout))
        .onComplete(
            done -> {
              if (!waiting.contains(each) || attempt != each.attempt || !each.sent) {
                return; // a later attempt is under way
              }
              if (done.succeeded()) {
                done(each);
                remember(each.body);
                each.reply(done.result());
              } else {
                failed(each, done.cause());
              }
            });
  }

  private void failed(Waiting each, Throwable cause) {
    if (cause instanceof ReplyException reply) {
      boolean notDone = BusReply.isUnhandled(reply);
      if (notDone && closed) {
        failUnknown(each); // somebody else has removed the channel
        return;
      }
      if (notDone || (reply.failureType() == ReplyFailure.TIMEOUT && each.mayBeRepeated())) {
        missed.run();
        holdBack(each);
        return;
      }
      if (reply.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
        done(each);
        each.fail(reply.failureCode(), reply.getMessage());
        return;
      }
    }
    if (closed) { // by a removal, which is what this one has asked for
      done(each);
      each.reply(BusReply.result(BusReply.ACK));
      return;
    }
    fail(each, "no answer from the channel, the outcome is unknown");
  }

  private void fail(Waiting each, String why) {
    done(each);
    each.fail(503, new UnavailableException(why).text());
  }

  // ---- what is changed on the way

  private static boolean isPublish(JsonObject json) {
    Verb verb = Verb.of(json.getValue("v"));
    return verb == Verb.BROADCAST || verb == Verb.DISPATCH;
  }

  /** Names the places of this node so that the owner finds them. */
  private Object stamped(Object body, String toNode) {
    return !toNode.equals(line.node()) && body instanceof ChannelRequest request
        ? request.sentFrom(line.node())
        : body;
  }

  // ---- what the next owner has to hear

  /** Notes what was said, if it has to be said to the next owner too. */
  void remember(Object body) {
    if (body instanceof JsonObject json) {
      Verb verb = Verb.of(json.getValue("v"));
      if (verb != null) {
        remember(verb, json);
      }
    } else if (body instanceof ChannelRequest.RegisterListener register
        && register.hook() != null) {
      standing.put(
          "hook " + register.listener(),
          new ChannelRequest.RenewHook(register.listener(), register.hook(), register.running()));
    } else if (body instanceof ChannelRequest.RenewHook renew) {
      standing.put("hook " + renew.listener(), renew);
    } else if (body instanceof ChannelRequest.StartListener start) {
      runs(start.listener(), true);
    }
  }

  private void remember(Verb verb, JsonObject json) {
    String listener = String.valueOf(json.getValue("r"));
    switch (verb) {
      case LISTEN -> {
        standing.put("consumer " + listener, renewed(json));
        runs(listener, true);
      }
      case STOP -> {
        standing.remove("consumer " + listener);
        runs(listener, false);
      }
      case REMOVE_LISTENER -> {
        standing.remove("consumer " + listener);
        standing.remove("hook " + listener);
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

  /** What was last asked of a listener counts, not what it was when it was registered. */
  private void runs(String listener, boolean running) {
    standing.computeIfPresent(
        "hook " + listener,
        (key, told) ->
            new ChannelRequest.RenewHook(
                listener, ((ChannelRequest.RenewHook) told).hook(), running));
  }

  /**
   * The next owner goes on at the cursor, unless it knows better: others may have stopped the
   * listener, or taken it over, by another node.
   */
  private static JsonObject renewed(JsonObject listen) {
    JsonObject again = listen.copy();
    again.remove("after");
    return again.put(ChannelRequest.RENEWED, true);
  }

  private void sayStanding(String node, long term) {
    standingFor = term;
    Map.copyOf(standing).forEach((key, body) -> say(key, body, node, term));
  }

  private void say(String key, Object body, String node, long term) {
    line.request(node, address, stamped(body, node), ATTEMPT_MS)
        .onSuccess(
            answer -> {
              // A channel that is open here says itself what stands when it leaves, and one that
              // does not take it knows better: neither is to hear it again from here.
              if (node.equals(line.node()) || isNotRenewed(answer)) {
                standing.remove(key, body);
              }
            })
        .onFailure(
            e -> {
              boolean refused =
                  e instanceof ReplyException reply
                      && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                      && reply.failureCode() != BusReply.MOVED
                      && reply.failureCode() != 503;
              if (refused) {
                if (((ReplyException) e).failureCode() == 404) {
                  standing.remove(key, body); // the listener was removed
                }
              } else if (standingFor == term) {
                vertx.setTimer(
                    500,
                    timer -> {
                      if (standingFor == term && standing.get(key) == body) {
                        say(key, body, node, term);
                      }
                    });
              }
            });
  }

  private static boolean isNotRenewed(@Nullable Object answer) {
    return answer instanceof JsonObject json
        && ChannelRequest.NOT_RENEWED.equals(json.getValue("result"));
  }

  /** The caller of a command. */
  private interface Caller {
    void reply(@Nullable Object answer);

    void fail(int code, @Nullable String text);
  }

  /** A caller on the event bus of this JVM. */
  private record BusCaller(Message<Object> message, DeliveryOptions local) implements Caller {

    @Override
    public void reply(@Nullable Object answer) {
      if (answer instanceof ChannelResponse) {
        message.reply(answer, local);
      } else {
        message.reply(answer);
      }
    }

    @Override
    public void fail(int code, @Nullable String text) {
      message.fail(code, text);
    }
  }

  /** A publish of this route's own. */
  private record BatchCaller(Promise<Published> answer) implements Caller {

    @Override
    public void reply(@Nullable Object published) {
      answer.tryComplete((Published) published);
    }

    @Override
    public void fail(int code, @Nullable String text) {
      answer.tryFail(new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, text));
    }
  }

  /** A command that is not answered yet. */
  private static final class Waiting {
    private final Object body;
    private final @Nullable String key;
    private final List<Caller> callers = new ArrayList<>(1);
    private long deadline;
    private boolean sent;
    private long sentAt;
    private int attempt;

    private Waiting(Object body, Caller caller, long patienceMs) {
      this.body = body;
      this.callers.add(caller);
      this.key = body instanceof ChannelRequest.PublishBatch batch ? keyOf(batch) : null;
      this.deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
    }

    /** Waits for as long as the most patient caller does. */
    private void join(Caller caller, long patienceMs) {
      callers.add(caller);
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
      if (until - deadline > 0) {
        deadline = until;
      }
    }

    /** Whether the owner has had most of an attempt's time. */
    private boolean isOverdue() {
      return System.nanoTime() - sentAt > TimeUnit.MILLISECONDS.toNanos(ATTEMPT_MS / 2);
    }

    private void reply(@Nullable Object answer) {
      callers.forEach(each -> each.reply(answer));
    }

    private void fail(int code, @Nullable String text) {
      callers.forEach(each -> each.fail(code, text));
    }

    private boolean isBatch() {
      return body instanceof ChannelRequest.PublishBatch;
    }

    private boolean isRemoval() {
      return body instanceof JsonObject json && Verb.of(json.getValue("v")) == Verb.REMOVE_CHANNEL;
    }

    private boolean mayBeRepeated() {
      if (body instanceof ChannelRequest request) {
        return request.isRepeatable();
      }
      Verb verb = body instanceof JsonObject json ? Verb.of(json.getValue("v")) : null;
      return verb != null && verb.isReadOnly();
    }
  }

  /** What this route publishes itself waits here with the rest, in order. */
  private final class Channels implements PublishAttempts.Channels {
    private final PublishAttempts.Channels elsewhere;

    private Channels(PublishAttempts.Channels elsewhere) {
      this.elsewhere = elsewhere;
    }

    @Override
    public boolean isFar(String id) {
      return true;
    }

    @Override
    public boolean waitsForReaders(String id) {
      return elsewhere.waitsForReaders(id);
    }

    @Override
    public Future<Published> attempt(
        String id, ChannelRequest.PublishBatch batch, long leftMs, long answerMs) {
      if (!isListening()) { // the channel is here by now, or gone
        return elsewhere.attempt(id, batch, leftMs, answerMs);
      }
      Promise<Published> answer = Promise.promise();
      take(batch, new BatchCaller(answer), patienceMs(leftMs));
      return answer.future();
    }

    @Override
    public Future<Void> find(String id, Throwable unhandled) {
      return elsewhere.find(id, unhandled);
    }
  }
}
