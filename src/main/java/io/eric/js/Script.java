package io.eric.js;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One verticle's JavaScript, with the only entrance to it. A GraalJS context must never see two
 * threads at once, so everything enters by {@link #enter}, on the verticle's Vert.x context. The
 * one exception is {@link #load}, which runs on a worker because it reads files; calls that come
 * meanwhile wait.
 */
final class Script {

  private static final Logger LOG = LoggerFactory.getLogger(Script.class);

  private final Path file;
  private final ModuleFiles files;
  private final Console console;
  private final WebFunctions web = new WebFunctions();
  private final Occupancy occupancy = new Occupancy();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean open;
  private boolean closed;
  private volatile @Nullable Loaded loaded;
  private volatile boolean stopping;

  /** What the script was doing when it was stopped, as far as is known. */
  private volatile @Nullable JsException stop;

  /**
   * Creates a script that is not loaded yet.
   *
   * @throws IOException if the file does not exist
   */
  Script(Path file) throws IOException {
    this.file = file.toRealPath();
    this.files =
        new ModuleFiles(ModuleFiles.rootOf(file, Path.of("").toAbsolutePath()), evaluator());
    this.console = new Console(this.file);
  }

  /** Returns the script's name in the log. */
  String name() {
    return file.toString();
  }

  Occupancy occupancy() {
    return occupancy;
  }

  /**
   * Creates the context and evaluates the module, up to its first {@code await}. Blocks; call
   * {@link #open} on the verticle's context afterwards.
   *
   * @param given the functions by which the script reaches the outside
   * @return completes when the whole module is evaluated; fails with {@link JsException} if it
   *     cannot be parsed or throws
   */
  Future<Void> load(SharedEngine engine, HostFunctions given) {
    Loaded parts = new Loaded(engine, engine.newContext(files));
    loaded = parts;
    occupancy.enter();
    try {
      ProxyObject functions = functions(given);
      parts.js.eval(engine.own("console.js")).executeVoid(functions);
      parts.helpers = parts.js.eval(engine.own("prelude.js")).execute(functions);
      parts.js.eval(engine.own("web.js")).executeVoid(functions);
      parts.values =
          new JsValues(
              parts.helpers.getMember("parse"),
              parts.helpers.getMember("stringify"),
              parts.helpers.getMember("toBytes"));
      Promise<Void> evaluated = Promise.promise();
      ProxyExecutable resolve =
          module -> {
            parts.module = module[0];
            evaluated.tryComplete();
            return null;
          };
      parts.helpers.invokeMember("load", file.toString(), resolve, rejecting(evaluated));
      return evaluated.future();
    } catch (RuntimeException e) {
      return Future.failedFuture(failure(JsException.of(e, files)));
    } finally {
      occupancy.leave();
    }
  }

  /**
   * Stops the script wherever it is, and never enters it again. Called from another thread, which
   * waits until the script has stopped. The context is cancelled, because the script could catch an
   * error.
   */
  void cancel() {
    stopping = true;
    Loaded parts = loaded;
    if (parts != null) {
      parts.js.close(true);
    }
  }

  /** Returns where the script was when it was stopped; on the verticle's context. */
  JsException whereStopped() {
    JsException known = stop;
    return known == null ? new JsException(JsException.STOPPED) : known;
  }

  /** Runs the calls that have been waiting, in order, and lets further ones enter at once. */
  void open() {
    open = true;
    while (!waiting.isEmpty()) {
      enter(waiting.remove());
    }
  }

  /** Calls the module's {@code start}, if it has one, after all of the module is evaluated. */
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
    if (closed || stopping || parts == null || parts.module == null) {
      return Future.succeededFuture();
    }
    occupancy.enter();
    try {
      ProxyExecutable resolve =
          none -> {
            done.tryComplete();
            return null;
          };
      parts
          .helpers()
          .invokeMember(hook, parts.module, parts.values().toJs(config), resolve, rejecting(done));
    } catch (RuntimeException e) {
      done.tryFail(failure(JsException.of(e, files)));
    } finally {
      occupancy.leave();
    }
    return done.future();
  }

  private ProxyExecutable rejecting(Promise<Void> promise) {
    return reason -> {
      promise.tryFail(failure(JsException.of(reason[0], files)));
      return null;
    };
  }

  /**
   * Runs a call into the script, at once or when the script is loaded. An exception is logged with
   * its place, as the script's uncaught error.
   */
  void enter(Runnable call) {
    if (closed || stopping) {
      return;
    }
    if (!open) {
      waiting.add(call);
      return;
    }
    occupancy.enter();
    try {
      call.run();
    } catch (RuntimeException e) {
      uncaught(JsException.of(e, files));
    } finally {
      occupancy.leave();
    }
  }

  /** Ends the script. Nothing enters any more, and its memory is released. */
  void close() {
    closed = true;
    waiting.clear();
    Loaded parts = loaded;
    loaded = null;
    if (parts != null) {
      parts.js.close(true);
    }
  }

  /** Returns the converter of values; only while a call is under way. */
  JsValues values() {
    return Objects.requireNonNull(loaded).values();
  }

  private ProxyObject functions(HostFunctions given) {
    Map<String, Object> functions = given.functions();
    functions.putAll(web.functions());
    functions.put("log", (ProxyExecutable) console::log);
    functions.put("uncaught", (ProxyExecutable) this::uncaught);
    functions.put("required", (ProxyExecutable) this::required);
    functions.put("evaluate", HostFunctions.guarded(this::evaluate));
    return ProxyObject.fromMap(functions);
  }

  /** Logs an error that nothing in the script has caught. */
  private @Nullable Object uncaught(Value... thrown) {
    uncaught(JsException.of(thrown[0], files));
    return null;
  }

  private void uncaught(JsException thrown) {
    if (failure(thrown) == thrown) {
      console.uncaught(thrown);
    }
  }

  /**
   * Returns the failure to report. A failure of a script that is being stopped is how it stops. The
   * first one knows where the script was; later ones come from code that catches errors.
   */
  private JsException failure(JsException thrown) {
    if (!stopping) {
      return thrown;
    }
    JsException first = stop;
    if (first == null) {
      first = thrown.asStop();
      stop = first;
    }
    return first;
  }

  /**
   * Returns the file that {@code require(specifier)} means in a file: null if there is none, empty
   * for {@link NodePackages#NOTHING}.
   */
  private @Nullable Object required(Value... arguments) {
    String importer = arguments[0].asString();
    String specifier = arguments[1].asString();
    if (importer.startsWith(WebJars.PREFIX)) {
      return WebJars.required(importer, specifier);
    }
    try {
      Path found = files.required(Path.of(importer), specifier);
      return found.equals(NodePackages.NOTHING) ? "" : found.toString();
    } catch (IOException | InvalidPathException e) {
      LOG.debug("{} does not find {}", importer, specifier);
      return null;
    }
  }

  /** Returns a CommonJS file's function, or a JSON file's text. */
  private @Nullable Object evaluate(Value... arguments) {
    Loaded parts = Objects.requireNonNull(loaded);
    String path = arguments[0].asString();
    try {
      if (path.startsWith(WebJars.PREFIX)) {
        return path.endsWith(".json")
            ? WebJars.read(path)
            : parts.js.eval(parts.engine.library(path));
      }
      Path file = files.toRealPath(Path.of(path));
      String text = Files.readString(file);
      if (path.endsWith(".json")) {
        return text;
      }
      if (!files.isCommonJs(file)) {
        throw new IllegalArgumentException(
            shown(file) + " is an ES module: import it, require cannot");
      }
      return parts.js.eval(commonJs(file, text));
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private Source commonJs(Path file, String text) {
    return Source.newBuilder("js", CommonJs.function(text), shown(file)).buildLiteral();
  }

  /**
   * Creates the evaluator of files. It is called while the context imports something, so it is
   * already inside the script.
   */
  private ModuleFiles.Evaluator evaluator() {
    return new ModuleFiles.Evaluator() {
      @Override
      public boolean isFunctionBody(Path file, String text) {
        try {
          Objects.requireNonNull(loaded).js.parse(commonJs(file, text));
          return true;
        } catch (PolyglotException e) {
          if (e.isSyntaxError()) {
            return false;
          }
          throw e;
        }
      }

      @Override
      public List<String> exportNames(Path file) {
        Value names =
            Objects.requireNonNull(loaded).helpers().invokeMember("exportNames", file.toString());
        List<String> all = new ArrayList<>();
        for (long i = 0; i < names.getArraySize(); i++) {
          all.add(names.getArrayElement(i).asString());
        }
        return all;
      }
    };
  }

  private String shown(Path file) {
    return files.shown(file.toString());
  }

  /** The parts that exist from loading to closing. */
  private static final class Loaded {
    private final SharedEngine engine;
    private final Context js;
    private @Nullable Value helpers;
    private @Nullable JsValues values;
    private @Nullable Value module;

    private Loaded(SharedEngine engine, Context js) {
      this.engine = engine;
      this.js = js;
    }

    private Value helpers() {
      return Objects.requireNonNull(helpers);
    }

    private JsValues values() {
      return Objects.requireNonNull(values);
    }
  }
}
