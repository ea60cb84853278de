package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TornTailTest {

  private static final int ENTRY = 2_000;

  @TempDir private Path group;
  private Path file;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  /** Where the last of two entries begins and ends. */
  private int begin;

  private int end;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(group.resolve("current"));
    file = group.resolve("current").resolve("log_inprogress_0");
    log.write("RaftLog1".getBytes(StandardCharsets.US_ASCII));
    entry();
    begin = log.size();
    entry();
    end = log.size();
    log.write(new byte[10_000]); // what the file is filled with beforehand
  }

  private void entry() throws IOException {
    byte[] entry = new byte[ENTRY + 2];
    Arrays.fill(entry, (byte) 7);
    entry[0] = (byte) (ENTRY & 0x7f | 0x80);
    entry[1] = (byte) (ENTRY >> 7);
    CRC32C crc = new CRC32C();
    crc.update(entry);
    DataOutputStream out = new DataOutputStream(log);
    out.write(entry);
    out.writeInt((int) crc.getValue());
  }

  private interface Damage {
    byte[] to(byte[] whole);
  }

  private long sizeAfterRepair(Damage damage) throws IOException {
    Files.write(file, damage.to(log.toByteArray()));
    TornTail.repair(group);
    return Files.size(file);
  }

  private byte[] zeros(byte[] bytes, int from, int to) {
    Arrays.fill(bytes, from, to, (byte) 0);
    return bytes;
  }

  @Test
  void aWholeLogIsLeftAlone() throws IOException {
    assertThat(sizeAfterRepair(whole -> whole)).isEqualTo(log.size());
    assertThat(sizeAfterRepair(whole -> Arrays.copyOf(whole, end))).isEqualTo(end);
  }

  @Test
  void anEntryWithoutItsEndIsRemoved() throws IOException {
    assertThat(sizeAfterRepair(whole -> zeros(whole, end - 1_000, end))).isEqualTo(begin);
    assertThat(sizeAfterRepair(whole -> zeros(whole, begin + 1, end))).isEqualTo(begin);
    assertThat(sizeAfterRepair(whole -> Arrays.copyOf(whole, end - 3))).isEqualTo(begin);
  }

  @Test
  void anEntryWithoutItsBeginningIsRemoved() throws IOException {
    assertThat(sizeAfterRepair(whole -> zeros(whole, begin, begin + 100))).isEqualTo(begin);
  }

  @Test
  void anEntryThatLacksASectorIsRemoved() throws IOException {
    int sector = (begin / 512 + 2) * 512;
    assertThat(sizeAfterRepair(whole -> zeros(whole, sector, sector + 512))).isEqualTo(begin);
  }

  @Test
  void anEntryThatIsDamagedOtherwiseIsLeftForTheStartToFail() throws IOException {
    assertThat(
            sizeAfterRepair(
                whole -> {
                  whole[begin + 500] ^= 1;
                  return whole;
                }))
        .isEqualTo(log.size());
  }

  @Test
  void aGroupWithoutFilesNeedsNoRepair() throws IOException {
    TornTail.repair(group.resolve("none"));
    assertThat(Files.exists(group.resolve("none"))).isFalse();
  }
}
