package io.eric.log;

import io.vertx.core.json.JsonObject;

/**
 * What it takes to make a channel again.
 *
 * @param id the channel
 * @param options what its creator asked for, in JSON; not to be changed
 */
public record ChannelDefinition(String id, JsonObject options) {}
