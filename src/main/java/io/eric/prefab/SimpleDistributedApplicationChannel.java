package io.eric.prefab;

import io.eric.MessageQueueListener;
import io.eric.channel.SSEChannel;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;

/**
 * The channel of an application whose parts talk by messages, see {@link
 * SimpleDistributedApplicationListener}. It is an {@link SSEChannel} that tells such listeners,
 * when they are registered, where to send their answers. {@link io.eric.channel.AbstractChannel}
 * says which threads may call it.
 */
public class SimpleDistributedApplicationChannel extends SSEChannel {

  /** Creates a channel with the default options and a random id. */
  public SimpleDistributedApplicationChannel() {}

  /** Creates a channel with these options, which must not change afterwards. */
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
