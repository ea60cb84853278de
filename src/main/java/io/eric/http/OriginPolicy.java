package io.eric.http;

import io.eric.internal.HostNames;
import io.eric.internal.Origins;
import io.netty.util.NetUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides from a request's head whether its sender may use the hub at all. Every client that
 * reaches the port can publish, and a browser on this machine reaches it for any page on the web.
 * Pages of other origins are therefore refused before anything happens (CWE-352, CWE-1385).
 * Requests for other host names are refused too, because an attacker can point a name of their own
 * at this address and so have a page count as the hub's own (CWE-350, DNS rebinding). Programs send
 * neither {@code Origin} nor {@code Sec-Fetch-Site} and pass.
 *
 * <p>Not thread-safe: only one event loop may use a policy.
 */
final class OriginPolicy {

  private static final CharSequence SEC_FETCH_SITE = HttpHeaders.createOptimized("sec-fetch-site");
  private static final CharSequence SEC_FETCH_MODE = HttpHeaders.createOptimized("sec-fetch-mode");
  private static final CharSequence SEC_FETCH_DEST = HttpHeaders.createOptimized("sec-fetch-dest");

  /** The path of the dashboard, which pages of all origins may link to. */
  private static final String PAGE = "/";

  private static final String LOCALHOST = "localhost";

  private final Origins origins;
  private final @Nullable Set<String> hosts;

  /** The last authority that passed. The next request nearly always has the same one. */
  private @Nullable String familiar;

  /**
   * Creates a policy.
   *
   * @param hosts names by which the hub is known besides {@code localhost}, in lower case; null if
   *     every name is accepted
   */
  OriginPolicy(Origins origins, @Nullable List<String> hosts) {
    this.origins = origins;
    this.hosts = hosts == null ? null : new HashSet<>(hosts);
  }

  /**
   * Checks the head of a request.
   *
   * @param authority the {@code :authority} of HTTP/2, or the authority that HTTP/1.1 has in front
   *     of the path; null if there is none
   * @return why the request is refused; null if it may go on
   */
  @Nullable Refusal refusal(
      HttpVersion version,
      HttpMethod method,
      @Nullable String path,
      @Nullable String authority,
      MultiMap headers) {
    String host = headers.get(HttpHeaders.HOST);
    if (host != null && headers.getAll(HttpHeaders.HOST).size() > 1) {
      return Refusal.of(400, "there is more than one header Host");
    }
    if (host == null && authority == null) {
      if (version != HttpVersion.HTTP_1_0) {
        return Refusal.of(400, "the header Host is missing");
      }
    } else {
      String foreign = authority != null && !isOurs(authority) ? authority : null;
      foreign = host != null && !isOurs(host) ? host : foreign;
      if (foreign != null) {
        return Refusal.of(
            421, "this hub is not known as " + cut(foreign) + "; its names are in http.hosts");
      }
    }
    return ofPage(method, path, authority == null ? host : authority, headers);
  }

  private @Nullable Refusal ofPage(
      HttpMethod method, @Nullable String path, @Nullable String host, MultiMap headers) {
    String origin = headers.get(HttpHeaders.ORIGIN);
    if (origin != null) {
      boolean one = headers.getAll(HttpHeaders.ORIGIN).size() == 1;
      return one && (Origins.isOwn(origin, host) || origins.allow(origin))
          ? null
          : Refusal.forbidden(
              "pages of " + cut(origin) + " may not use this hub; http.cors.origins has who may");
    }
    String site = headers.get(SEC_FETCH_SITE);
    if (site == null
        || site.equals("same-origin")
        || site.equals("none") // the URL was typed or bookmarked
        || origins.allowAny()
        || isVisit(method, path, headers)) {
      return null;
    }
    return Refusal.forbidden("pages of other origins may not use this hub without saying theirs");
  }

  /** Returns whether a link to the dashboard is followed. */
  private static boolean isVisit(HttpMethod method, @Nullable String path, MultiMap headers) {
    return PAGE.equals(path)
        && (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD))
        && "navigate".equals(headers.get(SEC_FETCH_MODE));
  }

  /**
   * Checks the head of a request for a stream. Opening a stream takes it over from its reader and
   * moves the listener on, so it is for scripts only, not for images, frames or the address bar.
   *
   * @return why the request is refused; null if it may go on
   */
  static @Nullable Refusal streamRefusal(MultiMap headers) {
    String destination = headers.get(SEC_FETCH_DEST);
    return destination == null || destination.isEmpty() || destination.equals("empty")
        ? null
        : Refusal.forbidden(
            "a stream is read with EventSource or fetch, and not as " + cut(destination));
  }

  private boolean isOurs(String authority) {
    if (hosts == null || authority.equals(familiar)) {
      return true;
    }
    boolean ours = isOurName(hosts, nameOf(authority));
    if (ours) {
      familiar = authority;
    }
    return ours;
  }

  /**
   * Returns whether a name is one of the hub's. Addresses always are, because rebinding needs a
   * name that the attacker controls.
   */
  private static boolean isOurName(Set<String> hosts, @Nullable String name) {
    return name != null
        && (name.equals(LOCALHOST)
            || (name.endsWith('.' + LOCALHOST) && HostNames.isName(name))
            || NetUtil.isValidIpV4Address(name)
            || NetUtil.isValidIpV6Address(name)
            || hosts.contains(name));
  }

  /** Returns the host of an authority without its port, in lower case; null if it is malformed. */
  private static @Nullable String nameOf(String authority) {
    int colon = authority.lastIndexOf(':');
    int end = colon > authority.lastIndexOf(']') ? colon : authority.length();
    for (int i = end + 1; i < authority.length(); i++) {
      if (authority.charAt(i) < '0' || authority.charAt(i) > '9') {
        return null;
      }
    }
    String name = authority.substring(0, end).toLowerCase(Locale.ROOT);
    boolean bracketed = name.startsWith("[") && name.endsWith("]");
    if (bracketed != name.indexOf(':') >= 0) {
      return null;
    }
    return bracketed ? name.substring(1, name.length() - 1) : HostNames.withoutRoot(name);
  }

  private static String cut(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100);
  }
}
