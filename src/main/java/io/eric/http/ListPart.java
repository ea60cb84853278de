package io.eric.http;

import io.vertx.core.Future;

/**
 * A piece of the JSON text of a list.
 *
 * @param text the text between the piece before and the piece after
 * @param isLast whether this is the last piece
 */
record ListPart(String text, boolean isLast) {

  /** Gives the pieces of a list. */
  @FunctionalInterface
  interface Source {
    /** Returns the next piece. To be called when the piece before is complete. */
    Future<ListPart> next();
  }
}
