package io.eric.js;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One verticle's JavaScript and the one entrance to it. A context of GraalJS must never see two
 * threads at once: everything enters by {@link #enter}, on the verticle's Vert.x context. The one
 * exception is {@link #load}, which runs on a worker because it reads files; what wants to enter
 * meanwhile waits.
 */
final class Script {

  private static final Logger LOG = LoggerFactory.getLogger(Script.class);

  /** On the first line of a CommonJS file, so that the lines of an error are its own. */
  private static final String COMMON_JS =
      "(function (exports, require, module, __filename, __dirname) {";

  private final Path file;
  private final ModuleFiles files;
  private final Logger console;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean open;
  private boolean closed;
  private @Nullable Loaded loaded;

  /**
   * A script that is not loaded yet.
   *
   * @throws IOException if the file is not there
   */
  Script(Path file) throws IOException {
    this.file = file.toRealPath();
    this.files = new ModuleFiles(ModuleFiles.rootOf(file, Path.of("").toAbsolutePath()));
    this.console = LoggerFactory.getLogger("js." + this.file.getFileName());
  }

  /**
   * Makes the context and evaluates the module, up to its first {@code await}. Blocking; call
   * {@link #open} on the verticle's context afterwards.
   *
   * @param given what the script is given to reach the world with
   * @return when the whole module is evaluated; fails with {@link JsException} if it cannot be
   *     parsed or throws
   */
  Future<Void> load(SharedEngine engine, HostFunctions given) {
    Context js = engine.newContext(files);
    try {
      Value helpers = js.eval(engine.prelude()).execute(functions(given));
      JsValues values =
          new JsValues(
              helpers.getMember("parse"),
              helpers.getMember("stringify"),
              helpers.getMember("toBytes"));
      Loaded parts = new Loaded(js, helpers, values);
      loaded = parts;
      Promise<Void> evaluated = Promise.promise();
      ProxyExecutable resolve =
          module -> {
            parts.module = module[0];
            evaluated.tryComplete();
            return null;
          };
      helpers.invokeMember("load", file.toString(), resolve, rejecting(evaluated));
      return evaluated.future();
    } catch (RuntimeException e) {
      return Future.failedFuture(JsException.of(e, files));
    }
  }

  /** Lets in what has been waiting, in order. */
  void open() {
    open = true;
    while (!waiting.isEmpty()) {
      enter(waiting.remove());
    }
  }

  /** Calls the module's {@code start}, if it has one, when all of it is evaluated. */
  Future<Void> start(JsonObject config) {
    return call("start", config);
  }

  /** Calls the module's {@code stop}, if it has one and was evaluated. */
  Future<Void> stop() {
    return call("stop", new JsonObject());
  }

  private Future<Void> call(String hook, JsonObject config) {
    Promise<Void> done = Promise.promise();
    Loaded parts = loaded;
    if (closed || parts == null || parts.module == null) {
      return Future.succeededFuture();
    }
    try {
      ProxyExecutable resolve =
          none -> {
            done.tryComplete();
            return null;
          };
      parts.helpers.invokeMember(
          hook, parts.module, parts.values.toJs(config), resolve, rejecting(done));
    } catch (RuntimeException e) {
      done.tryFail(JsException.of(e, files));
    }
    return done.future();
  }

  private ProxyExecutable rejecting(Promise<Void> promise) {
    return reason -> {
      promise.tryFail(JsException.of(reason[0], files));
      return null;
    };
  }

  /**
   * Runs what calls into the script; at once, or when it is loaded. What it throws is logged with
   * its place, as the script's uncaught error.
   */
  void enter(Runnable call) {
    if (closed) {
      return;
    }
    if (!open) {
      waiting.add(call);
      return;
    }
    try {
      call.run();
    } catch (RuntimeException e) {
      uncaught(JsException.of(e, files));
    }
  }

  /** Ends the script. Nothing enters any more, its memory is free. */
  void close() {
    closed = true;
    waiting.clear();
    Loaded parts = loaded;
    loaded = null;
    if (parts != null) {
      parts.js.close(true);
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** How values are passed; only while a call is under way. */
  JsValues values() {
    return Objects.requireNonNull(loaded).values;
  }

  /** An error that nobody in the script took. */
  void uncaught(Value thrown) {
    uncaught(JsException.of(thrown, files));
  }

  private void uncaught(JsException failure) {
    console.error("uncaught: {}", failure.getMessage(), failure);
  }

  private ProxyObject functions(HostFunctions given) {
    Map<String, Object> functions = given.functions();
    functions.put("log", (ProxyExecutable) this::log);
    functions.put(
        "uncaught",
        (ProxyExecutable)
            thrown -> {
              uncaught(thrown[0]);
              return null;
            });
    functions.put("required", (ProxyExecutable) this::required);
    functions.put("evaluate", (ProxyExecutable) this::evaluate);
    return ProxyObject.fromMap(functions);
  }

  private @Nullable Object log(Value... arguments) {
    String text = arguments[1].asString();
    switch (arguments[0].asString()) {
      case "error" -> console.error(text);
      case "warn" -> console.warn(text);
      case "debug" -> console.debug(text);
      case "trace" -> console.trace(text);
      default -> console.info(text);
    }
    return null;
  }

  /** The file that {@code require(specifier)} means in a file, or null. */
  private @Nullable Object required(Value... arguments) {
    try {
      return files.required(Path.of(arguments[0].asString()), arguments[1].asString()).toString();
    } catch (IOException e) {
      LOG.debug("{} does not find {}", arguments[0], arguments[1]);
      return null;
    }
  }

  /** A CommonJS file's function, or what a JSON file holds. */
  private @Nullable Object evaluate(Value... arguments) {
    Loaded parts = Objects.requireNonNull(loaded);
    try {
      Path file = files.toRealPath(Path.of(arguments[0].asString()));
      String text = Files.readString(file);
      return file.toString().endsWith(".json")
          ? parts.helpers.invokeMember("parse", text)
          : parts.js.eval(Source.newBuilder("js", COMMON_JS + text + "\n})", shown(file)).build());
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + arguments[0], e);
    }
  }

  private String shown(Path file) {
    return files.shown(file.toString());
  }

  /** What there is from loading to closing. */
  private static final class Loaded {
    private final Context js;
    private final Value helpers;
    private final JsValues values;
    private @Nullable Value module;

    private Loaded(Context js, Value helpers, JsValues values) {
      this.js = js;
      this.helpers = helpers;
      this.values = values;
    }
  }
}
