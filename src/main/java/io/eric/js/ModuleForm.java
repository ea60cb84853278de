package io.eric.js;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/**
 * Tells ES modules from CommonJS. As in Node, the file's name and {@code package.json} decide.
 * Where they do not, the text of the file does, because packages for bundlers have both forms under
 * {@code .js}.
 */
final class ModuleForm {

  /** The words without which a file need not be a module. */
  private static final Pattern OF_MODULES = Pattern.compile("\\b(?:import|export|await)\\b");

  private static final Pattern OF_COMMON_JS = Pattern.compile("\\b(?:require|exports|module)\\b");

  private final NodePackages packages;
  private final BiPredicate<Path, String> isFunctionBody;
  private final Map<Path, Boolean> known = new HashMap<>();

  /**
   * Creates a test for the files of a script.
   *
   * @param isFunctionBody whether a file with this text can be parsed as CommonJS, which modules
   *     cannot; it is rarely called
   */
  ModuleForm(NodePackages packages, BiPredicate<Path, String> isFunctionBody) {
    this.packages = packages;
    this.isFunctionBody = isFunctionBody;
  }

  /** Returns whether a file is in CommonJS form. */
  boolean isCommonJs(Path file) throws IOException {
    Boolean before = known.get(file);
    if (before == null) {
      before = find(file);
      known.put(file, before);
    }
    return before;
  }

  private boolean find(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (!name.endsWith(".js") || packages.isOfModules(file)) {
      return name.endsWith(".cjs");
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    // A verticle's own file that uses the words of neither form is a module, as all files were at
    // first.
    return (packages.isPackaged(file) || OF_COMMON_JS.matcher(text).find())
        && (!OF_MODULES.matcher(text).find() || isFunctionBody.test(file, text));
  }
}
