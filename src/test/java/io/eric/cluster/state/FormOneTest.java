package io.eric.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.log.Entry;
import io.eric.log.MessageLog.KeptKey;
import io.eric.log.Registration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The entries and the snapshot of version 1, as disks have them and as nodes send them during an
 * upgrade. When this fails because a form has changed, the new form needs the next version number
 * and files of its own, and these files have to be read nevertheless.
 */
class FormOneTest {

  private static final Owner NODE = new Owner("10.0.0.1:5801", "life-ä");
  private static final Entry BROADCAST =
      new Entry(7, 1_700_000_000_000L, null, "tick", Payload.of("12:00"), null, null);
  private static final Entry DISPATCH =
      new Entry(
          8, 1_700_000_000_001L, "desk", "größe", Payload.of(Map.of("cm", 180)), "alice", "key-1");

  private record Form(String name, GroupEntry entry) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Form batch(String name, Change... changes) {
    return new Form(name, new GroupEntry.Batch(List.of(new Section("news", 41, List.of(changes)))));
  }

  private static List<Form> entries() {
    return List.of(
        new Form("claim-group", new GroupEntry.ClaimGroup(NODE)),
        new Form(
            "claim-channel",
            new GroupEntry.ClaimChannel(
                "own", NODE, new Owner("2", "b"), 1_700_000_000_000L, "e1")),
        new Form("claim-new-channel", new GroupEntry.ClaimChannel("own", NODE, null, 3, "e1")),
        batch("create", new Change.Create(1_700_000_000_000L, "e1", "{\"maxPayload\":10}")),
        batch("append", new Change.Append(List.of(BROADCAST, DISPATCH))),
        batch("drop", new Change.Drop(null, 5, 4), new Change.Drop("desk", 6, 0)),
        batch("cursors", new Change.MoveCursors(Map.of("desk", 7L))),
        batch(
            "registrations",
            new Change.Register("a", new Registration(1, Registration.State.NEW)),
            new Change.Register("b", new Registration(2, Registration.State.STARTED)),
            new Change.Register("c", new Registration(3, Registration.State.STOPPED)),
            new Change.Forget("a")),
        batch("rename", new Change.Rename("e2")),
        batch("delete", new Change.Delete()),
        new Form(
            "numbered",
            new GroupEntry.NumberedBatch(
                "own",
                9,
                300,
                List.of(new Section("own", 9, List.of(new Change.Append(List.of(BROADCAST))))))));
  }

  private static GroupView group() {
    ChannelView news =
        new ChannelView(
            "news",
            1_700_000_000_000L,
            41,
            "e1",
            "{}",
            null,
            0,
            8,
            List.of(new Change.Drop(null, 5, 4)),
            Map.of("desk", 7L),
            Map.of("desk", new Registration(2, Registration.State.STARTED)),
            List.of(new KeptKey("key-1", 8, 1_700_000_000_001L)),
            List.of(BROADCAST, DISPATCH));
    ChannelView own =
        new ChannelView(
            "own", 3, 9, "e3", null, NODE, 300, 0, List.of(), Map.of(), Map.of(), List.of(),
            List.of());
    return new GroupView(41, NODE, List.of(news, own));
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream in = FormOneTest.class.getResourceAsStream("/forms/1/" + name + ".hex")) {
      assertThat(in).as(name).isNotNull();
      String hex = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\\s", "");
      return HexFormat.of().parseHex(hex);
    }
  }

  @ParameterizedTest
  @MethodSource("entries")
  void anEntryIsReadAndWritten(Form form) throws IOException {
    byte[] file = file(form.name);
    assertThat(GroupEntryCodec.read(file)).isEqualTo(form.entry);
    assertThat(GroupEntryCodec.write(form.entry)).isEqualTo(file);
  }

  @Test
  void aSnapshotIsReadAndWritten() throws IOException {
    byte[] file = file("snapshot");
    assertThat(SnapshotFile.read(new ByteArrayInputStream(file))).isEqualTo(group());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotFile.write(group(), out);
    assertThat(out.toByteArray()).isEqualTo(file);
  }
}
