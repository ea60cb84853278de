package io.eric.cluster;

import com.hazelcast.config.TcpIpConfig;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where Hazelcast looks for the other part after the cluster was split. It asks one address after
 * the other and waits five seconds for each where nobody listens (AbstractJoiner,
 * SPLIT_BRAIN_CONN_TIMEOUT_MILLIS), and what is configured stands for ten ports of each host: three
 * hosts took minutes. So it is given the addresses where nodes were seen, and only if that does not
 * help for a while everything that is configured. On one context.
 */
final class JoinAddresses {

  private static final long NARROW_MS = 60_000;

  private final TcpIpConfig search;
  private final List<String> configured;
  private final Set<String> seen = new LinkedHashSet<>();
  private Set<String> present = Set.of();
  private long missingSince;

  /** Addresses for a Hazelcast that joins by TCP. */
  JoinAddresses(TcpIpConfig search) {
    this.search = search;
    this.configured = List.copyOf(search.getMembers());
  }

  /**
   * Takes note of who is there.
   *
   * @param now the members' addresses, each with its port
   * @param nowMs a clock that does not jump, in milliseconds
   */
  void update(Set<String> now, long nowMs) {
    if (!now.equals(present)) {
      if (!present.containsAll(
          now)) { // somebody has come: who was missing is here, or gone for good
        seen.clear();
      }
      seen.addAll(present);
      seen.addAll(now);
      present = Set.copyOf(now);
      missingSince = nowMs;
    }
    boolean searchesInVain = seen.size() > present.size() && nowMs - missingSince > NARROW_MS;
    Set<String> wanted = new LinkedHashSet<>(seen);
    if (searchesInVain) {
      wanted.addAll(configured);
    }
    if (!wanted.equals(new LinkedHashSet<>(search.getMembers()))) {
      search.setMembers(List.copyOf(wanted));
    }
  }
}
