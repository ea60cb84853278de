package io.eric.channel.internal;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;

/**
 * The place of the one hub that a Vert.x instance may have. With two hubs at one address, requests
 * would go to either in turn, and each hub would know its own channels only. It is taken before a
 * store is opened, because the opening alone may take the store from the hub that runs. For any
 * thread.
 */
public final class HubPlace implements Shareable {

  private static final String KEY = "io.eric.hub";

  private final Vertx vertx;

  private HubPlace(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Takes the place.
   *
   * @throws IllegalStateException if another hub has it
   */
  public static HubPlace take(Vertx vertx) {
    HubPlace place = new HubPlace(vertx);
    if (places(vertx).putIfAbsent(KEY, place) != null) {
      throw new IllegalStateException(
          "a hub runs in this Vert.x instance already: deploy one per instance, as one instance"
              + " of its verticle");
    }
    return place;
  }

  /** Leaves the place to the next hub. Idempotent. */
  public void leave() {
    places(vertx).removeIfPresent(KEY, this);
  }

  private static LocalMap<String, HubPlace> places(Vertx vertx) {
    return vertx.sharedData().getLocalMap(KEY);
  }
}
