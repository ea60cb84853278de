package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.RepositoryException;
import io.eric.log.file.FileStore;
import io.eric.options.RetentionOptions;
import io.eric.testing.RequiresCommand;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file store on a disk that is really full: a small file system of its own. */
@RequiresCommand({"mount", "umount"})
class FullDiskTest {

  @TempDir private Path dir;
  private final Vertx vertx = Vertx.vertx();
  private StoreFiles files;
  private FileStore store;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    files = new StoreFiles(vertx, dir);
    Files.createDirectory(files.directory);
    mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "none", files.directory.toString());
    assumeTrue(mounted, "may mount a file system (root and its rights are needed)");
    store = files.open();
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      store.close().await();
      assertThat(run("umount", files.directory.toString())).isTrue();
    }
    vertx.close().await();
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  private MessageLog log(String id) {
    return store.open(id, new RetentionOptions(0, 0, 0, 100_000, 1 << 30, 0)).await();
  }

  /** Appends until the disk is full; gives what was acknowledged. */
  private static List<Entry> fill(MessageLog log) {
    List<Entry> acknowledged = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                Entry entry = StoreFiles.entry(log.lastSequence() + 1, null, 5000);
                log.append(List.of(entry)).await();
                acknowledged.add(entry);
              }
            })
        .isInstanceOf(RepositoryException.class);
    assertThat(acknowledged).hasSizeGreaterThan(100);
    return acknowledged;
  }

  @Test
  void publishersAreRefusedUntilThereIsRoomAgainAndNothingAcknowledgedIsLost() throws Exception {
    MessageLog log = log("c");
    List<Entry> acknowledged = fill(log);
    assertThat(store.status().isFailing()).isTrue();
    assertThat(store.problem()).contains("No space left");
    assertThat(StoreFiles.readAll(log)).isEqualTo(acknowledged);

    assertThat(run("mount", "-o", "remount,size=16m", files.directory.toString())).isTrue();
    acknowledged.addAll(StoreFiles.append(log, 200, 5000));
    assertThat(store.problem()).isNull();
    assertThat(StoreFiles.readAll(log)).isEqualTo(acknowledged);

    Path full = files.directory;
    files.killed();
    FileStore again = files.open();
    MessageLog recovered = again.open("c", RetentionOptions.DEFAULT).await();
    assertThat(StoreFiles.readAll(recovered)).isEqualTo(acknowledged);
    assertThat(recovered.epoch()).isEqualTo(log.epoch());
    again.close().await();
    files.directory = full;
  }

  @Test
  void aProcessThatEndsWhileTheDiskIsFullHasLostNothing() throws Exception {
    MessageLog log = log("c");
    List<Entry> acknowledged = fill(log);
    Path full = files.directory;
    files.killed();
    FileStore again = files.open();
    assertThat(StoreFiles.readAll(again.open("c", RetentionOptions.DEFAULT).await()))
        .isEqualTo(acknowledged);
    again.close().await();
    files.directory = full;
  }

  @Test
  void whatIsReadFreesAFullDisk() {
    MessageLog log = log("c");
    fill(log);
    LogUser reader = LogUser.open(vertx, store, "other", RetentionOptions.DEFAULT);
    log.trim(reader.cursors(), Long.MAX_VALUE / 2);
    assertThat(log.usage().messages()).isZero();
    StoreFiles.append(log, 200, 5000);
    assertThat(store.status().isFailing()).isFalse();
  }

  @Test
  void aChannelCanBeDeletedFromAFullDisk() {
    MessageLog log = log("c");
    fill(log);
    log.delete().await();
    StoreFiles.append(log("d"), 200, 5000);
    assertThat(store.status().isFailing()).isFalse();
  }
}
