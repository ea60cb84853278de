package io.eric.js;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;

/**
 * The engine that all JS verticles of a Vert.x instance share: it keeps parsed code, so that a
 * second instance of a verticle starts in milliseconds. Made on first use, which takes a second or
 * two: never on an event loop.
 */
final class SharedEngine {

  /**
   * Scripts get no Java object at all. Buffers alone are let in, as {@code ArrayBuffer}. All
   * contexts of an engine have to have the same.
   */
  private static final HostAccess ACCESS =
      HostAccess.newBuilder(HostAccess.NONE).allowBufferAccess(true).build();

  private @Nullable Engine engine;
  private @Nullable Source prelude;
  private boolean closed;

  /**
   * A context that imports these files. Blocking.
   *
   * @throws IllegalStateException if Vert.x is closed
   */
  Context newContext(ModuleFiles files) {
    return Context.newBuilder("js")
        .engine(engine())
        .allowHostAccess(ACCESS)
        .allowExperimentalOptions(true)
        .allowIO(IOAccess.newBuilder().fileSystem(files).build())
        .option("js.esm-eval-returns-exports", "true")
        // ModuleFiles is asked for names of packages too, and told who imports.
        .option("js.esm-bare-specifier-relative-lookup", "true")
        .option("js.unhandled-rejections", "handler")
        .option("js.text-encoding", "true")
        .option("js.console", "false") // ours goes to the log
        .option("js.print", "false")
        .option("js.load", "false")
        .option("js.polyglot-builtin", "false")
        .build();
  }

  /** What each context evaluates first. One source for all, so that its parsed code is shared. */
  synchronized Source prelude() {
    Source made = prelude;
    if (made == null) {
      made = readPrelude();
      prelude = made;
    }
    return made;
  }

  synchronized void close() {
    closed = true;
    if (engine != null) {
      engine.close(true);
      engine = null;
    }
  }

  private synchronized Engine engine() {
    if (closed) {
      throw new IllegalStateException("Vert.x is closed");
    }
    Engine made = engine;
    if (made == null) {
      made =
          Engine.newBuilder("js")
              // A stock JDK interprets; docs/POLYGLOT.md says so once, the log not at each start.
              .option("engine.WarnInterpreterOnly", "false")
              .build();
      engine = made;
    }
    return made;
  }

  private static Source readPrelude() {
    try {
      return Source.newBuilder(
              "js",
              new String(
                  Objects.requireNonNull(SharedEngine.class.getResourceAsStream("prelude.js"))
                      .readAllBytes(),
                  StandardCharsets.UTF_8),
              "eric/prelude.js")
          .internal(true)
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
