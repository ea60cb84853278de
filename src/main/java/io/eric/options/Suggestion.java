package io.eric.options;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Suggests the existing name that a misspelt one was probably meant to be.
 *
 * <p>Safe for any thread.
 */
public final class Suggestion {

  private static final int FARTHEST = 3;

  private Suggestion() {}

  /**
   * Returns "; did you mean NAME?" with the nearest names, or an empty text if none is near: three
   * characters may differ.
   */
  public static String among(Collection<String> names, String wrong) {
    int nearest =
        names.stream().mapToInt(name -> distance(name, wrong)).min().orElse(Integer.MAX_VALUE);
    return nearest > FARTHEST
        ? ""
        : names.stream()
            .filter(name -> distance(name, wrong) == nearest)
            .sorted()
            .collect(Collectors.joining(" or ", "; did you mean ", "?"));
  }

  /**
   * Returns how far a name is from the wrong one. A wrong name that leaves out the beginning, such
   * as {@code --port} for {@code --http-port}, is near.
   */
  private static int distance(String name, String wrong) {
    String word = wrong.replaceFirst("^(--|ERIC_)", "");
    boolean endsWithIt =
        !word.isEmpty() && (name.endsWith('-' + word) || name.endsWith('_' + word));
    return endsWithIt ? 1 : edits(name, wrong);
  }

  /** Returns how many characters have to be inserted, removed or replaced. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int same = from.charAt(i - 1) == to.charAt(j - 1) ? diagonal : diagonal + 1;
        diagonal = row[j];
        row[j] = Math.min(same, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
