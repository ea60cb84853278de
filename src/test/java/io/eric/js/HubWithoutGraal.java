package io.eric.js;

import io.eric.testing.Hub;

/** A program that uses a hub and tries to deploy a script. */
final class HubWithoutGraal {

  private HubWithoutGraal() {}

  public static void main(String[] arguments) {
    try (Hub hub = Hub.start()) {
      hub.channel("news");
      System.out.println("channels: " + hub.channels.getAllIds());
      System.out.println(Hub.failure(hub.vertx.deployVerticle("js:pom.xml")).getMessage());
    }
  }
}
