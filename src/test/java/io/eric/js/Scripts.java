package io.eric.js;

import io.eric.testing.Hub;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A directory of modules, a hub to deploy them on, and what they send to the address {@code out}.
 */
final class Scripts implements AutoCloseable {

  final Hub hub = Hub.start();
  final Path directory;
  private final List<String> deployed = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<Object> out = new LinkedBlockingQueue<>();

  Scripts(Path directory) {
    this.directory = directory;
    hub.vertx
        .eventBus()
        .localConsumer("out", message -> out.add(message.body() == null ? "null" : message.body()));
  }

  /** Writes a file, of which a script that is being deployed sees all or nothing. */
  Path file(String name, String text) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      Path written = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
      return Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a module, deploys it and gives the deployment's id. */
  String run(String text) {
    return Hub.await(deploy(text, new DeploymentOptions()));
  }

  String run(String text, JsonObject config) {
    return Hub.await(deploy(text, new DeploymentOptions().setConfig(config)));
  }

  Future<String> deploy(String text, DeploymentOptions options) {
    return hub.vertx
        .deployVerticle("js:" + file("main.mjs", text), options)
        .onSuccess(deployed::add);
  }

  /** Why a module could not be deployed. */
  Throwable failure(String text) {
    return Hub.failure(deploy(text, new DeploymentOptions()));
  }

  /** Undeploys what a test has left, and forgets what it has sent. */
  void clear() {
    List.copyOf(deployed).forEach(this::undeploy);
    out.clear();
  }

  void undeploy(String id) {
    deployed.remove(id);
    Hub.await(hub.vertx.undeploy(id));
  }

  /** The next thing that was sent to {@code out}. */
  Object next() {
    try {
      Object next = out.poll(Hub.PATIENCE, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came out");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether nothing more came. */
  boolean isQuiet() {
    return out.isEmpty();
  }

  @Override
  public void close() {
    hub.close();
  }
}
