package io.eric.channel.internal.core;

import io.eric.channel.internal.overflow.LogBudget;
import io.eric.internal.Loop;
import io.eric.internal.client.ConsumerLink;
import io.eric.internal.client.EdgeLink;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command.Publish;
import io.eric.log.MessageLog;
import io.eric.metrics.Meters;
import io.eric.options.RetentionOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;

/** An open channel for publishers alone: without streams, and without an event bus. */
public final class SimulatedChannel {

  private final MessageLog log;
  private final ChannelLife life;
  private final OpenChannel channel;

  /**
   * Opens a channel.
   *
   * @param retention what its log was opened with
   */
  public SimulatedChannel(
      String id, MessageLog log, RetentionOptions retention, Loop loop, Meters meters) {
    this.log = log;
    this.life =
        new ChannelLife(
            (state, event) -> meters.stateErrors().report("channel " + id, state, event));
    life.open();
    NoReaders none = new NoReaders();
    this.channel =
        new OpenChannel(
            new OpenChannel.Surroundings(loop, none, none, meters),
            id,
            new SSEChannelOptions().setRetention(retention),
            0,
            log,
            LogBudget.unlimited(),
            entry -> entry,
            life);
    life.opened();
  }

  /** Takes the messages of one publisher, unless the channel has left. */
  public void publish(List<Publish> messages, Consumer<Published> answer) {
    channel.appender.publish(messages, answer);
  }

  /** Adds a listener, which collects. */
  public Future<Void> add(String listener) {
    return channel.listeners.find(listener) == null
        ? channel.keepAdded(channel.add(listener))
        : Future.succeededFuture();
  }

  /** Removes a listener. */
  public Future<Void> remove(String listener) {
    return channel.listeners.find(listener) == null
        ? Future.succeededFuture()
        : channel.remove(channel.listeners.get(listener));
  }

  /** Closes the channel, as its node does. */
  public Future<Void> leave(boolean inOrder) {
    life.leave();
    return channel.leave(inOrder).transform(left -> log.close()).onComplete(done -> life.closed());
  }

  /** Closes the channel and deletes its log, as when it is removed. */
  public Future<Void> delete() {
    life.leave();
    return channel.leave(false).transform(left -> log.delete()).onComplete(done -> life.closed());
  }

  private static final class NoReaders implements EdgeLink, ConsumerLink {

    @Override
    public void tell(String address, ChannelResponse news) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Long> end(String address, ChannelResponse.End end) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Boolean> wants(String address, ChannelResponse.StillWanted question) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<?> deliver(String address, JsonObject message, long timeoutMs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void tell(String address, JsonObject message) {
      throw new UnsupportedOperationException();
    }
  }
}
