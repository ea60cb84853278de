package io.eric.cluster;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Who owns a channel, and what it takes to open it.
 *
 * @param node may open it
 * @param term the number of this ownership; each change of owner raises it, and a channel that is
 *     created again starts above all terms that its former self had, because it starts with the
 *     time of its creation in milliseconds
 * @param created the first term
 * @param options of the channel, null for one whose object only its node has
 */
record ChannelRecord(
    String id, String node, long term, long created, @Nullable JsonObject options) {

  static ChannelRecord parse(String id, String text) {
    JsonObject json = new JsonObject(text);
    return new ChannelRecord(
        id,
        json.getString("node"),
        json.getLong("term"),
        json.getLong("created"),
        json.getJsonObject("options"));
  }

  String text() {
    JsonObject json = new JsonObject().put("node", node).put("term", term).put("created", created);
    return (options == null ? json : json.put("options", options)).encode();
  }

  /** Only its node can open it. */
  boolean isPinned() {
    return options == null;
  }

  /** The next ownership. */
  ChannelRecord ownedBy(String nextNode) {
    return new ChannelRecord(id, nextNode, term + 1, created, options);
  }
}
