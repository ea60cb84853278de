package io.eric.log.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.Entry;
import io.eric.log.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;

/** Records are read as they were written, at their own place only. */
class RecordCodecProperties {

  @Property
  void aMessageIsReadAsItWasWritten(
      @ForAll @IntRange(min = 1) int channel,
      @ForAll @LongRange(min = 1) long sequence,
      @ForAll long timestamp,
      @ForAll @StringLength(max = 40) String type,
      @ForAll @StringLength(max = 40) String text,
      @ForAll @IntRange(max = 7) int has) {
    Entry entry =
        new Entry(
            sequence,
            timestamp,
            (has & 1) == 0 ? null : text,
            type,
            Payload.of(text),
            (has & 2) == 0 ? null : type + text,
            (has & 4) == 0 ? null : text + type);
    LogRecord.Append record = new LogRecord.Append(channel, entry);
    assertThat(RecordCodec.read(input(record))).isEqualTo(record);
    List<Object> seen = new ArrayList<>();
    @Nullable LogRecord none =
        RecordCodec.read(
            input(record),
            (c, s, t, receiver, size, key) -> {
              seen.add(c);
              seen.add(s);
              seen.add(t);
              seen.add(String.valueOf(receiver));
              seen.add(size);
              seen.add(String.valueOf(key));
            });
    assertThat(none).isNull();
    assertThat(seen)
        .containsExactly(
            channel,
            sequence,
            timestamp,
            String.valueOf(entry.receiver()),
            entry.size(),
            String.valueOf(entry.key()));
  }

  private static RecordInput input(LogRecord record) {
    RecordOutput bytes = new RecordOutput(1);
    RecordCodec.write(record, bytes);
    return new RecordInput(bytes.array(), 0, bytes.length());
  }

  @Example
  void everyOtherRecordIsReadAsItWasWritten() {
    List<LogRecord> records =
        List.of(
            new LogRecord.Channel(1, "id", "epoch"),
            new LogRecord.Definition(2, "{}"),
            new LogRecord.Cursors(3, Map.of("ann", 1L, "b\ud800", Long.MAX_VALUE)),
            new LogRecord.Listener(4, "ann", new Registration(7, Registration.State.NEW)),
            new LogRecord.Listener(4, "ann", new Registration(7, Registration.State.STARTED)),
            new LogRecord.Listener(4, "ann", new Registration(7, Registration.State.STOPPED)),
            new LogRecord.Forget(5, "ann"),
            new LogRecord.Deleted(6),
            new LogRecord.Synced(1L << 40),
            new LogRecord.Checkpoint(FileFormat.VERSION, "boot", true, false, 1L << 33, 12, 7),
            new LogRecord.Checkpoint(FileFormat.VERSION, "", false, true, 1, 0, 1),
            new LogRecord.SegmentLength(1L << 33, 1L << 34),
            new LogRecord.Last(8, 9),
            new LogRecord.Lost(9, null, 3, 0),
            new LogRecord.Lost(9, "ann", 3, 2),
            new LogRecord.Forgotten(10, "ann", 3, 1L << 33),
            new LogRecord.Key(11, "key", 3, 1L << 40),
            new LogRecord.End());
    for (LogRecord record : records) {
      RecordInput in = input(record);
      assertThat(RecordCodec.read(in)).isEqualTo(record);
      assertThat(in.isAtEnd()).isTrue();
    }
  }

  @Property
  void aRecordIsValidAtItsPlaceOnlyAndWithEveryBitAsItWas(
      @ForAll @LongRange(min = 1, max = 1L << 40) long file,
      @ForAll @LongRange(max = 1L << 40) long offset,
      @ForAll @StringLength(max = 40) String text,
      @ForAll long seed) {
    FileFormat format = new FileFormat();
    RecordOutput bytes = new RecordOutput(1);
    bytes.skip(FileFormat.FRAME);
    RecordCodec.write(new LogRecord.Channel(1, text, text), bytes);
    format.seal(bytes, 0, file, offset);
    int content = bytes.length() - FileFormat.FRAME;
    assertThat(isValid(format, bytes, content, file, offset)).isTrue();
    assertThat(isValid(format, bytes, content, file + 1, offset)).isFalse();
    assertThat(isValid(format, bytes, content, file, offset + 1)).isFalse();
    int bit = new Random(seed).nextInt(bytes.length() * 8);
    bytes.array()[bit / 8] ^= (byte) (1 << bit % 8);
    assertThat(isValid(format, bytes, content, file, offset)).isFalse();
  }

  private static boolean isValid(
      FileFormat format, RecordOutput bytes, int content, long file, long offset) {
    return format.length(bytes.array(), 0, file, offset) == content
        && format.isIntact(bytes.array(), 0, content, file, offset);
  }
}
