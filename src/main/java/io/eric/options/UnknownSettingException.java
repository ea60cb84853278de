package io.eric.options;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** A setting that there is not; says which ones there are in its place. */
public final class UnknownSettingException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final ArrayList<String> path;
  private final ArrayList<String> allowed;

  /**
   * @param path of keys, from where was read down to the unknown one
   * @param allowed the keys that there are beside the unknown one
   */
  public UnknownSettingException(List<String> path, Collection<String> allowed) {
    super(message(path, allowed));
    this.path = new ArrayList<>(path);
    this.allowed = new ArrayList<>(allowed);
  }

  /** The same, seen from further up. */
  UnknownSettingException under(String key) {
    List<String> longer = new ArrayList<>(List.of(key));
    longer.addAll(path);
    return new UnknownSettingException(longer, allowed);
  }

  /** The same, with keys that stand on the first level and were read by somebody else. */
  public UnknownSettingException butAlso(List<String> others) {
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
