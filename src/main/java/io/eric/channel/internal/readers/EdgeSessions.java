package io.eric.channel.internal.readers;

import io.eric.internal.protocol.Session;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the edges that have streams on this channel, each with a session that no edge has had
 * before. This class is used on the channel's context.
 */
public final class EdgeSessions {

  private final Map<String, EdgeSession> byAddress = new LinkedHashMap<>();
  private long term;
  private long lastSession;

  /**
   * Creates an empty collection.
   *
   * @param firstSession the number from which sessions are counted, above all sessions that a
   *     former owner of the same term may have had
   */
  public EdgeSessions(long firstSession) {
    this.lastSession = firstSession;
  }

  /** Sets the term of this ownership, with which its sessions begin. */
  public void ownedIn(long ownership) {
    term = ownership;
  }

  long term() {
    return term;
  }

  public Collection<EdgeSession> all() {
    return byAddress.values();
  }

  public @Nullable EdgeSession find(String address) {
    return byAddress.get(address);
  }

  /** Returns the edge's session, which is a new one if the edge has no streams here yet. */
  EdgeSession open(String address, long lastSequence, long now) {
    return byAddress.computeIfAbsent(
        address, a -> new EdgeSession(a, nextSession(), lastSequence, now));
  }

  /**
   * Gives the edge a new session, because what it knows of its streams may differ from what is
   * known here. The edge then attaches them anew.
   */
  void renew(EdgeSession edge) {
    edge.renew(nextSession());
  }

  private Session nextSession() {
    return new Session(term, ++lastSession);
  }

  /** Forgets the edge if it has no streams left. */
  void closeIfUnused(EdgeSession edge) {
    if (edge.streams.isEmpty()) {
      byAddress.remove(edge.address, edge);
    }
  }
}
