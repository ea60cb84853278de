package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.log.file.FileStore;
import io.eric.options.FileStoreOptions;
import io.eric.options.RetentionOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a file store's files are named, and who may read them. */
class FileStoreModesTest {

  @TempDir private Path dir;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void closeVertx() {
    vertx.close().await();
  }

  private Path directory() {
    return dir.resolve("store");
  }

  private void use(String type) {
    FileStore store =
        FileStore.open(vertx, new FileStoreOptions().setDirectory(directory().toString())).await();
    LogUser user = LogUser.open(vertx, store, "c", RetentionOptions.DEFAULT);
    user.broadcast(type);
    user.await(user.log::close);
    store.close().await();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.toList();
    }
  }

  @Test
  void nobodyButTheOwnerMayReadWhatAStoreMakes() throws IOException {
    use("a");
    assertThat(mode(directory())).isEqualTo("rwx------");
    assertThat(files()).isNotEmpty().allSatisfy(f -> assertThat(mode(f)).isEqualTo("rw-------"));
  }

  @Test
  void whatWasThereKeepsItsMode() throws IOException {
    use("a");
    Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
    use("b");
    assertThat(mode(directory())).isEqualTo("rwxr-xr-x");
  }

  @Test
  void aSegmentWhoseNumberIsWrittenInOtherDigitsIsFound() throws IOException {
    use("a");
    Path segment = directory().resolve("0000000001.log");
    assertThat(segment).exists();
    Path persian = directory().resolve("\u06f0".repeat(9) + "\u06f1.log");
    Files.move(segment, persian);

    use("b");

    FileStore store =
        FileStore.open(vertx, new FileStoreOptions().setDirectory(directory().toString())).await();
    LogUser user = LogUser.open(vertx, store, "c", RetentionOptions.DEFAULT);
    assertThat(user.read(0, "ann")).containsExactly("1a", "2b");
    store.close().await();
    assertThat(persian).exists();
    assertThat(segment).doesNotExist();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
