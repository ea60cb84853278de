package io.eric.cluster.route;

import io.eric.Payload;
import io.eric.internal.protocol.ChannelRequest.Fetch;
import io.eric.internal.protocol.ChannelRequest.PublishBatch;
import io.eric.internal.protocol.Command;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what it is told; and the commands that tests send. */
final class FakeCaller implements Caller {

  /** May be repeated. */
  static final JsonObject LIST = new JsonObject().put("v", "ls");

  /** May not be repeated. */
  static final JsonObject STOP = new JsonObject().put("v", "s").put("r", "bob");

  static final JsonObject REMOVAL = new JsonObject().put("v", "rc");
  static final Fetch FETCH = new Fetch("eric.edge.e", 1, 1, 0, 10, 1_000);

  @Nullable Object answer;
  int code;
  @Nullable String text;
  int told;

  static PublishBatch batch(@Nullable String key) {
    return new PublishBatch(List.of(new Command.Publish("x", null, "t", Payload.NULL, key, null)));
  }

  @Override
  public void reply(@Nullable Object reply) {
    answer = reply;
    told++;
  }

  @Override
  public void fail(int failureCode, @Nullable String failureText) {
    code = failureCode;
    text = failureText;
    told++;
  }

  boolean isWaiting() {
    return told == 0;
  }
}
