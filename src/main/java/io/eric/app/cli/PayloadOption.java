package io.eric.app.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option by which {@code broadcast} and {@code dispatch} read their payload. */
final class PayloadOption {

  @Option(names = "--json", description = "PAYLOAD is JSON; else it is a text.")
  private boolean json;

  /** Returns the value of the argument; null if there is none. */
  @Nullable Object value(@Nullable String argument) {
    if (!json || argument == null) {
      return argument;
    }
    try {
      return Json.decodeValue(argument);
    } catch (DecodeException e) {
      throw new IllegalArgumentException("the payload is not JSON", e);
    }
  }
}
