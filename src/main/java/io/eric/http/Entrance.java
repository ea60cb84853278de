package io.eric.http;

import io.eric.internal.Origins;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks the head of every request before a route sees it, and answers requests that may not go on.
 * On one event loop only.
 */
final class Entrance {

  private final OriginPolicy origins;
  private final CrossOrigin crossOrigin;
  private final Meters meters;

  private Entrance(HttpOptions options, @Nullable List<String> hosts, Meters meters) {
    this.origins = new OriginPolicy(new Origins(options.getCors().getOrigins()), hosts);
    this.crossOrigin = new CrossOrigin(options.getCors());
    this.meters = meters;
  }

  /**
   * Creates the entrance of the library's own server, which accepts the names of the settings and
   * its bind host.
   */
  static Entrance ofServer(HttpOptions options, Meters meters) {
    List<String> hosts = new ArrayList<>(options.getHosts());
    hosts.add(options.getHost().toLowerCase(Locale.ROOT));
    return new Entrance(options, hosts, meters);
  }

  /**
   * Creates the entrance of a mounted door, which accepts every host name: names are the matter of
   * the application's server.
   */
  static Entrance ofMount(HttpOptions options, Meters meters) {
    return new Entrance(options, null, meters);
  }

  /**
   * Checks a request, and answers it if it may not go on or is a preflight request.
   *
   * @return whether the request goes on
   */
  boolean admits(HttpServerRequest request) {
    HttpMethod method = request.method();
    String authority = authority(request);
    Refusal stranger =
        origins.refusal(request.version(), method, request.path(), authority, request.headers());
    if (stranger != null) {
      if (stranger.status() != 400) {
        meters.count(
            stranger.status() == 421 ? CounterName.FOREIGN_HOSTS : CounterName.FOREIGN_ORIGINS);
      }
      refuse(request, stranger);
      return false;
    }
    crossOrigin.permit(
        request, authority == null ? request.headers().get(HttpHeaders.HOST) : authority);
    Refusal unreadable = BodyPolicy.refusal(request.version(), method, request.headers());
    if (unreadable != null) {
      refuse(request, unreadable);
      return false;
    }
    return !crossOrigin.answer(request);
  }

  /**
   * Adds the check that streams are opened by scripts only. It is done by the router, which
   * recognises the paths in every spelling.
   */
  static void guardStreams(Router router) {
    for (String path : new String[] {"/stream/*", "/watch/*"}) {
      router.route(path).handler(Entrance::admitToStream);
    }
  }

  private static void admitToStream(RoutingContext ctx) {
    Refusal refusal = OriginPolicy.streamRefusal(ctx.request().headers());
    if (refusal == null) {
      ctx.next();
    } else {
      Problem.send(ctx.response(), refusal);
    }
  }

  /**
   * Returns the authority of the request line, which HTTP/2 always has and HTTP/1.1 has towards a
   * proxy (RFC 9112, 3.2); null if there is none.
   */
  private static @Nullable String authority(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      HostAndPort authority = request.authority();
      return authority == null ? null : authority.toString();
    }
    String target = request.uri();
    if (target.startsWith("/")) {
      return null;
    }
    int start = target.indexOf("://");
    if (start < 0) {
      return null; // the asterisk form, as in OPTIONS *
    }
    int end = start + 3;
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return target.substring(start + 3, end);
  }

  /**
   * Refuses a request. On HTTP/1.x the connection is closed if the client has sent {@code Expect},
   * because it may send its body, a part of it or nothing after the refusal.
   */
  private static void refuse(HttpServerRequest request, Refusal refusal) {
    HttpServerResponse response = request.response();
    boolean last =
        request.version() != HttpVersion.HTTP_2 && request.headers().contains(HttpHeaders.EXPECT);
    if (last) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    Problem.send(response, refusal);
    if (last) {
      request.connection().close(); // Vert.x closes it when the answer is written
    }
  }
}
