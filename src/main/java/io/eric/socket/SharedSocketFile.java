package io.eric.socket;

import io.eric.options.SocketOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The socket file that all instances of a server in one Vert.x instance share. The first instance
 * prepares it, the last one removes it. Safe for any thread.
 */
final class SharedSocketFile implements Shareable {

  private final LocalMap<String, SharedSocketFile> all;
  private final String key;
  private int holders;
  private @Nullable Future<SocketFile> prepared;
  private @Nullable Future<Void> published;

  private SharedSocketFile(LocalMap<String, SharedSocketFile> all, String key) {
    this.all = all;
    this.key = key;
  }

  /**
   * Returns the file of this path. {@link #release} must be called for it, even if preparing it
   * failed.
   */
  static SharedSocketFile acquire(Vertx vertx, SocketOptions options) {
    LocalMap<String, SharedSocketFile> all =
        vertx.sharedData().getLocalMap(SharedSocketFile.class.getName());
    String key = Path.of(options.getPath()).toAbsolutePath().normalize().toString();
    synchronized (SharedSocketFile.class) {
      SharedSocketFile file = all.computeIfAbsent(key, k -> new SharedSocketFile(all, k));
      if (file.holders++ == 0) {
        file.prepared =
            vertx.executeBlocking(() -> new SocketFile(options.getPath(), options.permissions()));
      }
      return file;
    }
  }

  /**
   * Returns the path to bind at; fails with an IOException that says why the path cannot be served.
   */
  Future<Path> bindPath() {
    synchronized (SharedSocketFile.class) {
      return prepared().map(SocketFile::bindPath);
    }
  }

  /** Makes the bound socket visible under its path. Further calls do nothing. */
  Future<Void> publish(Vertx vertx) {
    synchronized (SharedSocketFile.class) {
      Future<Void> done = published;
      if (done == null) {
        done =
            prepared()
                .compose(
                    file ->
                        vertx.executeBlocking(
                            () -> {
                              file.publish();
                              return null;
                            }));
        published = done;
      }
      return done;
    }
  }

  /** Gives the file back; the last holder's call removes it. */
  Future<Void> release(Vertx vertx) {
    synchronized (SharedSocketFile.class) {
      if (--holders > 0) {
        return Future.succeededFuture();
      }
      all.remove(key);
      return prepared()
          .transform(
              file ->
                  file.failed()
                      ? Future.succeededFuture()
                      : vertx.executeBlocking(
                          () -> {
                            file.result().remove();
                            return null;
                          }));
    }
  }

  private Future<SocketFile> prepared() {
    Future<SocketFile> future = prepared;
    return future == null ? Future.failedFuture("not acquired") : future;
  }
}
