package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    assertThat(votes).hasContent("term=1000012\nvotedFor=\n");
    assertThat(votes.getParent().toFile().list()).containsExactly("raft-meta");
  }

  @Test
  void whatIsLostTwiceIsRepairedTwice() throws IOException {
    new TermRecord(group).reached(12);
    Files.writeString(votes, "");
    TermRecord.repair(group);
    new TermRecord(group).reached(1_000_013);
    Files.writeString(votes, "");
    TermRecord.repair(group);
    assertThat(votes).hasContent("term=2000013\nvotedFor=\n");
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
