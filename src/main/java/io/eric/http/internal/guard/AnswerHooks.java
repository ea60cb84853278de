package io.eric.http.internal.guard;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** The events of an answer that its guard needs. */
public interface AnswerHooks {

  /** Runs an action when Vert.x has the whole answer. */
  void onBodyEnd(Runnable action);

  /** Runs an action when the answer is over: taken, reset or given up. */
  void onClose(Runnable action);

  /** Returns the hooks of a response, each of which takes one action: a later one replaces it. */
  static AnswerHooks of(HttpServerResponse response) {
    return new AnswerHooks() {
      @Override
      public void onBodyEnd(Runnable action) {
        response.bodyEndHandler(ended -> action.run());
      }

      @Override
      public void onClose(Runnable action) {
        response.closeHandler(closed -> action.run());
      }
    };
  }

  /** Returns the hooks of a routing context, which the application's handlers may use as well. */
  static AnswerHooks of(RoutingContext ctx) {
    return new AnswerHooks() {
      @Override
      public void onBodyEnd(Runnable action) {
        ctx.addBodyEndHandler(ended -> action.run());
      }

      @Override
      public void onClose(Runnable action) {
        ctx.addEndHandler(over -> action.run());
      }
    };
  }
}
