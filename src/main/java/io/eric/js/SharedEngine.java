package io.eric.js;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;

/**
 * The engine that all JS verticles of a Vert.x instance share. It keeps parsed code, so that a
 * second instance of a verticle starts in milliseconds. It is created on first use, which takes a
 * second or two, so never on an event loop.
 */
final class SharedEngine {

  /**
   * Scripts get no Java objects except buffers, as {@code ArrayBuffer}. All contexts of an engine
   * must have the same access.
   */
  private static final HostAccess ACCESS =
      HostAccess.newBuilder(HostAccess.NONE).allowBufferAccess(true).build();

  private final Watchdog watchdog = new Watchdog();

  /**
   * Our own sources by name. All contexts use the same ones, so that their parsed code is shared.
   */
  private final Map<String, Source> sources = new HashMap<>();

  private @Nullable Engine engine;
  private boolean closed;

  /**
   * Creates a context that imports these files. Blocks.
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
        // With this option ModuleFiles is asked for names of packages too, and learns the importer.
        .option("js.esm-bare-specifier-relative-lookup", "true")
        .option("js.unhandled-rejections", "handler")
        .option("js.text-encoding", "true")
        .option("js.console", "false") // our own console writes to the log
        .option("js.print", "false")
        .option("js.load", "false")
        .option("js.polyglot-builtin", "false")
        .build();
  }

  /** Returns a file beside this class that each context evaluates, like {@code prelude.js}. */
  synchronized Source own(String name) {
    return sources.computeIfAbsent(name, missing -> source("eric/" + name, readOwn(name)));
  }

  /**
   * Returns the function that a CommonJS file of a WebJar contains.
   *
   * @throws IOException if the file is not on the class path
   */
  synchronized Source library(String path) throws IOException {
    Source known = sources.get(path);
    if (known == null) {
      known = source(path, CommonJs.function(WebJars.read(path)));
      sources.put(path, known);
    }
    return known;
  }

  /** Watches a script that is about to be loaded. */
  Watchdog.Watch watch(Script script, long limitMs, Runnable stop) {
    return watchdog.watch(script.name(), script.occupancy(), limitMs, stop);
  }

  synchronized void close() {
    closed = true;
    watchdog.close();
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
              // A stock JDK only interprets scripts. docs/POLYGLOT.md says so, hence the log need
              // not repeat it at each start.
              .option("engine.WarnInterpreterOnly", "false")
              .build();
      engine = made;
    }
    return made;
  }

  private static String readOwn(String name) {
    try (InputStream file = SharedEngine.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Source source(String name, String text) {
    return Source.newBuilder("js", text, name).internal(true).buildLiteral();
  }
}
