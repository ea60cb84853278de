package io.eric.examples;

import io.eric.Channel;
import io.eric.InvalidChannelException;
import io.eric.Message;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.ChannelHandle;
import io.eric.internal.protocol.Command;
import io.eric.prefab.SimpleDistributedApplicationListener;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The same part of an application as {@code verticles/js/greeter.mjs}, in Java. */
public final class GreeterVerticle extends VerticleBase {

  private final TreeSet<String> answered = new TreeSet<>();

  @Override
  public Future<?> start() {
    JsonObject config = context.config();
    String name = config.getString("name", "java");
    JsonArray others = config.getJsonArray("others");
    Channel app = new ChannelHandle(vertx, config.getString("channel"), null, 5);
    SimpleDistributedApplicationListener part = new SimpleDistributedApplicationListener(name);
    JsonObject me = new JsonObject().put("from", name);
    part.setAsyncAction("begin", message -> greet(part, others, me));
    part.setAction("hello", message -> List.of(Message.of("hello_ack", me)));
    part.setAsyncAction(
        "hello_ack",
        ack -> {
          answered.add(((JsonObject) ack.payload()).getString("from"));
          if (answered.size() < others.size()) {
            return Future.succeededFuture(List.of());
          }
          JsonObject done =
              new JsonObject()
                  .put("by", name)
                  .put("answers", new JsonArray(new ArrayList<>(answered)));
          return app.broadcast(Message.of("done", done)).map(List.of());
        });
    part.setAction("done", message -> List.of());
    return new BusClient(vertx)
        .command(new Command.CreateChannel(app.id(), null))
        .recover(
            e ->
                e instanceof InvalidChannelException
                    ? Future.succeededFuture()
                    : Future.failedFuture(e))
        .compose(there -> part.joinTo(app))
        .compose(joined -> part.start())
        .onSuccess(started -> app.messageStream(part).handler(event -> {})); // what makes it act
  }

  private static Future<List<Message>> greet(
      SimpleDistributedApplicationListener part, JsonArray others, JsonObject me) {
    List<Future<String>> sent = new ArrayList<>();
    for (Object other : others) {
      sent.add(part.dispatchTo((String) other, Message.of("hello", me)));
    }
    return Future.all(sent).map(List.of());
  }
}
