package io.eric.log.file;

import io.eric.EricException;
import io.eric.RepositoryException;
import io.eric.internal.Boot;
import io.eric.internal.IoReason;
import io.eric.log.ChannelDefinition;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.options.FileStoreOptions;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all logs of a hub in one directory of this machine, so that they survive the end of the
 * process, even if it is killed. {@link FileStoreOptions#getFsync} says what else they survive.
 *
 * <p>One thread writes what all channels append, as few large writes. The newest contents are read
 * from memory, older ones from the files. After a restart, channels, listeners, cursors and
 * messages are there, and positions that clients remember are valid. The exception is a restart
 * after which a loss of messages cannot be excluded: then every channel goes on under a new epoch,
 * and its listeners see an {@code _eric_gap}.
 *
 * <p>While the disk is full or cannot be written, appends fail with {@link RepositoryException},
 * and nothing that was acknowledged is lost. The store recovers by itself when it can write again.
 * After a failed fsync, however, it refuses everything until it is opened again.
 *
 * <p>Safe for use by many channels at once; futures complete on the caller's context.
 */
public final class FileStore implements MessageStore {

  private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);
  private static final int MAX_SEGMENTS = 4_096;

  private final Writer writer;
  private final SegmentLoader loader;
  private @Nullable Future<Void> closing;

  private FileStore(Writer writer, SegmentLoader loader) {
    this.writer = writer;
    this.loader = loader;
  }

  /**
   * Opens a store, on a thread of its own, which reads and checks everything in the directory.
   *
   * @return the store, on the caller's context. Fails with a {@link RepositoryException}, which
   *     names the directory if another store has it, and file and offset if something there is
   *     damaged
   * @throws IllegalArgumentException if the limit of the disk is more than 4,096 segments
   */
  public static Future<FileStore> open(Vertx vertx, FileStoreOptions options) {
    if (options.getDiskLimit() / options.getSegmentBytes() > MAX_SEGMENTS) {
      throw new IllegalArgumentException(
          "segmentBytes is "
              + options.getSegmentBytes()
              + ", it must be at least 1/"
              + MAX_SEGMENTS
              + " of diskLimit, which is "
              + options.getDiskLimit());
    }
    FileStoreOptions copy = new FileStoreOptions(options);
    ContextReply<FileStore> reply = ContextReply.to(vertx.getOrCreateContext());
    Thread thread = new Thread(() -> run(copy, reply), "eric-file-store");
    thread.setDaemon(true);
    thread.start();
    return reply.future();
  }

  private static void run(FileStoreOptions options, ContextReply<FileStore> reply) {
    Writer writer;
    try {
      writer = begin(options, reply);
    } catch (EricException e) {
      reply.fail(e);
      return;
    } catch (IOException | RuntimeException e) {
      reply.fail(
          new RepositoryException(
              "the store in " + options.getDirectory() + " cannot be opened: " + IoReason.of(e),
              e));
      return;
    }
    writer.run();
  }

  private static Writer begin(FileStoreOptions options, ContextReply<FileStore> reply)
      throws IOException {
    long start = System.nanoTime();
    StoreDirectory directory = StoreDirectory.take(Path.of(options.getDirectory()));
    SegmentLoader loader = new SegmentLoader();
    try {
      CheckpointFile checkpoint = new CheckpointFile(directory);
      String boot = Boot.id();
      Recovery.Found found = new Recovery(directory, checkpoint, boot).run();
      Writer writer = new Writer(options, directory, checkpoint, boot, found, loader);
      writer.begin(found.toWrite());
      LOG.info(
          "the store in {} is open: {} channels, {} messages, {} bytes, {} ms",
          directory.path,
          found.state().channels().size(),
          found.state().channels().stream().mapToInt(each -> each.retained.size()).sum(),
          writer.status().diskBytes(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      reply.complete(new FileStore(writer, loader));
      return writer;
    } catch (IOException | RuntimeException e) {
      loader.close();
      directory.close();
      throw e;
    }
  }

  @Override
  public Future<MessageLog> open(String channelId, RetentionOptions retention) {
    return writer.open(channelId, retention);
  }

  @Override
  public Future<List<ChannelDefinition>> definitions() {
    return writer.definitions();
  }

  @Override
  public Future<Void> define(ChannelDefinition definition) {
    return writer.define(definition);
  }

  /** Returns the store's condition and counters. Safe from any thread. */
  public FileStoreStatus status() {
    return writer.status();
  }

  @Override
  public @Nullable String problem() {
    return writer.status().problem();
  }

  /**
   * Writes what waits and releases the directory. Idempotent. If the store can write, it notes that
   * it was closed in order.
   */
  @Override
  public Future<Void> close() {
    synchronized (loader) {
      if (closing == null) {
        loader.close();
        closing = writer.close();
      }
      return closing;
    }
  }
}
