package io.eric.http.internal.guard;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** Where an answer says what becomes of it. */
public interface AnswerHooks {

  /** Runs this when all of the answer is with Vert.x. */
  void onBodyEnd(Runnable action);

  /** Runs this when the answer is over: taken, reset or given up. */
  void onClose(Runnable action);

  /** The response's own hooks, of which each takes one action. */
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

  /** The hooks of a routing context, which the application's handlers use too. */
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
