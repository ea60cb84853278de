package io.eric.internal;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Origins of web pages, as the header {@code Origin} has them: which are a request's own, and which
 * others the settings allow.
 */
public final class Origins {

  /** Every origin. */
  static final String ANY = "*";

  /**
   * As browsers serialise one: a scheme, a host in lower case, a port that is not the usual one.
   */
  private static final Pattern SERIALISED =
      Pattern.compile("[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[1-9]\\d{0,4})?");

  /** Web views say this of pages out of the device's files. */
  private static final String FILES = "file://";

  private static final String HTTP = "http://";
  private static final String HTTPS = "https://";

  private final Set<String> allowed;
  private final boolean any;

  public Origins(Collection<String> allowed) {
    this.allowed = Set.copyOf(allowed);
    this.any = allowed.contains(ANY);
  }

  /**
   * Checks what a setting allows.
   *
   * @return the origins as browsers write them
   * @throws IllegalArgumentException saying which one is none, and what is one
   */
  public static List<String> checked(List<String> origins) {
    if (origins.size() > 1 && origins.contains(ANY)) {
      throw new IllegalArgumentException("origins: * stands alone");
    }
    return origins.stream().map(Origins::checked).toList();
  }

  private static String checked(String origin) {
    String lower = origin.toLowerCase(Locale.ROOT);
    if (lower.equals("null")) {
      // Every page can put itself into a frame whose origin is null, so it would be the same as *.
      throw new IllegalArgumentException("origins: null is any page's; use * if that is meant");
    }
    if (!lower.equals(ANY) && !lower.equals(FILES) && !SERIALISED.matcher(lower).matches()) {
      throw new IllegalArgumentException(
          "origins: \""
              + origin
              + "\" is no origin: scheme://host or scheme://host:port, like"
              + " https://example.org:8443 or capacitor://localhost, and nothing after it");
    }
    return withoutUsualPort(lower);
  }

  /** Whether the settings let pages of this origin in. */
  public boolean allow(String origin) {
    return any || allowed.contains(origin);
  }

  /** Whether they let everybody in. */
  public boolean allowAny() {
    return any;
  }

  /** Whether they let anybody in. */
  public boolean allowNone() {
    return allowed.isEmpty();
  }

  /**
   * Whether a page has come from where it now sends its request to. A proxy may have taken the TLS
   * off, so both schemes of the web are; {@code x://host} is not, for anybody may name a host so.
   */
  public static boolean isOwn(String origin, @Nullable String host) {
    if (host == null) {
      return false;
    }
    String scheme = origin.startsWith(HTTP) ? HTTP : origin.startsWith(HTTPS) ? HTTPS : null;
    if (scheme == null) {
      return false;
    }
    int rest = origin.length() - scheme.length();
    if (rest == host.length() && origin.regionMatches(true, scheme.length(), host, 0, rest)) {
      return true;
    }
    // Some proxies name the usual port, which browsers leave out.
    return origin.equalsIgnoreCase(withoutUsualPort(scheme + host));
  }

  private static String withoutUsualPort(String origin) {
    if (origin.startsWith(HTTP) && origin.endsWith(":80")) {
      return origin.substring(0, origin.length() - 3);
    } else if (origin.startsWith(HTTPS) && origin.endsWith(":443")) {
      return origin.substring(0, origin.length() - 4);
    }
    return origin;
  }
}
