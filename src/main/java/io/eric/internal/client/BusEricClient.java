package io.eric.internal.client;

import io.eric.Channel;
import io.eric.EricClient;
import io.eric.EricException;
import io.eric.Ids;
import io.eric.InvalidChannelException;
import io.eric.internal.protocol.Command;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that reaches the hub over the event bus. For any thread. */
public final class BusEricClient implements EricClient {

  /**
   * The {@code retry} that the items of plain streams show, in milliseconds: the default of a
   * channel.
   */
  private static final int RETRY_MS = 5;

  private final Vertx vertx;
  private final BusClient client;

  private BusEricClient(Vertx vertx) {
    this.vertx = vertx;
    this.client = new BusClient(vertx);
  }

  @Override
  public Future<Channel> create(@Nullable String id, @Nullable JsonObject options) {
    Command.CreateChannel create;
    try {
      create = new Command.CreateChannel(id == null ? null : Command.checkedChannel(id), options);
    } catch (EricException e) {
      return Future.failedFuture(e);
    }
    return client.command(create).map(created -> channel((String) created));
  }

  @Override
  public Future<Channel> createIfAbsent(String id, @Nullable JsonObject options) {
    try {
      Command.checkedChannel(id); // here null asks for no random id
    } catch (EricException e) {
      return Future.failedFuture(e);
    }
    return create(id, options)
        .recover(
            e ->
                e instanceof InvalidChannelException refusal && refusal.exists()
                    ? Future.succeededFuture(channel(id))
                    : Future.failedFuture(e));
  }

  @Override
  public Channel channel(String id) {
    return new ChannelHandle(vertx, Ids.check("channel", id), null, RETRY_MS);
  }

  @Override
  public Future<List<String>> list() {
    return client.listAll(null).map(BusEricClient::ids);
  }

  @Override
  public Future<List<String>> list(@Nullable String after, int limit) {
    Command.ListAll list;
    try {
      list = Command.ListAll.checked(null, after, (long) limit, null);
    } catch (EricException e) {
      return Future.failedFuture(e);
    }
    return client.list(list).map(part -> ids(part.items()));
  }

  private static List<String> ids(Iterable<Object> items) {
    JsonArray ids = new JsonArray();
    items.forEach(ids::add);
    return ids.stream().map(String::valueOf).toList();
  }

  @Override
  public Future<Void> remove(String id) {
    return client.command(new Command.RemoveChannel(id)).mapEmpty();
  }

  /** Creates clients; found by {@link java.util.ServiceLoader}. */
  public static final class Factory implements EricClient.Factory {

    @Override
    public EricClient create(Vertx vertx) {
      return new BusEricClient(vertx);
    }
  }
}
