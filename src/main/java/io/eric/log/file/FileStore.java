package io.eric.log.file;

import io.eric.RepositoryException;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Keeps logs in files of this machine. */
public final class FileStore implements MessageStore {

  private FileStore() {}

  /** Opens a store. */
  public static Future<FileStore> open(Vertx vertx, FileStoreOptions options) {
    return Future.failedFuture(new RepositoryException("the file store is not there yet", null));
  }

  @Override
  public Future<MessageLog> open(String channelId, RetentionOptions retention) {
    return Future.failedFuture(new RepositoryException("the file store is not there yet", null));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
