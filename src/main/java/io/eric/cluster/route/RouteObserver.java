package io.eric.cluster.route;

/** Is told what routes find out. Called on the node's loop. */
public interface RouteObserver {

  /**
   * Tells that the node that is said to own a channel does not answer, or answers that it does not
   * have the channel. The observer finds out which node owns the channel, or whether it exists at
   * all, and tells the route; commands wait meanwhile. It may be called many times until then.
   */
  void missed(String channel);

  /**
   * Tells that a channel is served under another term than before. The observer tells the streams
   * of this node, because they have to open themselves anew; no command has gone to that owner yet.
   */
  void moved(String channel, long term);
}
