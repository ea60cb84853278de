package io.eric.consumer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document of this repository and what it shows.
 *
 * @param name its path
 */
record Document(String name, String text) {

  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern MAIN = Pattern.compile("^public class (\\w+)", Pattern.MULTILINE);

  /** Reads it. */
  static Document read(String name) throws IOException {
    return new Document(name, Files.readString(Path.of(name)));
  }

  /** All blocks of a language, in order. */
  List<String> blocks(String language) {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** The one block of a language that contains a text. */
  String block(String language, String containing) {
    List<String> found =
        blocks(language).stream().filter(block -> block.contains(containing)).toList();
    if (found.size() != 1) {
      throw new AssertionError(
          name + " has " + found.size() + ' ' + language + " blocks with " + containing);
    }
    return found.get(0);
  }

  /** The program whose class is of this name. */
  String program(String mainClass) {
    return block("java", "public class " + mainClass + " {");
  }

  /** The names of the programs in Java. */
  List<String> programs() {
    return blocks("java").stream()
        .map(MAIN::matcher)
        .flatMap(Matcher::results)
        .map((MatchResult found) -> found.group(1))
        .toList();
  }
}
