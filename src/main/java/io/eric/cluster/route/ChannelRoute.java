package io.eric.cluster.route;

import io.eric.internal.protocol.Addresses;
import org.jspecify.annotations.Nullable;

/**
 * Stands at the local address of a channel that another node owns. It knows the channel's owner, as
 * it is told, and lets what comes go there ({@link CommandFlow}). Confined to the node's loop.
 *
 * <table>
 *   <caption>States</caption>
 *   <tr><th>state</th><th>unserved</th><th>servedBy the same owner under the same term</th>
 *       <th>servedBy another owner or term</th><th>close</th></tr>
 *   <tr><td>UNKNOWN</td><td>UNSERVED</td><td colspan="2">SERVED</td><td>CLOSED</td></tr>
 *   <tr><td>UNSERVED</td><td>–</td><td colspan="2">SERVED, streams are told</td><td>CLOSED</td>
 *       </tr>
 *   <tr><td>SERVED</td><td>UNSERVED</td><td>–</td><td>SERVED, streams are told</td><td>CLOSED</td>
 *       </tr>
 *   <tr><td>CLOSED</td><td>–</td><td>–</td><td>–</td><td>–</td></tr>
 * </table>
 */
public final class ChannelRoute {

  private enum State {
    UNKNOWN,
    UNSERVED,
    SERVED,
    CLOSED
  }

  private final RouteParts parts;
  private final LocalAddress local;
  private final String channel;
  private final StandingOrders orders;
  private final CommandFlow flow;

  /** Leaves the address; null while the route does not stand there. */
  private @Nullable Runnable leaving;

  private State state = State.UNKNOWN;
  private @Nullable String owner;
  private long term;

  /** Creates a route that does not stand at the address yet. */
  ChannelRoute(RouteParts parts, LocalAddress local, String channel) {
    this.parts = parts;
    this.local = local;
    this.channel = channel;
    Forwarding forwarding = new Forwarding(parts.links(), Addresses.channel(channel));
    this.orders = new StandingOrders(parts.loop(), forwarding);
    this.flow = new CommandFlow(parts, channel, forwarding, new Orders());
  }

  /** Stands somewhere for a route. */
  @FunctionalInterface
  interface LocalAddress {

    /**
     * Lets everything that comes to a channel's address go to its route.
     *
     * @return leaves the address
     */
    Runnable listen(ChannelRoute route);
  }

  /** Returns the channel's id. */
  public String channel() {
    return channel;
  }

  /** Stands at the channel's address from now on: the channel is not open here. */
  public void listen() {
    if (leaving == null && state != State.CLOSED) {
      leaving = local.listen(this);
    }
  }

  /**
   * Leaves the address to the channel itself, which is open here. What waits in the address's queue
   * at this moment is answered by Vert.x as discarded, which callers take for {@linkplain
   * io.eric.internal.protocol.BusReply#hadNoHandler not handled}: the queue cannot be emptied
   * before, because others fill it.
   */
  public void stopListening() {
    Runnable leave = leaving;
    leaving = null;
    if (leave != null) {
      leave.run();
    }
  }

  /** Returns whether the route stands at the channel's address. */
  public boolean isListening() {
    return leaving != null;
  }

  /** Notes that no node serves the channel. Commands wait. */
  public void unserved() {
    if (state != State.CLOSED && state != State.UNSERVED) {
      state = State.UNSERVED;
      owner = null;
      flow.unserved();
    }
  }

  /**
   * Notes that a node serves the channel. If another node did before, or the same node under
   * another term, the streams of this node are told first.
   *
   * @param node the owner, which may be this node
   * @param ownersTerm the term of the ownership
   */
  public void servedBy(String node, long ownersTerm) {
    if (state == State.CLOSED
        || (state == State.SERVED && ownersTerm == term && node.equals(owner))) {
      return;
    }
    boolean isFirst = state == State.UNKNOWN;
    state = State.SERVED;
    owner = node;
    term = ownersTerm;
    if (!isFirst) {
      parts.observer().moved(channel, ownersTerm);
    }
    flow.served(node);
  }

  /**
   * Notes what a channel that was open on this node says when it leaves: each is a request that its
   * next owner has to hear from this node. An owner that is known already hears it at once.
   */
  public void remember(Object body) {
    if (state == State.CLOSED) {
      return;
    }
    orders.remember(body);
    if (flow.state() == CommandFlow.State.FLOWING) {
      sayOrders();
    } else {
      flow.probe();
    }
  }

  /**
   * Ends the route, because the channel is removed. What waits is refused with 404, except a
   * removal that is under way: it may be the one that has removed the channel, so its caller gets
   * the owner's answer.
   */
  public void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      owner = null;
      stopListening();
      orders.clear();
      flow.close();
    }
  }

  /** Takes what is not answered. */
  void tell(Object body) {
    flow.tell(body);
  }

  /**
   * Takes a command.
   *
   * @param patienceMs how long it may wait here, in milliseconds
   */
  void ask(Object body, Caller caller, long patienceMs) {
    flow.ask(body, caller, patienceMs);
  }

  private void sayOrders() {
    String node = owner;
    if (node != null) {
      orders.sayTo(node, term);
    }
  }

  private final class Orders implements CommandFlow.Orders {

    @Override
    public boolean areWaiting() {
      return !orders.isEmpty();
    }

    @Override
    public void ownerIsOpen() {
      sayOrders();
    }

    @Override
    public void done(Object body) {
      if (state != State.CLOSED) {
        orders.remember(body);
      }
    }
  }
}
