package io.eric.log.redis;

import java.util.List;

/**
 * The keys of a channel.
 *
 * @param head a hash: owner, term, epoch, last sequence, and the server's run id
 * @param log the stream of entries
 * @param cursors a hash: how far each listener has read
 * @param listeners a hash: the registrations
 * @param lost a hash: up to where each lane has lost entries, see {@link Losses}
 */
record Keys(String head, String log, String cursors, String listeners, String lost) {

  static Keys of(String prefix, String channelId) {
    String channel = prefix + "channel:" + channelId + ":";
    return new Keys(
        channel + "head",
        channel + "log",
        channel + "cursors",
        channel + "listeners",
        channel + "lost");
  }

  /** The definitions of all channels, a hash. */
  static String definitions(String prefix) {
    return prefix + "channels";
  }

  /** The number of the newest definition. */
  static String newestDefinition(String prefix) {
    return prefix + "channels:newest";
  }

  List<String> all() {
    return List.of(head, log, cursors, listeners, lost);
  }
}
