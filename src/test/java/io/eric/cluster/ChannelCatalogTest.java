package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.ChannelCatalog.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelCatalogTest {

  private final ChannelCatalog catalog = new ChannelCatalog();

  private static Entry entry(String id, int group, long created) {
    return new Entry(id, group, created, created, "epoch", false, null);
  }

  private List<String> ids(int group) {
    return catalog.ofGroup(group).stream().map(Entry::id).sorted().toList();
  }

  @Test
  void channelsAreInOrderOfCreationWhateverTheOrderInWhichTheirGroupsTellOfThem() {
    catalog.put(entry("c", 1, 3));
    catalog.put(entry("a", 0, 1));
    catalog.put(entry("b", 1, 2));
    assertThat(catalog.order().ids()).containsExactly("a", "b", "c");
    assertThat(ids(0)).containsExactly("a");
    assertThat(ids(1)).containsExactly("b", "c");
  }

  @Test
  void aChannelThatIsClaimedAgainReplacesWhatWasKnown() {
    catalog.put(entry("a", 0, 1));
    Entry claimed = new Entry("a", 0, 1, 9, "epoch", true, null);
    catalog.put(claimed);
    assertThat(catalog.get("a")).isEqualTo(claimed);
    assertThat(catalog.ofGroup(0)).containsExactly(claimed);
    assertThat(catalog.order().ids()).containsExactly("a");
  }

  @Test
  void aChannelThatIsRemovedIsNowhere() {
    catalog.put(entry("a", 0, 1));
    catalog.remove("a");
    catalog.remove("never there");
    assertThat(catalog.get("a")).isNull();
    assertThat(catalog.ofGroup(0)).isEmpty();
    assertThat(catalog.order().ids()).isEmpty();
  }

  @Test
  void aSnapshotReplacesTheChannelsOfItsGroupOnly() {
    catalog.put(entry("gone", 0, 1));
    catalog.put(entry("kept", 0, 2));
    catalog.put(entry("other", 1, 3));
    assertThat(catalog.replace(0, List.of(entry("kept", 0, 2), entry("new", 0, 4))))
        .containsExactly("gone");
    assertThat(ids(0)).containsExactly("kept", "new");
    assertThat(ids(1)).containsExactly("other");
    assertThat(catalog.order().ids()).containsExactly("kept", "other", "new");
  }
}
