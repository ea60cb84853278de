package io.eric.internal.protocol;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The verbs of {@linkplain Command commands}, in the order in which refusals list them. */
public enum Verb {
  CREATE_CHANNEL("c", false),
  REMOVE_CHANNEL("rc", false),
  ADD_LISTENER("r", false),
  REMOVE_LISTENER("rl", false),
  DISPATCH("d", false),
  BROADCAST("b", false),
  LISTEN("l", false),
  WATCH("w", false),
  STOP("s", false),
  LIST("ls", true),
  PING("ping", true);

  private static final Map<String, Verb> BY_WORD =
      Arrays.stream(values()).collect(Collectors.toMap(Verb::word, Function.identity()));

  private final String word;
  private final boolean readOnly;

  Verb(String word, boolean readOnly) {
    this.word = word;
    this.readOnly = readOnly;
  }

  /** Returns the verb as it stands in the JSON form of a command. */
  public String word() {
    return word;
  }

  /**
   * Returns whether the command changes nothing, so that it may be repeated when its answer is
   * lost.
   */
  public boolean isReadOnly() {
    return readOnly;
  }

  /** Returns the verb of this word, or null if there is none. */
  public static @Nullable Verb of(@Nullable Object word) {
    return word instanceof String text ? BY_WORD.get(text) : null;
  }

  /** Returns all words, as a refusal lists them. */
  public static String words() {
    return Arrays.stream(values()).map(Verb::word).collect(Collectors.joining(", "));
  }
}
