package io.eric.js;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds modules as Node does: {@code node_modules} of the importer's directory and those above it,
 * {@code exports} and {@code main} of {@code package.json}. Looks no further up than the root. What
 * it finds may still be a link that leads out: its caller checks.
 */
final class NodePackages {

  private static final Path PACKAGE_JSON = Path.of("package.json");
  private static final Path MODULES = Path.of("node_modules");

  /** The conditions of {@code exports} that hold here: there is neither Node's core nor a page. */
  private static final List<String> FOR_IMPORT = List.of("import", "module", "default");

  private static final List<String> FOR_REQUIRE = List.of("require", "default");

  private final Path root;

  NodePackages(Path root) {
    this.root = root;
  }

  /** Whether a project of Node's starts at this directory. */
  static boolean isProject(Path directory) {
    return Files.isRegularFile(directory.resolve(PACKAGE_JSON))
        || Files.isDirectory(directory.resolve(MODULES));
  }

  /**
   * What an import means, given as a path beside the importer.
   *
   * @return the file itself if there is one; else what the end of the path stands for as the name
   *     of a package or something in it; null if nothing
   */
  @Nullable Path imported(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return path;
    }
    // Which part is the importer's directory is not told: the longest one that exists comes first.
    for (Path from = path.getParent();
        from != null && from.startsWith(root);
        from = from.getParent()) {
      Path found =
          Files.isDirectory(from) ? inPackages(from, from.relativize(path), FOR_IMPORT) : null;
      if (found != null) {
        return found;
      }
    }
    return Files.exists(path) ? path : null;
  }

  /** What {@code require} of a specifier means in a file; null if nothing. */
  @Nullable Path required(Path importer, String specifier) throws IOException {
    if (specifier.startsWith(".") || specifier.startsWith("/")) {
      return asFile(importer.resolveSibling(specifier).normalize());
    }
    return inPackages(importer.getParent(), Path.of(specifier), FOR_REQUIRE);
  }

  /** Whether a file is in CommonJS form: outside of packages, only if its name says so. */
  boolean isCommonJs(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (!name.endsWith(".js") || !file.startsWith(root)) {
      return name.endsWith(".cjs");
    }
    boolean packaged = false;
    for (Path part : root.relativize(file)) {
      packaged |= part.equals(MODULES);
    }
    if (!packaged) {
      return false;
    }
    for (Path up = file.getParent();
        up != null && !MODULES.equals(up.getFileName());
        up = up.getParent()) {
      if (Files.isRegularFile(up.resolve(PACKAGE_JSON))) {
        return !"module".equals(description(up).getValue("type"));
      }
    }
    return true;
  }

  private @Nullable Path inPackages(@Nullable Path from, Path specifier, List<String> conditions)
      throws IOException {
    for (Path up = from; up != null && up.startsWith(root); up = up.getParent()) {
      if (MODULES.equals(up.getFileName())) {
        continue;
      }
      int names = specifier.toString().startsWith("@") ? 2 : 1;
      if (specifier.getNameCount() < names) {
        return null;
      }
      Path directory = up.resolve(MODULES).resolve(specifier.subpath(0, names));
      if (Files.isDirectory(directory)) {
        int all = specifier.getNameCount();
        Path rest = all == names ? null : specifier.subpath(names, all);
        return inPackage(directory, rest, conditions);
      }
    }
    return null;
  }

  private @Nullable Path inPackage(Path directory, @Nullable Path subpath, List<String> conditions)
      throws IOException {
    JsonObject description = description(directory);
    Object exports = description.getValue("exports");
    if (exports != null) {
      String target = exported(exports, subpath == null ? "." : "./" + subpath, conditions);
      return target == null ? null : directory.resolve(target).normalize();
    }
    if (subpath != null) {
      return asFile(directory.resolve(subpath));
    }
    return description.getValue("main") instanceof String main
        ? asFile(directory.resolve(main).normalize())
        : asFile(directory);
  }

  /** A file, perhaps without its extension, or a directory's entry. */
  private static @Nullable Path asFile(Path path) throws IOException {
    for (String extension : List.of("", ".js", ".cjs", ".mjs", ".json")) {
      Path file = path.resolveSibling(path.getFileName() + extension);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    if (!Files.isDirectory(path)) {
      return null;
    }
    if (description(path).getValue("main") instanceof String main) {
      Path entry = path.resolve(main).normalize();
      if (!entry.equals(path)) {
        return asFile(entry);
      }
    }
    Path index = path.resolve("index.js");
    return Files.isRegularFile(index) ? index : null;
  }

  private static JsonObject description(Path directory) throws IOException {
    Path file = directory.resolve(PACKAGE_JSON);
    if (!Files.isRegularFile(file)) {
      return new JsonObject();
    }
    try {
      return new JsonObject(Files.readString(file));
    } catch (DecodeException e) {
      throw new IOException(file + " is not JSON", e);
    }
  }

  /** What {@code exports} has for a subpath like {@code .} or {@code ./util}. */
  private static @Nullable String exported(
      Object exports, String subpath, List<String> conditions) {
    if (!(exports instanceof JsonObject table)
        || table.fieldNames().stream().noneMatch(key -> key.startsWith("."))) {
      return subpath.equals(".") ? target(exports, "", conditions) : null;
    }
    if (table.containsKey(subpath)) {
      return target(table.getValue(subpath), "", conditions);
    }
    for (String key : table.fieldNames()) {
      int star = key.indexOf('*');
      if (star >= 0) {
        String before = key.substring(0, star);
        String after = key.substring(star + 1);
        if (subpath.length() > before.length() + after.length()
            && subpath.startsWith(before)
            && subpath.endsWith(after)) {
          String middle = subpath.substring(before.length(), subpath.length() - after.length());
          return target(table.getValue(key), middle, conditions);
        }
      }
    }
    return null;
  }

  private static @Nullable String target(
      @Nullable Object exported, String star, List<String> conditions) {
    if (exported instanceof String target) {
      return target.replace("*", star);
    }
    if (exported instanceof JsonObject choices) {
      for (String condition : choices.fieldNames()) { // their order decides
        String target =
            conditions.contains(condition)
                ? target(choices.getValue(condition), star, conditions)
                : null;
        if (target != null) {
          return target;
        }
      }
    }
    if (exported instanceof JsonArray alternatives) {
      for (Object alternative : alternatives) {
        String target = target(alternative, star, conditions);
        if (target != null) {
          return target;
        }
      }
    }
    return null;
  }
}
