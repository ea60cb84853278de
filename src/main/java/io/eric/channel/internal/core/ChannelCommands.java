package io.eric.channel.internal.core;

import io.eric.EricException;
import io.eric.Ids;
import io.eric.InvalidListenerException;
import io.eric.InvalidMessageFormatException;
import io.eric.RepositoryException;
import io.eric.channel.internal.readers.Attachment;
import io.eric.channel.internal.readers.ErrorReport;
import io.eric.channel.internal.readers.Listener;
import io.eric.channel.internal.readers.ListenerLists;
import io.eric.internal.client.AddressRouter;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelRequest.PublishBatch;
import io.eric.internal.protocol.ChannelRequest.RegisterListener;
import io.eric.internal.protocol.ChannelRequest.RenewHook;
import io.eric.internal.protocol.ChannelRequest.StartListener;
import io.eric.internal.protocol.ChannelRequest.TakeNext;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.CommandReader;
import io.eric.internal.protocol.LocalCodec;
import io.eric.log.Entry;
import io.eric.metrics.Meters;
import io.eric.metrics.StateErrors;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Handles what is sent to the channel's address on the event bus: JSON commands, and the requests
 * of edges and handles. This class is used on the channel's context.
 */
public final class ChannelCommands {

  private static final CommandReader READER = new CommandReader();

  private final AddressRouter router;
  private final OpenChannel channel;
  private final RequestTable requests = new RequestTable();
  private final ListenerLists lists;
  private final ChannelExtension extension;
  private final Supplier<Future<Void>> removeChannel;
  private final ChannelLife life;
  private final StateErrors errors;
  private long refused;
  private final DeliveryOptions local = LocalCodec.options();
  private final DeliveryOptions toHooks =
      LocalCodec.options().setSendTimeout(BusClient.HOOK_TIMEOUT_MS);

  public ChannelCommands(
      Vertx vertx,
      OpenChannel channel,
      ChannelExtension extension,
      Supplier<Future<Void>> removeChannel,
      ChannelLife life) {
    this.router = new AddressRouter(vertx);
    this.channel = channel;
    this.lists = channel.lists(this::shown);
    this.extension = extension;
    this.removeChannel = removeChannel;
    this.life = life;
    this.errors = Meters.of(vertx).stateErrors();
    addRows();
  }

  /** Returns the kinds of requests that have rows. */
  Set<Class<?>> kinds() {
    return requests.kinds();
  }

  /** Returns how many commands were refused since the channel began closing. */
  public long refused() {
    return refused;
  }

  /**
   * Returns whether a request is about an open stream. A closing channel still takes such requests,
   * because it waits for its streams to end.
   */
  private static boolean isAboutAnOpenStream(Object body) {
    return body instanceof ChannelRequest request && request.isAboutAnOpenStream();
  }

  public void handle(Message<Object> request) {
    if (life.hasLeft()) {
      moved(request);
      return;
    }
    EricException refusal = life.refusal();
    if (refusal != null && !isAboutAnOpenStream(request.body())) {
      refused++;
      BusReply.failure(request, refusal);
      return;
    }
    try {
      if (request.body() instanceof ChannelRequest question) {
        answer(request, question);
      } else if (request.body() instanceof JsonObject json) {
        Future<?> own = extension.execute(json);
        if (own == null) {
          execute(request, READER.read(json, channel.id), isRenewed(json));
        } else {
          own.onSuccess(result -> request.reply(BusReply.result(result)))
              .onFailure(e -> refuse(request, e));
        }
      } else {
        throw new InvalidMessageFormatException("a command is a JSON object");
      }
    } catch (RuntimeException e) {
      refuse(request, e);
    }
  }

  private static void moved(Message<?> request) {
    ReplyException moved = BusReply.moved();
    request.fail(moved.failureCode(), moved.getMessage());
  }

  /**
   * Answers with an error. A channel that has left while it was at the request fails because its
   * log is closed; nothing of the request has happened then, and the next owner is asked.
   */
  private void refuse(Message<?> request, Throwable error) {
    if (life.hasLeft() && error instanceof RepositoryException) {
      moved(request);
    } else {
      BusReply.failure(request, error);
    }
  }

  // ---- JSON commands

  private static boolean isRenewed(JsonObject json) {
    return Boolean.TRUE.equals(json.getValue(ChannelRequest.RENEWED));
  }

  private void execute(Message<Object> request, Command command, boolean renewed) {
    if (command instanceof Command.Publish publish) {
      channel.appender.publish(
          List.of(publish), published -> BusReply.published(request, published));
    } else if (command instanceof Command.AddListener add) {
      Listener added = channel.add(add.listener());
      channel
          .keepAdded(added)
          .onSuccess(kept -> request.reply(BusReply.result(added.id)))
          .onFailure(e -> refuse(request, e));
    } else if (command instanceof Command.RemoveListener remove) {
      acknowledge(request, channel.remove(channel.listeners.get(remove.listener())));
    } else if (command instanceof Command.Stop stop) {
      acknowledge(request, channel.stop(channel.listeners.get(stop.listener())));
    } else if (command instanceof Command.Listen listen) {
      Listener listener = channel.listeners.get(listen.listener());
      String node = request.headers().get(AddressRouter.NODE);
      // the listener may have been stopped or taken over since, or the command may be a repeat
      if (renewed) {
        channel
            .renewOnBus(listener, listen.window(), node)
            .map(isThere -> BusReply.result(isThere ? BusReply.ACK : ChannelRequest.NOT_RENEWED))
            .onSuccess(request::reply)
            .onFailure(e -> refuse(request, e));
      } else {
        acknowledge(request, channel.listenOnBus(listener, listen.after(), listen.window(), node));
      }
    } else if (command instanceof Command.ListAll list) {
      lists
          .list(list.page())
          // not copied: it is made for this reply alone
          .onSuccess(page -> request.reply(page.toAnswer(), local))
          .onFailure(e -> refuse(request, e));
    } else if (command instanceof Command.FindListener find) {
      Listener found = channel.listeners.get(find.listener());
      if (found.watcher) {
        throw InvalidListenerException.unknown(found.id);
      }
      request.reply(BusReply.result(new JsonArray().add(shown(found))));
    } else if (command instanceof Command.RemoveChannel) {
      acknowledge(request, removeChannel.get());
    } else if (command instanceof Command.Ping) {
      request.reply(BusReply.result("pong"));
    } else {
      throw new InvalidMessageFormatException(
          "a channel's address takes b, d, r, rl, l, s, ls, rc and ping");
    }
  }

  /**
   * Returns a listener's status as JSON. In a cluster it also names the nodes that serve the
   * listener: the owner, and the node of its attachment.
   */
  private JsonObject shown(Listener listener) {
    JsonObject json = channel.connection(listener).toJson();
    AddressRouter.Far far = router.far();
    if (far != null) {
      json.put("owner", far.node());
      Attachment attachment = listener.attachment();
      if (attachment != null) {
        String node = attachment.node();
        json.put("node", node == null ? far.node() : node);
      }
    }
    return json;
  }

  private void acknowledge(Message<Object> request, Future<Void> done) {
    done.onSuccess(v -> request.reply(BusReply.result(BusReply.ACK)))
        .onFailure(e -> refuse(request, e));
  }

  // ---- requests

  private void addRows() {
    StreamCommands.addTo(requests, channel);
    requests.answers(PublishBatch.class, this::publish);
    requests.answers(
        StartListener.class,
        start -> channel.start(channel.listeners.get(start.listener())).map(BusReply.ACK));
    requests.answers(
        TakeNext.class, take -> channel.takeNext(channel.listeners.get(take.listener())));
    requests.answers(RegisterListener.class, this::register);
    requests.answers(RenewHook.class, this::renew);
  }

  private Future<Published> publish(PublishBatch batch) {
    Promise<Published> answer = Promise.promise();
    channel.appender.publish(batch.messages(), answer::complete);
    return answer.future();
  }

  private Future<String> register(RegisterListener register) {
    Listener listener = channel.add(Ids.check("listener", register.listener()));
    setHook(listener, register.hook(), register.running());
    return channel.keepAdded(listener).map(BusReply.ACK);
  }

  /**
   * Renews the hook of a listener. If the log knows the listener, the log also says whether the
   * listener is started: the node that renews the hook may not have heard that another node has
   * stopped the listener.
   */
  private Future<String> renew(RenewHook renew) {
    Listener known = channel.listeners.find(renew.listener());
    boolean lost = known == null;
    Listener listener = known == null ? channel.add(renew.listener()) : known;
    setHook(listener, renew.hook(), lost && renew.running());
    if (lost) {
      channel.keep(listener);
    }
    return Future.succeededFuture(BusReply.ACK);
  }

  private void answer(Message<Object> request, ChannelRequest question) {
    Future<?> answer = requests.answer(question);
    if (answer == null) {
      told(question);
    } else {
      reply(request, answer);
    }
  }

  private void setHook(Listener listener, @Nullable String hook, boolean running) {
    listener.observeBy(hook == null ? null : entry -> callHook(hook, entry), hook);
    if (running) {
      listener.start();
    }
  }

  /** Takes a request that is not answered. */
  public void told(ChannelRequest news) {
    if (!requests.take(news)) {
      errors.reportUnknown("channel " + channel.id, news);
    }
  }

  private Future<Void> callHook(String address, Entry entry) {
    return router
        .request(address, new ChannelResponse.HookCall(channel.log.epoch(), entry), toHooks)
        .mapEmpty();
  }

  private <T> void reply(Message<Object> request, Future<T> answer) {
    answer
        .onSuccess(result -> request.reply(result, local))
        .onFailure(
            e -> {
              // a listener's own onMessage failed, and its handle knows the exception
              if (e instanceof ReplyException) {
                request.fail(ErrorReport.CODE, String.valueOf(e.getMessage()));
              } else {
                refuse(request, e);
              }
            });
  }
}
