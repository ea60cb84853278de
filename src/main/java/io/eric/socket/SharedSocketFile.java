package io.eric.socket;

import io.eric.options.SocketOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The socket file of all instances of a server in one Vert.x: the first one prepares it, the last
 * one removes it. For any thread.
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

  /** The file of this path; {@link #release} gives it back, even if preparing it failed. */
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

  /** Where to bind; fails with an IOException that says why the path cannot be served. */
  Future<Path> bindPath() {
    synchronized (SharedSocketFile.class) {
      return prepared().map(SocketFile::bindPath);
    }
  }

  /** Makes what was bound known under the path. Once is enough, more does not harm. */
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

  /** Removes the file with its last holder. */
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
