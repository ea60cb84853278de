package io.eric.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;

/** Creates routes that answer GET, and HEAD in the same way without the body (RFC 9110, 9.3.2). */
final class GetRoutes {

  private GetRoutes() {}

  static Route route(Router router, String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }
}
