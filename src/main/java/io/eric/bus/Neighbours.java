package io.eric.bus;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.List;
import java.util.function.Consumer;

/**
 * Channels that live on the caller's own event loop. Publishing to a neighbour needs no message:
 * the channel appends at once, so that requests which are pipelined on one connection are all
 * handled in one turn of the loop and go out in one write. Over the bus each would cost a round of
 * the loop.
 */
public final class Neighbours {

  private static final String MAP = "io.eric.neighbours";

  private final LocalMap<String, Neighbour> byChannel;

  /** The channels of this Vert.x instance. */
  public Neighbours(Vertx vertx) {
    this.byChannel = vertx.sharedData().getLocalMap(MAP);
  }

  /** What a channel offers to callers on its event loop. */
  @FunctionalInterface
  public interface Publishing {
    /** Appends as {@link ToChannel.PublishBatch} does; may answer before it returns. */
    void publish(List<Command.Publish> messages, Consumer<FromChannel.Published> answer);
  }

  /** Makes a channel known; called on its context. */
  public void add(String channelId, Context context, Publishing publishing) {
    byChannel.put(channelId, new Neighbour((ContextInternal) context, publishing));
  }

  /** Forgets a channel. */
  public void remove(String channelId) {
    byChannel.remove(channelId);
  }

  /**
   * Publishes if the channel lives on this thread's event loop.
   *
   * @return false if it does not, then nothing has happened
   */
  public boolean publish(
      String channelId, List<Command.Publish> messages, Consumer<FromChannel.Published> answer) {
    Neighbour neighbour = byChannel.get(channelId);
    if (neighbour == null || !neighbour.context.inThread()) {
      return false;
    }
    neighbour.context.dispatch(() -> neighbour.publishing.publish(messages, answer));
    return true;
  }

  private static final class Neighbour implements Shareable {
    private final ContextInternal context;
    private final Publishing publishing;

    private Neighbour(ContextInternal context, Publishing publishing) {
      this.context = context;
      this.publishing = publishing;
    }
  }
}
