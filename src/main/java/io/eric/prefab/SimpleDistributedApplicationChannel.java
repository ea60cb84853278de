package io.eric.prefab;

import io.eric.MessageQueueListener;
import io.eric.channel.SSEChannel;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;

/**
 * The channel of an application whose parts talk by messages, see {@link
 * SimpleDistributedApplicationListener}. An {@link SSEChannel} which tells such listeners, when
 * they are registered, where to send their answers.
 */
public class SimpleDistributedApplicationChannel extends SSEChannel {

  /** A channel with the default options and a random id. */
  public SimpleDistributedApplicationChannel() {}

  /** A channel with these options. */
  public SimpleDistributedApplicationChannel(SSEChannelOptions options) {
    super(options);
  }

  @Override
  public Future<Void> registerListener(MessageQueueListener listener) {
    return listener instanceof SimpleDistributedApplicationListener part
        ? part.register(this, () -> super.registerListener(listener))
        : super.registerListener(listener);
  }
}
