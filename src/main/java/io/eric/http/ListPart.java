package io.eric.http;

import io.vertx.core.Future;

/**
 * A piece of the JSON text of a list.
 *
 * @param text what stands between the piece before and the one after
 * @param isLast whether none comes after
 */
record ListPart(String text, boolean isLast) {

  /** Gives a list piece by piece. */
  @FunctionalInterface
  interface Source {
    /** The next piece; to be asked for when the one before is there. */
    Future<ListPart> next();
  }
}
