package io.eric.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.eric.testing.AnyRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class GroupEntryCodecProperties {

  @Property(tries = 200)
  void everyKindOfEntrySurvives(@ForAll long seed) {
    for (Class<?> kind : GroupEntry.class.getPermittedSubclasses()) {
      GroupEntry entry = (GroupEntry) AnyRecord.of(kind, new Random(seed));
      assertThat(read(GroupEntryCodec.write(entry))).isEqualTo(entry);
    }
  }

  @Property(tries = 50)
  void everyKindOfChangeSurvives(@ForAll long seed) {
    for (Class<?> kind : Change.class.getPermittedSubclasses()) {
      Change change = (Change) AnyRecord.of(kind, new Random(seed));
      GroupEntry entry = new GroupEntry.Batch(List.of(new Section("x", 1, List.of(change))));
      assertThat(read(GroupEntryCodec.write(entry))).isEqualTo(entry);
    }
  }

  @Property(tries = 50)
  void aBatchThatIsBytesIsNumberedAsOneThatIsNot(@ForAll long seed) {
    GroupEntry.NumberedBatch entry = AnyRecord.of(GroupEntry.NumberedBatch.class, new Random(seed));
    byte[] batch = GroupEntryCodec.write(new GroupEntry.Batch(entry.sections()));
    assertThat(GroupEntryCodec.numbered(entry.channel(), entry.claim(), entry.number(), batch))
        .isEqualTo(GroupEntryCodec.write(entry));
  }

  @Property(tries = 20)
  void anEntryThatIsCutOffOrTooLongIsRefused(@ForAll long seed) {
    for (Class<?> kind : GroupEntry.class.getPermittedSubclasses()) {
      byte[] bytes = GroupEntryCodec.write((GroupEntry) AnyRecord.of(kind, new Random(seed)));
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatIllegalArgumentException().isThrownBy(() -> read(cut));
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length + 1)));
    }
  }

  @Property
  void garbageIsRefusedOrReadAsSomething(@ForAll @Size(max = 200) byte[] garbage) {
    try {
      read(garbage);
    } catch (IllegalArgumentException expected) {
      return;
    }
  }

  @Property(tries = 1)
  void whatThisVersionDoesNotKnowIsNamed() {
    byte[] claim = GroupEntryCodec.write(new GroupEntry.ClaimGroup(new Owner("a", "life")));
    byte[] newer = claim.clone();
    newer[1] = 2;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(newer))
        .withMessage("an entry of kind 1 in version 2, this program reads 1");
    byte[] unknown = claim.clone();
    unknown[0] = 77;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(unknown))
        .withMessage("an entry of kind 77, unknown to this version");
  }

  private static GroupEntry read(byte[] bytes) {
    return GroupEntryCodec.read(bytes);
  }
}
