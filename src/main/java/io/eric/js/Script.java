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
 * One verticle's JavaScript and the one entrance to it. A context of GraalJS must never see two
 * threads at once: everything enters by {@link #enter}, on the verticle's Vert.x context. The one
 * exception is {@link #load}, which runs on a worker because it reads files; what wants to enter
 * meanwhile waits.
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

  /** What it did when it was stopped, as far as is known. */
  private volatile @Nullable JsException stop;

  /**
   * A script that is not loaded yet.
   *
   * @throws IOException if the file is not there
   */
  Script(Path file) throws IOException {
    this.file = file.toRealPath();
    this.files =
        new ModuleFiles(ModuleFiles.rootOf(file, Path.of("").toAbsolutePath()), evaluator());
    this.console = new Console(this.file);
  }

  /** What it is called in the log. */
  String name() {
    return file.toString();
  }

  Occupancy occupancy() {
    return occupancy;
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
   * Makes the script stop what it is doing, wherever that is, and never enters it again; from
   * another thread, which waits until it has stopped. An error that a script can catch would not be
   * enough: this cancels all that it does.
   */
  void cancel() {
    stopping = true;
    Loaded parts = loaded;
    if (parts != null) {
      parts.js.close(true);
    }
  }

  /** What it was doing when it was stopped; on the verticle's context. */
  JsException whereStopped() {
    JsException known = stop;
    return known == null ? new JsException(JsException.STOPPED) : known;
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
   * Runs what calls into the script; at once, or when it is loaded. What it throws is logged with
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

  /** An error that nobody in the script took. */
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
   * What to say of a failure. That of a script that is being stopped is how it stops; the first one
   * knows where it was, later ones come from what catches errors.
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

  /** The file that {@code require(specifier)} means in a file, or null; empty if in none. */
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

  /** A CommonJS file's function, or a JSON file's text. */
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

  /** Asked while the context imports something, and so inside of it. */
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

  /** What there is from loading to closing. */
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
