package io.eric;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a reader is sent to is there: documents, and the packages and classes that they name. */
class DocumentsTest {

  private static final Pattern DOCUMENT = Pattern.compile("docs/[\\w/-]+(?:\\.md)?");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
  private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)\\.java`");

  @Test
  void everyDocumentThatASourceCitesExists() {
    TreeSet<String> missing = new TreeSet<>();
    for (Path source : files("src", ".java", ".kt", ".json", ".html", ".js", ".ts")) {
      Matcher cited = DOCUMENT.matcher(read(source));
      while (cited.find()) {
        if (!isThere(Path.of(cited.group()))) {
          missing.add(source + " cites " + cited.group());
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyLinkInADocumentLeadsSomewhere() {
    TreeSet<String> missing = new TreeSet<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(read(document));
      while (link.find()) {
        if (!Files.exists(document.resolveSibling(link.group(1)))) {
          missing.add(document + " links to " + link.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyClassThatADocumentNamesExists() {
    List<String> classes =
        files("src/main", ".java").stream().map(path -> path.getFileName().toString()).toList();
    TreeSet<String> missing = new TreeSet<>();
    for (Path document : documents()) {
      String text = read(document);
      Matcher named = CLASS.matcher(text);
      while (named.find()) {
        boolean isAnExample = text.contains("class " + named.group(1));
        if (!isAnExample && !classes.contains(named.group(1) + ".java")) {
          missing.add(document + " names " + named.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  /** Decisions are cited by their number, {@code docs/decisions/0007}. */
  private static boolean isThere(Path cited) {
    String start = cited.getFileName().toString();
    return Files.exists(cited)
        || cited.getParent().endsWith("decisions")
            && files(cited.getParent().toString(), ".md").stream()
                .anyMatch(path -> path.getFileName().toString().startsWith(start + '-'));
  }

  private static List<Path> documents() {
    return Stream.concat(Stream.of(Path.of("README.md")), files("docs", ".md").stream()).toList();
  }

  private static List<Path> files(String root, String... endings) {
    try (Stream<Path> all = Files.walk(Path.of(root))) {
      return all.filter(Files::isRegularFile)
          .filter(path -> !path.toString().contains("node_modules"))
          .filter(path -> Stream.of(endings).anyMatch(path.toString()::endsWith))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
