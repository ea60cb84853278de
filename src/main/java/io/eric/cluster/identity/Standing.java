package io.eric.cluster.identity;

import org.jspecify.annotations.Nullable;

/**
 * What another node has said of itself.
 *
 * @param node its name
 * @param storage the random name of its disk's contents
 * @param agreement what it has on its disk; null if nothing yet
 */
public record Standing(String node, String storage, @Nullable Agreement agreement) {

  /** Returns whether the node knows that it is a member of a cluster. */
  public boolean isFormed() {
    return agreement != null && agreement.isFormed();
  }
}
