package io.eric.js;

import java.nio.file.Path;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a script's log under {@code js.<file name>}. Each record is one line. */
final class Console {

  private final Logger log;

  Console(Path file) {
    this.log = LoggerFactory.getLogger("js." + LogText.oneLine(file.getFileName().toString()));
  }

  /** Logs a text; the arguments are level and text. */
  @Nullable Object log(Value... arguments) {
    String text = LogText.oneLine(arguments[1].asString());
    switch (arguments[0].asString()) {
      case "error" -> log.error(text);
      case "warn" -> log.warn(text);
      case "debug" -> log.debug(text);
      case "trace" -> log.trace(text);
      default -> log.info(text);
    }
    return null;
  }

  void uncaught(JsException failure) {
    log.error("uncaught: {}", failure.getMessage(), failure);
  }
}
