package io.eric.js;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/**
 * Hears that the verticle which has deployed it is about to be undeployed: Vert.x undeploys
 * children first, and this one on an event loop, while the parent's thread may be held by its
 * script.
 */
final class UndeploymentNotice extends VerticleBase {

  private final Runnable heard;

  UndeploymentNotice(Runnable heard) {
    this.heard = heard;
  }

  @Override
  public Future<?> stop() {
    heard.run();
    return Future.succeededFuture();
  }
}
