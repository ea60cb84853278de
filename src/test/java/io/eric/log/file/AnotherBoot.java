package io.eric.log.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes a directory look as if the machine had been started anew since its store was at work. */
public final class AnotherBoot {

  private AnotherBoot() {}

  /** Changes the boot that the checkpoint names. */
  public static void in(Path directory) throws IOException {
    try (StoreDirectory taken = StoreDirectory.take(directory)) {
      CheckpointFile file = new CheckpointFile(taken);
      List<LogRecord> records = new ArrayList<>(file.read());
      LogRecord.Checkpoint was = (LogRecord.Checkpoint) records.get(0);
      records.set(
          0,
          new LogRecord.Checkpoint(
              was.version(),
              "another-boot",
              was.always(),
              was.closed(),
              was.segment(),
              was.offset(),
              was.nextChannel()));
      file.write(records);
    }
  }
}
