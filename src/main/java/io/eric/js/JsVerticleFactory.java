package io.eric.js;

import io.eric.options.JsOptions;
import io.vertx.core.Deployable;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.spi.VerticleFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Deploys JavaScript files: {@code vertx.deployVerticle("js:verticles/js/chat.mjs")}. Vert.x finds
 * this factory by itself. GraalJS ({@code org.graalvm.polyglot:polyglot} and {@code js-community})
 * has to be on the class path when the first such verticle is deployed, not earlier, because this
 * class does not mention it. Safe for any thread.
 */
public final class JsVerticleFactory implements VerticleFactory {

  private static final String ENGINE = "org.graalvm.polyglot.Engine";
  private static final String LANGUAGE = "com.oracle.truffle.js.lang.JavaScriptLanguage";

  private @Nullable SharedEngine engine;
  private volatile JsOptions options = new JsOptions();

  /** Creates a factory; called by the service loader. */
  public JsVerticleFactory() {}

  /** Sets how verticles that are deployed from now on are run. Without it, the defaults hold. */
  public JsVerticleFactory setOptions(JsOptions options) {
    this.options = JsOptions.fromJson(options.toJson());
    return this;
  }

  @Override
  public String prefix() {
    return "js";
  }

  @Override
  public void init(Vertx vertx) {
    // There is nothing to do: most Vert.x instances never deploy a script.
  }

  @Override
  public void createVerticle2(
      String verticleName,
      ClassLoader classLoader,
      Promise<Callable<? extends Deployable>> promise) {
    String missing = missing(classLoader);
    Path file = Path.of(VerticleFactory.removePrefix(verticleName)).toAbsolutePath().normalize();
    if (missing != null) {
      promise.fail(
          new ClassNotFoundException(
              verticleName
                  + " needs GraalJS, and "
                  + missing
                  + " is not on the class path: add org.graalvm.polyglot:polyglot and"
                  + " org.graalvm.polyglot:js-community (type pom)"));
    } else if (!Files.isRegularFile(file)) {
      promise.fail(new IllegalArgumentException(verticleName + ": there is no file " + file));
    } else {
      SharedEngine shared = engine();
      long busyLimit = options.getBusyLimit();
      promise.complete(() -> new JsVerticle(shared, file, busyLimit));
    }
  }

  /** Called once, when Vert.x closes. */
  @Override
  public synchronized void close() {
    if (engine != null) {
      engine.close();
      engine = null;
    }
  }

  private synchronized SharedEngine engine() {
    SharedEngine shared = engine;
    if (shared == null) {
      shared = new SharedEngine();
      engine = shared;
    }
    return shared;
  }

  private static @Nullable String missing(ClassLoader classLoader) {
    for (String name : new String[] {ENGINE, LANGUAGE}) {
      try {
        Class.forName(name, false, classLoader);
      } catch (ClassNotFoundException | LinkageError e) {
        return name;
      }
    }
    return null;
  }
}
