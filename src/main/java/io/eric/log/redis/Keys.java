package io.eric.log.redis;

import java.util.List;

/**
 * The keys of a channel in Redis.
 *
 * @param head a hash with the owner, the term, the epoch, the last sequence and the server's run id
 * @param log the stream of entries
 * @param cursors a hash that says how far each listener has read
 * @param listeners a hash with the registrations
 * @param lost a hash that says up to which sequence each lane has lost entries, see {@link Losses}
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

  /** Returns the key of the hash with the definitions of all channels. */
  static String definitions(String prefix) {
    return prefix + "channels";
  }

  /** Returns the key of the number of the newest definition. */
  static String newestDefinition(String prefix) {
    return prefix + "channels:newest";
  }

  List<String> all() {
    return List.of(head, log, cursors, listeners, lost);
  }
}
