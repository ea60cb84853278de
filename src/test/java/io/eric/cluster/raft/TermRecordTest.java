package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TermRecordTest {

  private static final String WHOLE = "#\n#Mon Nov 30 06:07:17 UTC 2026\nterm=7\nvotedFor=node\n";

  @TempDir private Path group;
  private Path votes;

  @BeforeEach
  void vote() throws IOException {
    votes = Files.createDirectories(group.resolve("current")).resolve("raft-meta");
    Files.writeString(votes, WHOLE);
  }

  @Test
  void votesThatAreWholeStayAsTheyAre() throws IOException {
    new TermRecord(group).reached(7);
    TermRecord.repair(group);
    assertThat(votes).hasContent(WHOLE);
  }

  @Test
  void aGroupThatWasNeverOpenIsLeftAlone() throws IOException {
    TermRecord.repair(group.resolve("none"));
    assertThat(group.resolve("none")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#\n", "term=7\n", "votedFor=node\n", "term=7\\u00"})
  void aGroupWhoseVotesAreLostGoesOnInATermFarBeyond(String left) throws IOException {
    TermRecord record = new TermRecord(group);
    record.reached(1L << 40);
    record.reached(9);
    record.reached(12);
    Files.writeString(votes, left);
    TermRecord.repair(group);
    assertBeyond(12);
    assertThat(votes.getParent().toFile().list()).containsExactly("raft-meta");
  }

  @Test
  void whatIsLostTwiceIsRepairedTwice() throws IOException {
    new TermRecord(group).reached(12);
    Files.writeString(votes, "");
    TermRecord.repair(group);
    long first = assertBeyond(12);
    new TermRecord(group).reached(first + 1);
    Files.writeString(votes, "");
    TermRecord.repair(group);
    assertBeyond(first + 1);
  }

  /** As the other nodes of a cluster whose disks are all full. */
  @Test
  void nodesThatHaveRecordedTheSameTermDoNotGoOnInTheSame() throws IOException {
    Set<Long> terms = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      Files.deleteIfExists(group.resolve("term"));
      new TermRecord(group).reached(12);
      Files.writeString(votes, "");
      TermRecord.repair(group);
      terms.add(assertBeyond(12));
    }
    assertThat(terms).hasSize(20);
  }

  private long assertBeyond(long recorded) throws IOException {
    List<String> lines = Files.readAllLines(votes);
    assertThat(lines).hasSize(2).last().isEqualTo("votedFor=");
    long term = Long.parseLong(lines.get(0).substring("term=".length()));
    assertThat(term)
        .isBetween(recorded + TermRecord.MARGIN, recorded + TermRecord.MARGIN + TermRecord.SPREAD);
    return term;
  }

  @Test
  void withoutARecordTheNodeHasToBeReplaced() throws IOException {
    Files.writeString(votes, "");
    assertReplaced();
    Path file = group.resolve("term");
    new TermRecord(group).reached(12);
    byte[] record = Files.readAllBytes(file);
    record[7]++;
    Files.write(file, record);
    assertReplaced();
    Files.write(file, new byte[3]);
    assertReplaced();
  }

  private void assertReplaced() {
    assertThatThrownBy(() -> TermRecord.repair(group))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("eric cluster replace");
    assertThat(votes).isEmptyFile();
  }
}
