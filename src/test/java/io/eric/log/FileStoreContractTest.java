package io.eric.log;

import io.eric.log.file.FileStore;
import io.eric.options.FileStoreOptions;
import io.eric.options.FileStoreOptions.Fsync;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The file store under the contract of all stores, as it is configured in different places. */
class FileStoreContractTest {

  @Nested
  class ByDefault extends OnFiles {
    ByDefault() {
      super(new FileStoreOptions());
    }
  }

  /** Every read goes to the disk, and every few writes begin a new segment. */
  @Nested
  class WithoutCacheAndWithSmallSegments extends OnFiles {
    WithoutCacheAndWithSmallSegments() {
      super(
          new FileStoreOptions()
              .setCacheBytes(0)
              .setSegmentBytes(64 << 10)
              .setDiskLimit(256 << 20)
              .setFsync(Fsync.NEVER));
    }
  }

  @Nested
  class WithFsyncAlways extends OnFiles {
    WithFsyncAlways() {
      super(new FileStoreOptions().setFsync(Fsync.ALWAYS));
    }
  }

  abstract static class OnFiles extends MessageStoreContract {

    @TempDir private Path dir;
    private final FileStoreOptions options;

    OnFiles(FileStoreOptions options) {
      this.options = options;
    }

    @Override
    protected MessageStore createStore(Vertx vertx) {
      return FileStore.open(vertx, options.setDirectory(dir.resolve("store").toString())).await();
    }

    @Override
    protected boolean isDurable() {
      return true;
    }
  }
}
