package io.eric.js;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds modules as Node does: in {@code node_modules} of the importer's directory and of those
 * above it, by {@code exports}, {@code imports} and {@code main} of {@code package.json}. It also
 * finds them as bundlers for browsers do, because there is no more of Node here than in a browser:
 * by {@code browser}, {@code module}, and names without extension. It looks no further up than the
 * root. A file that it finds may still be a link that leads out of the root, so the caller has to
 * check that.
 */
final class NodePackages {

  /** Stands for an empty module, in place of one that a package does not need outside of Node. */
  static final Path NOTHING = Path.of("/eric/nothing.js");

  private static final Path PACKAGE_JSON = Path.of("package.json");
  private static final Path MODULES = Path.of("node_modules");
  private static final String HERE = "./";

  private final Path root;
  private final Conditions forImport;
  private final Conditions forRequire;
  private final Map<Path, JsonObject> descriptions = new HashMap<>();

  NodePackages(Path root) {
    this.root = root;
    this.forImport = new Conditions(List.of("import", "module", "worker", "browser", "default"));
    this.forRequire = new Conditions(List.of("require", "worker", "browser", "default"));
  }

  /** Returns whether a Node project starts at this directory. */
  static boolean isProject(Path directory) {
    return Files.isRegularFile(directory.resolve(PACKAGE_JSON))
        || Files.isDirectory(directory.resolve(MODULES));
  }

  /**
   * Returns the file that an import means.
   *
   * @param path the import's name as a path beside the importer
   * @param importer the importing file, if it is known
   * @return null if the import means nothing
   */
  @Nullable Path imported(Path path, @Nullable Path importer) throws IOException {
    if (importer != null && isRelative(path, importer)) {
      return replaced(asFile(path));
    }
    // If the importer is unknown, so is its directory, and the longest directory that exists is
    // tried first.
    for (Path from = importer == null ? path.getParent() : importer.getParent();
        from != null && from.startsWith(root) && path.startsWith(from);
        from = from.getParent()) {
      Path found =
          Files.isDirectory(from) ? named(from, from.relativize(path).toString(), forImport) : null;
      if (found != null) {
        return found;
      }
    }
    return replaced(asFile(path));
  }

  /**
   * Returns whether an import was relative. GraalJS has removed the dots that tell this, but they
   * stand in the importer's text.
   */
  private static boolean isRelative(Path path, Path importer) throws IOException {
    Path directory = importer.getParent();
    if (directory == null || !path.startsWith(directory)) {
      return true;
    }
    String specifier = HERE + directory.relativize(path);
    String text = new String(Files.readAllBytes(importer), StandardCharsets.UTF_8);
    return text.contains('"' + specifier + '"') || text.contains('\'' + specifier + '\'');
  }

  /**
   * Returns the file that {@code require} of a specifier means in a file; null if it means nothing.
   */
  @Nullable Path required(Path importer, String specifier) throws IOException {
    if (specifier.startsWith("/") || specifier.matches("\\.{1,2}(?:/.*)?")) {
      return replaced(asFile(importer.resolveSibling(specifier).normalize()));
    }
    Path from = importer.getParent();
    return from == null ? null : named(from, specifier, forRequire);
  }

  /** Returns whether a file is part of a package in {@code node_modules}. */
  boolean isPackaged(Path file) {
    for (Path part : file.startsWith(root) ? root.relativize(file) : file) {
      if (part.equals(MODULES)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether the package of a file declares that it consists of ES modules. */
  boolean isOfModules(Path file) throws IOException {
    Path directory = packageOf(file);
    return directory != null && "module".equals(description(directory).getValue("type"));
  }

  /** Returns the nearest directory upwards that has a {@code package.json}. */
  private @Nullable Path packageOf(Path file) {
    for (Path up = file.getParent();
        up != null && up.startsWith(root) && !MODULES.equals(up.getFileName());
        up = up.getParent()) {
      if (Files.isRegularFile(up.resolve(PACKAGE_JSON))) {
        return up;
      }
    }
    return null;
  }

  /** Returns the file that a specifier without dots means to a file of this directory. */
  private @Nullable Path named(Path from, String specifier, Conditions conditions)
      throws IOException {
    Path own = packageOf(from.resolve(PACKAGE_JSON));
    if (own != null && specifier.startsWith("#")) {
      JsonObject table = table(description(own), "imports");
      Object target = table == null ? null : conditions.find(table, specifier);
      if (target instanceof String to && !to.startsWith(HERE)) {
        return named(own, to, conditions);
      }
      return target instanceof String to ? replaced(own.resolve(to).normalize()) : null;
    }
    JsonObject browser = own == null ? null : table(description(own), "browser");
    if (own != null && browser != null && browser.containsKey(specifier)) {
      return replacement(own, browser.getValue(specifier));
    }
    return replaced(inPackages(from, Path.of(specifier), conditions));
  }

  /** Returns the file by which a package replaces one of its files outside of Node. */
  private @Nullable Path replaced(@Nullable Path file) throws IOException {
    Path own = file == null || file.equals(NOTHING) ? null : packageOf(file);
    JsonObject browser = own == null ? null : table(description(own), "browser");
    if (file == null || own == null || browser == null) {
      return file;
    }
    String name = own.relativize(file).toString();
    for (String key : List.of(HERE + name, HERE + name.replaceFirst("\\.js$", ""), name)) {
      if (browser.containsKey(key)) {
        return replacement(own, browser.getValue(key));
      }
    }
    return file;
  }

  private @Nullable Path replacement(Path directory, @Nullable Object browser) throws IOException {
    if (browser instanceof String to) {
      return to.startsWith(".")
          ? asFile(directory.resolve(to).normalize())
          : inPackages(directory, Path.of(to), forRequire);
    }
    return NOTHING; // the package maps the name to false
  }

  private @Nullable Path inPackages(@Nullable Path from, Path specifier, Conditions conditions)
      throws IOException {
    int names = specifier.toString().startsWith("@") ? 2 : 1;
    int all = specifier.getNameCount();
    if (all < names || specifier.toString().isEmpty()) {
      return null;
    }
    for (Path up = from; up != null && up.startsWith(root); up = up.getParent()) {
      if (MODULES.equals(up.getFileName())) {
        continue;
      }
      Path directory = up.resolve(MODULES).resolve(specifier.subpath(0, names));
      if (Files.isDirectory(directory)) {
        Path rest = all == names ? null : specifier.subpath(names, all);
        return inPackage(directory, rest, conditions);
      }
    }
    return null;
  }

  private @Nullable Path inPackage(Path directory, @Nullable Path subpath, Conditions conditions)
      throws IOException {
    JsonObject description = description(directory);
    Object exports = description.getValue("exports");
    if (exports != null) {
      String target = exported(exports, subpath == null ? "." : HERE + subpath, conditions);
      return target == null ? null : directory.resolve(target).normalize();
    }
    return subpath == null ? entry(directory) : asFile(directory.resolve(subpath));
  }

  /** Returns the entry file of a package without {@code exports}. */
  private @Nullable Path entry(Path directory) throws IOException {
    JsonObject description = description(directory);
    for (String key : List.of("browser", "main", "module")) {
      if (description.getValue(key) instanceof String main) {
        Path file = directory.resolve(main).normalize();
        Path entry = file.equals(directory) ? null : asFile(file);
        if (entry != null) {
          return entry;
        }
      }
    }
    Path index = directory.resolve("index.js");
    return Files.isRegularFile(index) ? index : null;
  }

  /** Returns the file at a path, whose extension may be missing, or a directory's entry file. */
  private @Nullable Path asFile(Path path) throws IOException {
    for (String extension : List.of("", ".js", ".cjs", ".mjs", ".json")) {
      Path file = path.resolveSibling(path.getFileName() + extension);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return Files.isDirectory(path) ? entry(path) : null;
  }

  private JsonObject description(Path directory) throws IOException {
    JsonObject known = descriptions.get(directory);
    if (known == null) {
      known = read(directory.resolve(PACKAGE_JSON));
      descriptions.put(directory, known);
    }
    return known;
  }

  private static JsonObject read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return new JsonObject();
    }
    try {
      return new JsonObject(Files.readString(file));
    } catch (DecodeException e) {
      throw new IOException(file + " is not JSON", e);
    }
  }

  private static @Nullable JsonObject table(JsonObject description, String key) {
    return description.getValue(key) instanceof JsonObject table ? table : null;
  }

  /** Returns the target in {@code exports} for a subpath like {@code .} or {@code ./util}. */
  private static @Nullable String exported(Object exports, String subpath, Conditions conditions) {
    boolean isTable =
        exports instanceof JsonObject all
            && all.fieldNames().stream().anyMatch(key -> key.startsWith("."));
    JsonObject table = isTable ? (JsonObject) exports : new JsonObject().put(".", exports);
    return conditions.find(table, subpath);
  }

  /** The conditions that hold here; a package may have other files under other conditions. */
  private record Conditions(List<String> holding) {

    /**
     * Returns the target for a name. If no key equals the name, the most precise pattern that
     * matches decides.
     */
    private @Nullable String find(JsonObject table, String name) {
      if (table.containsKey(name)) {
        return target(table.getValue(name), "");
      }
      String best = null;
      for (String key : table.fieldNames()) {
        if (matches(key, name) && (best == null || key.indexOf('*') > best.indexOf('*'))) {
          best = key;
        }
      }
      if (best == null) {
        return null;
      }
      int after = best.length() - best.indexOf('*') - 1;
      return target(table.getValue(best), name.substring(best.indexOf('*'), name.length() - after));
    }

    private static boolean matches(String key, String name) {
      int star = key.indexOf('*');
      return star >= 0
          && name.length() >= key.length()
          && name.startsWith(key.substring(0, star))
          && name.endsWith(key.substring(star + 1));
    }

    private @Nullable String target(@Nullable Object exported, String star) {
      if (exported instanceof String target) {
        return target.replace("*", star);
      }
      if (exported instanceof JsonObject choices) {
        for (String condition : choices.fieldNames()) { // the order of the choices decides
          String target =
              holding.contains(condition) ? target(choices.getValue(condition), star) : null;
          if (target != null) {
            return target;
          }
        }
      }
      if (exported instanceof JsonArray alternatives) {
        for (Object alternative : alternatives) {
          String target = target(alternative, star);
          if (target != null) {
            return target;
          }
        }
      }
      return null;
    }
  }
}
