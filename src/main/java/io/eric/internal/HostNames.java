package io.eric.internal;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Checks host names against the rules of the domain name system. */
public final class HostNames {

  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

  private HostNames() {}

  /**
   * Checks the host names that a setting lists.
   *
   * @return the names in lower case
   * @throws IllegalArgumentException naming the entry that is not a host name, and what is one
   */
  public static List<String> checked(String setting, List<String> names) {
    return names.stream().map(name -> checked(setting, name)).toList();
  }

  private static String checked(String setting, String name) {
    String lower = withoutRoot(name.toLowerCase(Locale.ROOT));
    if (!isName(lower)) {
      throw new IllegalArgumentException(
          setting
              + ": \""
              + name
              + "\" is no host name: like hub.example.org, without scheme and port (addresses and"
              + " localhost need not be listed)");
    }
    return lower;
  }

  /** Returns whether {@code name}, which must be in lower case, is a host name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Removes the dot that a fully qualified name may end with. */
  public static String withoutRoot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
