package io.eric.auth;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is revoked at this moment. Nodes that have heard of the same revocations, in any
 * order and however often, agree. Safe for any thread.
 */
public final class Revocations {

  private final int most;
  private final Map<Name, Until> all = new ConcurrentHashMap<>();

  private record Name(Revocation.Kind kind, String name) {}

  /** The credentials that are revoked, and when the last of them has expired anyhow. */
  private record Until(long issuedBeforeMs, long forgottenAtMs) {

    private Until later(Until other) {
      return new Until(
          Math.max(issuedBeforeMs, other.issuedBeforeMs),
          Math.max(forgottenAtMs, other.forgottenAtMs));
    }
  }

  /**
   * Creates a list without entries.
   *
   * @param most how many names can be revoked at a time
   */
  public Revocations(int most) {
    this.most = most;
  }

  /**
   * Adds a revocation. If the name was revoked already, what was issued last counts.
   *
   * @param forgottenAtMs when the last credential that it concerns has expired, in milliseconds
   *     since 1970; from then on it need not be known
   * @return false if the list is full; then the revocation is not in effect, and must be answered
   *     with an error
   */
  public boolean add(Revocation revocation, long forgottenAtMs) {
    Name name = new Name(revocation.kind(), revocation.name());
    Until until = new Until(revocation.issuedBeforeMs(), forgottenAtMs);
    if (all.size() >= most && !all.containsKey(name)) {
      return false;
    }
    all.merge(name, until, Until::later);
    return true;
  }

  /** Forgets what concerns no credential any more. */
  public void expire(long nowMs) {
    all.values().removeIf(until -> until.forgottenAtMs <= nowMs);
  }

  /** Returns whether a principal's rights were revoked. */
  public boolean isRevoked(Principal principal) {
    Credential credential = principal.credential();
    return !all.isEmpty()
        && (covers(Revocation.Kind.ID, credential.id(), credential)
            || covers(Revocation.Kind.SUBJECT, principal.subject(), credential)
            || covers(Revocation.Kind.KEY, credential.key(), credential));
  }

  private boolean covers(Revocation.Kind kind, @Nullable String name, Credential credential) {
    if (name == null) {
      return false;
    }
    Until until = all.get(new Name(kind, name));
    return until != null && credential.issuedAtMs() < until.issuedBeforeMs;
  }

  /** Returns what is revoked, in no particular order. */
  public List<Revocation> list() {
    return all.entrySet().stream()
        .map(
            each ->
                new Revocation(
                    each.getKey().kind, each.getKey().name, each.getValue().issuedBeforeMs))
        .toList();
  }
}
