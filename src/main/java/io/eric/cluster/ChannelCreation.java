package io.eric.cluster;

import io.eric.EricException;
import io.eric.InvalidChannelException;
import io.eric.UnavailableException;
import io.eric.cluster.link.NodeLinks;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Verdict;
import io.eric.internal.Loop;
import io.eric.log.Epoch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Creates channels at the owners of their groups. A request whose outcome is unknown is sent again:
 * the epoch, which the requester draws, tells its own channel from another one of the same id.
 *
 * <p>Confined to the node's loop.
 */
final class ChannelCreation {

  private static final String SERVICE = "channel.create";

  /** How long a group may be without an owner until a request fails, in milliseconds. */
  private static final long PATIENCE_MS = 5_000;

  /** How long an owner may take to answer one request, in milliseconds. */
  private static final long ANSWER_MS = 3_000;

  /**
   * How long this node waits until it has applied a creation, before it asks a majority how far
   * they are, in milliseconds. The entry is on its way, unless this node is cut off, or the channel
   * was removed at once.
   */
  static final long UNSEEN_MS = 500;

  /** From one attempt to the next, in milliseconds. */
  private static final long PAUSE_MS = 50;

  /** What an owner answers. */
  private static final String CREATED = "created";

  private static final String EXISTS = "exists";

  private final String me;
  private final Loop loop;
  private final ChannelCatalog catalog;
  private final Function<String, LocalGroup> groupOf;
  private final NodeLinks links;
  private final Function<String, Future<Void>> upToDate;

  /** The creations that this node has not applied yet, by their epochs. */
  private final Map<String, Promise<Void>> unseen = new HashMap<>();

  /**
   * Creates channels for a node.
   *
   * @param upToDate completes when everything that is committed in a channel's group is applied
   *     here
   */
  ChannelCreation(
      String me,
      Loop loop,
      ChannelCatalog catalog,
      Function<String, LocalGroup> groupOf,
      NodeLinks links,
      Function<String, Future<Void>> upToDate) {
    this.me = me;
    this.loop = loop;
    this.catalog = catalog;
    this.groupOf = groupOf;
    this.links = links;
    this.upToDate = upToDate;
    links.serve(SERVICE, (from, request) -> serve(request));
  }

  /**
   * Creates a channel.
   *
   * @return completes when the channel is open, and this node knows it, so that whoever asks this
   *     node for it finds it; fails with {@link InvalidChannelException} if there is one, with
   *     {@link UnavailableException} if the outcome is unknown
   */
  Future<Void> create(String id, JsonObject options) {
    Change.Create create =
        new Change.Create(loop.currentTimeMillis(), Epoch.random(), options.encode());
    return attempt(id, create, loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS))
        .compose(created -> seen(id, create.epoch()));
  }

  /** A channel is there, as far as this node has applied the log of its group. */
  void applied(ChannelView channel) {
    Promise<Void> waiting = unseen.get(channel.epoch());
    if (waiting != null) {
      waiting.tryComplete();
    }
  }

  private Future<Void> seen(String id, String epoch) {
    ChannelCatalog.Entry known = catalog.get(id);
    if (known != null && known.epoch().equals(epoch)) {
      return Future.succeededFuture();
    }
    Promise<Void> waiting = Promise.promise();
    unseen.put(epoch, waiting);
    Loop.Timer timer =
        loop.after(
            UNSEEN_MS,
            () ->
                upToDate
                    .apply(id)
                    .onSuccess(now -> waiting.tryComplete())
                    .onFailure(waiting::tryFail));
    return waiting
        .future()
        .onComplete(
            done -> {
              timer.cancel();
              unseen.remove(epoch);
            });
  }

  private Future<Void> attempt(String id, Change.Create create, long deadline) {
    return request(id, create)
        .transform(
            answer -> {
              if (answer.succeeded()) {
                return answer.result().equals(CREATED)
                    ? Future.succeededFuture()
                    : Future.failedFuture(InvalidChannelException.exists(id));
              }
              if (loop.nanoTime() - deadline > 0) {
                return Future.failedFuture(
                    answer.cause() instanceof EricException refused
                        ? refused
                        : new UnavailableException(
                            "the owner of the channel's group did not answer: "
                                + answer.cause().getMessage()));
              }
              Promise<Void> again = Promise.promise();
              loop.after(PAUSE_MS, () -> attempt(id, create, deadline).onComplete(again));
              return again.future();
            });
  }

  private Future<String> request(String id, Change.Create create) {
    Owner owner = groupOf.apply(id).owner();
    if (owner == null) {
      return Future.failedFuture(new UnavailableException("the channel's group has no owner yet"));
    }
    if (owner.node().equals(me)) {
      return createHere(id, create);
    }
    JsonObject request =
        new JsonObject()
            .put("id", id)
            .put("created", create.created())
            .put("epoch", create.epoch())
            .put("options", create.options());
    return links
        .call(owner.node(), SERVICE, request.toBuffer(), ANSWER_MS)
        .map(answer -> answer.toString());
  }

  private Future<Buffer> serve(Buffer body) {
    JsonObject request = body.toJsonObject();
    return createHere(
            request.getString("id"),
            new Change.Create(
                request.getLong("created"),
                request.getString("epoch"),
                request.getString("options")))
        .map(Buffer::buffer);
  }

  private Future<String> createHere(String id, Change.Create create) {
    LocalGroup group = groupOf.apply(id);
    Promise<Verdict> verdict = Promise.promise();
    group.work().create(id, create, verdict);
    Promise<String> answer = Promise.promise();
    // The catalog has the channel as soon as the loop gets to it, for it was told before.
    verdict
        .future()
        .onComplete(
            done ->
                loop.later(
                    () -> {
                      if (done.failed()) {
                        answer.fail(done.cause());
                      } else {
                        created(id, create, done.result(), group).onComplete(answer);
                      }
                    }));
    return answer.future();
  }

  private Future<String> created(
      String id, Change.Create create, Verdict verdict, LocalGroup group) {
    ChannelCatalog.Entry known = catalog.get(id);
    boolean isOurs = known != null && known.epoch().equals(create.epoch());
    return switch (verdict) {
      case APPLIED -> group.work().settled(id).map(CREATED);
      case EXISTS ->
          isOurs ? group.work().settled(id).map(CREATED) : Future.succeededFuture(EXISTS);
      // A channel of a class of its own has a claim of its own, so the group's is never its.
      case STALE, UNKNOWN, OUT_OF_ORDER, REPEATED ->
          known != null && known.isPinned()
              ? Future.succeededFuture(EXISTS)
              : Future.failedFuture(
                  new UnavailableException("the channel's group has another owner"));
    };
  }
}
