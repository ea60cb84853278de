package io.eric.channel.internal.readers;

import io.eric.internal.protocol.Session;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The edges that have streams on this channel, each in a session that it has had no other of. */
public final class EdgeSessions {

  private final Map<String, EdgeSession> byAddress = new LinkedHashMap<>();
  private long term;
  private long lastSession;

  /**
   * No edges yet.
   *
   * @param firstSession where sessions are counted from: later than all sessions that a former
   *     owner of the same term may have had
   */
  public EdgeSessions(long firstSession) {
    this.lastSession = firstSession;
  }

  /** The number of this ownership. */
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

  /** The edge's session, a new one if it has no streams here yet. */
  EdgeSession open(String address, long lastSequence, long now) {
    return byAddress.computeIfAbsent(
        address, a -> new EdgeSession(a, nextSession(), lastSequence, now));
  }

  /**
   * What the edge knows of its streams may differ from what is known here: it is to attach them
   * anew.
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
