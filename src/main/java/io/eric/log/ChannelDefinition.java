package io.eric.log;

import io.vertx.core.json.JsonObject;

/**
 * What a store keeps of a channel, so that a hub can create it again when it starts. Safe for any
 * thread, provided that its options are not changed.
 *
 * @param id the channel's id
 * @param options the options that its creator asked for, in JSON; must not be changed
 */
public record ChannelDefinition(String id, JsonObject options) {}
