package io.eric.options;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Reports a setting that does not exist, and which ones exist in its place. What it reports does
 * not change, so it is safe for any thread.
 */
public final class UnknownSettingException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final ArrayList<String> path;
  private final ArrayList<String> allowed;

  /**
   * Creates the report.
   *
   * @param path the keys from the object that was read down to the unknown one
   * @param allowed the keys that exist where the unknown one stands
   */
  public UnknownSettingException(List<String> path, Collection<String> allowed) {
    super(message(path, allowed));
    this.path = new ArrayList<>(path);
    this.allowed = new ArrayList<>(allowed);
  }

  /** Returns the same report with a longer path, seen from the object that has this key. */
  UnknownSettingException under(String key) {
    List<String> longer = new ArrayList<>(List.of(key));
    longer.addAll(path);
    return new UnknownSettingException(longer, allowed);
  }

  /**
   * Returns the same report with further keys that exist on the first level and are read elsewhere.
   */
  UnknownSettingException butAlso(List<String> others) {
    if (path.size() > 1) {
      return this;
    }
    TreeSet<String> all = new TreeSet<>(allowed);
    all.addAll(others);
    return new UnknownSettingException(path, all);
  }

  private static String message(List<String> path, Collection<String> allowed) {
    String key = path.get(path.size() - 1);
    int dot = key.indexOf('.');
    String nested =
        dot < 0 || !allowed.contains(key.substring(0, dot))
            ? ""
            : "; in JSON it is {\"" + key.replace(".", "\": {\"") + "\": ...}" + closing(key);
    return "unknown setting \""
        + String.join(".", path)
        + "\"; allowed here: "
        + String.join(", ", allowed)
        + nested;
  }

  private static String closing(String key) {
    return "}".repeat((int) key.chars().filter(each -> each == '.').count());
  }
}
