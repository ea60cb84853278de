package io.eric.channel;

import io.eric.Message;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.json.JsonObject;

/**
 * The ordinary channel: its streams show a message as {@code {"event": type, "retry": ms, "data":
 * payload}}. Extend it and override {@link #adapt} to show something else. {@link AbstractChannel}
 * says which threads may call it.
 */
public class SSEChannel extends AbstractChannel {

  private final int retryMs;

  /** Creates a channel with the default options and a random id. */
  public SSEChannel() {
    this(new SSEChannelOptions());
  }

  /** Creates a channel with these options, which must not change afterwards. */
  public SSEChannel(SSEChannelOptions options) {
    super(options);
    this.retryMs = options.getRetry();
  }

  @Override
  public JsonObject adapt(Message message) {
    return new JsonObject()
        .put("event", message.type())
        .put("retry", retryMs)
        .put("data", message.payload());
  }

  @Override
  final boolean adaptsPlainly() {
    try {
      return getClass().getMethod("adapt", Message.class).getDeclaringClass() == SSEChannel.class;
    } catch (NoSuchMethodException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  final int retryMs() {
    return retryMs;
  }
}
