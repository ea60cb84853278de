package io.eric.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.testing.AnyRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SnapshotFileProperties {

  @Property(tries = 100)
  void aGroupSurvives(@ForAll long seed) throws IOException {
    GroupView view = any(seed);
    assertThat(read(write(view))).isEqualTo(view);
  }

  @Property(tries = 20)
  void aSnapshotThatIsCutOffIsRefused(@ForAll long seed) throws IOException {
    byte[] bytes = write(any(seed));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
    }
  }

  @Property(tries = 100)
  void aDamagedSnapshotIsRefused(@ForAll long seed) throws IOException {
    byte[] bytes = write(any(seed));
    Random random = new Random(seed);
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    assertThatThrownBy(() -> read(bytes)).isInstanceOf(IOException.class);
  }

  private static GroupView any(long seed) {
    return AnyRecord.of(GroupView.class, new Random(seed));
  }

  private static byte[] write(GroupView view) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotFile.write(view, out);
    return out.toByteArray();
  }

  private static GroupView read(byte[] bytes) throws IOException {
    return SnapshotFile.read(new ByteArrayInputStream(bytes));
  }
}
