package io.eric.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.RepositoryException;
import io.eric.log.file.AnotherBoot;
import io.eric.log.file.FileStore;
import io.eric.options.FileStoreOptions.Fsync;
import io.eric.options.RetentionOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file store makes of files that a crash or a fault has left. */
class FileStoreRecoveryTest {

  @TempDir private Path dir;
  private Vertx vertx;
  private StoreFiles files;
  private final List<FileStore> opened = new ArrayList<>();
  private List<Entry> entries;
  private String epoch;

  @BeforeEach
  void makeVertx() {
    vertx = Vertx.vertx();
    files = new StoreFiles(vertx, dir);
  }

  @AfterEach
  void closeAll() {
    opened.forEach(store -> store.close().await());
    vertx.close().await();
  }

  private FileStore open() {
    FileStore store = files.open();
    opened.add(store);
    return store;
  }

  private MessageLog log(FileStore store) {
    return store.open("c", RetentionOptions.DEFAULT).await();
  }

  /** Fills some segments and ends the process. */
  private void fillAndKill() {
    MessageLog log = log(open());
    epoch = log.epoch();
    entries = StoreFiles.append(log, 250, 1000);
    log.commit(Map.of("ann", 200L)).await();
    files.killed();
  }

  private void assertRefused(Path file) {
    assertThatThrownBy(files::open)
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("offset");
  }

  @Test
  void whatWasNotWrittenToItsEndIsCutOffAndEverythingElseIsThere() throws IOException {
    fillAndKill();
    Path last = files.lastSegment();
    StoreFiles.truncate(last, Files.size(last) - 1); // of the cursors, the last record
    MessageLog log = log(open());
    assertThat(log.epoch()).isEqualTo(epoch);
    assertThat(StoreFiles.readAll(log)).isEqualTo(entries);
    assertThat(log.committed()).isEmpty();
    entries.addAll(StoreFiles.append(log, 1, 10));
    files.killed();
    assertThat(StoreFiles.readAll(log(open()))).isEqualTo(entries);
  }

  @Test
  void aCompleteRecordThatIsDamagedAtTheEndIsCutOffUnderANewEpochAfterAGap() throws IOException {
    fillAndKill();
    Path last = files.lastSegment();
    StoreFiles.flip(last, Files.size(last) - 1, 3);
    MessageLog log = log(open());
    assertThat(log.epoch()).isNotEqualTo(epoch);
    List<Entry> read = StoreFiles.readAll(log);
    assertThat(read.subList(0, 250)).isEqualTo(entries);
    assertThat(read).hasSize(251);
    assertThat(read.get(250).type()).isEqualTo("_eric_gap");
    assertThat(read.get(250).payload())
        .hasToString(
            "{\"from\":\"%s-251\",\"to\":\"%s-251\",\"missed\":null,\"reason\":\"epoch\"}"
                .formatted(log.epoch(), log.epoch()));
    String second = log.epoch();
    StoreFiles.append(log, 1, 10);
    files.killed();
    MessageLog again = log(open());
    assertThat(again.epoch()).isEqualTo(second);
    assertThat(StoreFiles.readAll(again)).hasSize(252);
  }

  @Test
  void garbageAtTheEndIsCutOff() throws IOException {
    fillAndKill();
    byte[] garbage = new byte[5000];
    new Random(1).nextBytes(garbage);
    Files.write(files.lastSegment(), garbage, StandardOpenOption.APPEND);
    MessageLog log = log(open());
    assertThat(StoreFiles.readAll(log).subList(0, 250)).isEqualTo(entries);
  }

  @Test
  void anotherBootOfTheMachineMayHaveLostWhatWasNotForced() throws IOException {
    fillAndKill();
    AnotherBoot.in(files.directory);
    MessageLog log = log(open());
    assertThat(log.epoch()).isNotEqualTo(epoch);
    assertThat(log.lastSequence()).isEqualTo(251);
    assertThat(StoreFiles.readAll(log).get(250).payload().toString()).contains("\"epoch\"");
    assertThat(log.committed()).isEqualTo(Map.of("ann", 200L));
  }

  @Test
  void anotherBootHasNotLostWhatWasForcedBeforeItWasAcknowledged() throws IOException {
    files.options.setFsync(Fsync.ALWAYS);
    fillAndKill();
    AnotherBoot.in(files.directory);
    Path last = files.lastSegment();
    StoreFiles.truncate(last, Files.size(last) - 1);
    MessageLog log = log(open());
    assertThat(log.epoch()).isEqualTo(epoch);
    assertThat(StoreFiles.readAll(log)).isEqualTo(entries);
  }

  @Test
  void anotherBootChangesNothingAfterClosingInOrder() throws IOException {
    FileStore store = open();
    MessageLog log = log(store);
    StoreFiles.append(log, 3, 10);
    store.close().await();
    AnotherBoot.in(files.directory);
    assertThat(log(open()).epoch()).isEqualTo(log.epoch());
  }

  @Test
  void holesInWhatWasNotForcedAreALossOfPowerInWhatWasForcedAreDamage() throws IOException {
    files.options.setFsync(Fsync.ALWAYS);
    fillAndKill();
    AnotherBoot.in(files.directory);
    Path last = files.lastSegment();
    StoreFiles.flip(last, Files.size(last) / 2, 7);
    assertRefused(last);
    files.options.setFsync(Fsync.NEVER);
    files.directory = dir.resolve("unforced");
    fillAndKill();
    AnotherBoot.in(files.directory);
    last = files.lastSegment();
    StoreFiles.flip(last, Files.size(last) / 2, 7);
    MessageLog log = log(open());
    assertThat(log.epoch()).isNotEqualTo(epoch);
    List<Entry> read = new ArrayList<>(StoreFiles.readAll(log));
    Entry gap = read.remove(read.size() - 1);
    assertThat(gap.type()).isEqualTo("_eric_gap");
    assertThat(read).hasSizeLessThan(250).isEqualTo(entries.subList(0, read.size()));
  }

  @Test
  void damageInAFullSegmentIsRefusedByFileAndOffset() throws IOException {
    fillAndKill();
    Path first = files.segments().get(0);
    StoreFiles.flip(first, 20_000, 0);
    assertRefused(first);
  }

  @Test
  void damageInTheMiddleOfTheLastSegmentIsRefused() throws IOException {
    fillAndKill();
    Path last = files.lastSegment();
    StoreFiles.flip(last, Files.size(last) / 2, 7);
    assertRefused(last);
  }

  @Test
  void aMissingSegmentIsRefused() throws IOException {
    fillAndKill();
    Path second = files.segments().get(1);
    Files.delete(second);
    assertRefused(second);
  }

  @Test
  void aMissingLastSegmentIsRefused() throws IOException {
    fillAndKill();
    Path last = files.lastSegment();
    Files.delete(last);
    assertRefused(last);
  }

  @Test
  void anUnknownSegmentIsRefused() throws IOException {
    fillAndKill();
    Path unknown = files.directory.resolve("0000000099.log");
    Files.copy(files.segments().get(0), unknown);
    assertRefused(unknown);
  }

  @Test
  void segmentsThatChangePlacesAreRefused() throws IOException {
    fillAndKill();
    List<Path> segments = files.segments();
    Path aside = dir.resolve("aside");
    Files.move(segments.get(0), aside);
    Files.move(segments.get(1), segments.get(0));
    Files.move(aside, segments.get(1));
    assertRefused(segments.get(0));
  }

  @Test
  void aMissingOrDamagedCheckpointIsRefused() throws IOException {
    fillAndKill();
    Path checkpoint = files.directory.resolve("checkpoint");
    StoreFiles.flip(checkpoint, 30, 1);
    assertRefused(checkpoint);
    Files.delete(checkpoint);
    assertRefused(checkpoint);
  }

  @Test
  void aFileThatWasChangedAfterClosingIsRefused() throws IOException {
    FileStore store = open();
    StoreFiles.append(log(store), 3, 10);
    store.close().await();
    Path last = files.lastSegment();
    StoreFiles.truncate(last, Files.size(last) - 1);
    assertRefused(last);
    Files.write(last, new byte[9], StandardOpenOption.APPEND);
    assertRefused(last);
  }

  @Test
  void whatIsDamagedWhileTheStoreIsOpenIsNotServed() throws IOException {
    MessageLog log = log(open());
    StoreFiles.append(log, 20, 100);
    StoreFiles.flip(files.lastSegment(), 500, 2);
    assertThatThrownBy(() -> StoreFiles.readAll(log))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining(files.lastSegment().toString());
    assertThat(log.read(15, null, 100, 100_000).await().entries()).hasSize(5);
  }

  @Test
  void aFailedOpenLeavesTheDirectoryFree() throws IOException {
    fillAndKill();
    Path first = files.segments().get(0);
    StoreFiles.flip(first, 20_000, 0);
    assertRefused(first);
    StoreFiles.flip(first, 20_000, 0);
    assertThat(StoreFiles.readAll(log(open()))).isEqualTo(entries);
  }

  @Test
  void aSecondStoreOfThisProcessIsRefused() {
    FileStore first = open();
    assertThatThrownBy(files::open)
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining(files.directory.toString())
        .hasMessageContaining("this process");
    first.close().await();
    open();
  }

  @Test
  void aStoreOfAnotherProcessIsRefused() throws Exception {
    open();
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OpenAStore.class.getName(),
                files.directory.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(other.getInputStream().readAllBytes());
    assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).contains(files.directory.toString()).contains("another process");
  }

  /** What the other process does. */
  static final class OpenAStore {
    private OpenAStore() {}

    public static void main(String[] args) {
      Vertx vertx = Vertx.vertx();
      StoreFiles files = new StoreFiles(vertx, Path.of(args[0]).getParent());
      files.directory = Path.of(args[0]);
      try {
        files.open();
        throw new AssertionError("was opened");
      } catch (RepositoryException e) {
        throw e;
      } finally {
        vertx.close().await();
      }
    }
  }

  @Test
  void aChannelIsOpenOnce() {
    FileStore store = open();
    MessageLog log = log(store);
    assertThatThrownBy(() -> log(store))
        .isInstanceOf(RepositoryException.class)
        .hasMessageContaining("open already");
    log.close().await();
    log(store);
  }
}
