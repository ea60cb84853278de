package io.eric.internal;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges origins of web pages, as the header {@code Origin} carries them: which are a request's
 * own, and which others the settings allow. Immutable, so safe for any thread.
 */
public final class Origins {

  /** Every origin. */
  static final String ANY = "*";

  /**
   * The form in which browsers serialise an origin: a scheme, a host in lower case, and a port
   * unless it is the usual one.
   */
  private static final Pattern SERIALISED =
      Pattern.compile("[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[1-9]\\d{0,4})?");

  /** Web views send this origin for pages that come from the device's files. */
  private static final String FILES = "file://";

  private static final String HTTP = "http://";
  private static final String HTTPS = "https://";

  private final Set<String> allowed;
  private final boolean any;

  /** Allows these origins, which {@link #checked} has returned. */
  public Origins(Collection<String> allowed) {
    this.allowed = Set.copyOf(allowed);
    this.any = allowed.contains(ANY);
  }

  /**
   * Checks the origins that a setting allows.
   *
   * @return the origins as browsers write them
   * @throws IllegalArgumentException naming the entry that is not an origin, and what is one
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
      // Every page can put itself into a frame whose origin is null, so allowing null would be the
      // same as *.
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

  /** Returns whether the settings allow pages of this origin. */
  public boolean allow(String origin) {
    return any || allowed.contains(origin);
  }

  /** Returns whether the settings allow every origin. */
  public boolean allowAny() {
    return any;
  }

  /** Returns whether the settings allow no origin. */
  public boolean allowNone() {
    return allowed.isEmpty();
  }

  /**
   * Returns whether a page sends its request to the host that it came from. A proxy may have
   * terminated TLS, so http and https both count as the host's own. {@code x://host} does not,
   * because any application can call its own pages that.
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
