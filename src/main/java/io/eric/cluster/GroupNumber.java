package io.eric.cluster;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Assigns channels to groups, by their ids alone, so that all nodes and all versions agree. */
final class GroupNumber {

  private GroupNumber() {}

  /**
   * Returns the number of a channel's group.
   *
   * @param groups how many groups there are
   */
  static int of(String channel, int groups) {
    CRC32C hash = new CRC32C();
    hash.update(channel.getBytes(StandardCharsets.UTF_8));
    return (int) (hash.getValue() % groups);
  }
}
