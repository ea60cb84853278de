package io.eric.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the methods that a path has, for the answer to a request with another one (RFC 9110,
 * 15.5.6).
 */
final class AllowedMethods {

  private AllowedMethods() {}

  /**
   * Returns the names of the methods of all routes that lead to a path, in alphabetical order;
   * empty if there is no such path.
   *
   * @param path a normalized path, relative to the router
   */
  static Set<String> at(Router router, String path) {
    Set<String> allowed = new TreeSet<>();
    for (Route route : router.getRoutes()) {
      Set<HttpMethod> methods = route.methods();
      if (methods != null && route.getPath() != null && leadsTo(route.getPath(), path)) {
        methods.forEach(method -> allowed.add(method.name()));
      }
    }
    return allowed;
  }

  private static boolean leadsTo(String route, String path) {
    String[] steps = route.split("/", -1);
    String[] taken = path.split("/", -1);
    if (steps.length != taken.length) {
      return false;
    }
    for (int i = 0; i < steps.length; i++) {
      boolean any = steps[i].startsWith(":") && !taken[i].isEmpty();
      if (!any && !steps[i].equals(taken[i])) {
        return false;
      }
    }
    return true;
  }
}
