package io.eric.js;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/**
 * Notices that the verticle which deployed this one is about to be undeployed. Vert.x undeploys
 * children first, and this child on an event loop, so the notice comes even if a script holds the
 * parent's thread.
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
