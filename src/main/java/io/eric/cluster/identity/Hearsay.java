package io.eric.cluster.identity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the other nodes have answered lately. Only answers count, because they were made after they
 * were asked for, whereas a message may have been under way while its sender died and lost its
 * disk.
 */
final class Hearsay {

  /** An answer is old when several rounds have brought no newer one. */
  private static final long FRESH_MS = 2_500;

  private final Map<String, Answer> answers = new HashMap<>();

  /** What was said, and when it was asked for. */
  private record Answer(Statement statement, long askedNanos) {}

  /** Takes note, unless something newer is known. */
  void heard(Statement statement, long askedNanos) {
    Answer known = answers.get(statement.applicant().node());
    if (known == null || known.askedNanos <= askedNanos) {
      answers.put(statement.applicant().node(), new Answer(statement, askedNanos));
    }
  }

  void forget() {
    answers.clear();
  }

  /** Returns what a node says; null if it does not answer. */
  @Nullable Statement of(String node, long now) {
    Answer answer = answers.get(node);
    return answer == null || now - answer.askedNanos > FRESH_MS * 1_000_000
        ? null
        : answer.statement;
  }

  /** Returns what a node has said last, however long ago; null if nothing. */
  @Nullable Statement last(String node) {
    Answer answer = answers.get(node);
    return answer == null ? null : answer.statement;
  }

  /** Returns all that is said, by these nodes. */
  List<Statement> of(List<String> nodes, long now) {
    List<Statement> all = new ArrayList<>();
    for (String node : nodes) {
      Statement statement = of(node, now);
      if (statement != null) {
        all.add(statement);
      }
    }
    return all;
  }
}
