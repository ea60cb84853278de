package io.eric.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandFramerTest {

  private static final int MAX = 100;

  @Test
  void aCommandEndsAtTheLineFeedBehindItsObject() {
    assertThat(frames("{\"v\":\"ping\"}\n{}\n")).containsExactly("{\"v\":\"ping\"}+", "{}+");
  }

  @Test
  void aCommandWithoutLineFeedEndsWithTheInput() {
    assertThat(frames("{\"v\":\"ping\"}")).containsExactly("{\"v\":\"ping\"}");
  }

  @Test
  void beforeItsLineFeedOrTheEndOfInputACommandIsNotHandedOut() {
    CommandFramer framer = new CommandFramer(MAX);
    feed(framer, "{\"v\":1} ");
    assertThat(framer.next()).isEqualTo(CommandFramer.Found.NOTHING);
    assertThat(framer.isWithinCommand()).isTrue();
  }

  @Test
  void anObjectMaySpanLines() {
    assertThat(frames("{\n\"v\":\n[\n1]}\r\n")).containsExactly("{\n\"v\":\n[\n1]}+");
  }

  @Test
  void bracesQuotesAndBackslashesInStringsDoNotCount() {
    String tricky = "{\"a\":\"}]\\\"{\\\\\",\"b\":\"\\\\\"}";
    assertThat(frames(tricky + "\n{}")).containsExactly(tricky + "+", "{}");
  }

  @Test
  void blankLinesBetweenCommandsAreSkipped() {
    assertThat(frames(" \n\r\n\t{}\n \n{}\n ")).containsExactly("{}+", "{}+");
  }

  @Test
  void twoObjectsOnOneLineAreOneBadCommand() {
    assertThat(frames("{}{}\n{} x\n")).containsExactly("{}{}+", "{} x+");
  }

  @Test
  void whatDoesNotStartWithABraceIsABadCommandUpToItsLineFeed() {
    assertThat(frames("[1]\nnull\ngarbage")).containsExactly("[1]+", "null+", "garbage");
  }

  @Test
  void anUnfinishedObjectIsHandedOutAtTheEndOfInput() {
    assertThat(frames("{\"v\":")).containsExactly("{\"v\":");
    assertThat(frames("{\"v\":\"\\")).containsExactly("{\"v\":\"\\");
  }

  @Test
  void anEmptyInputHoldsNoCommand() {
    assertThat(frames("")).isEmpty();
    assertThat(frames(" \n\n")).isEmpty();
  }

  @Test
  void aCommandOfTheGreatestLengthIsTakenAndOneByteMoreIsTooLarge() {
    String largest = "{" + " ".repeat(MAX - 2) + "}";
    assertThat(frames(largest + "\n{}\n")).containsExactly(largest + "+", "{}+");
    assertThat(frames(largest)).containsExactly(largest);
    assertThat(frames("{" + " ".repeat(MAX - 1) + "}\n")).containsExactly("TOO_LARGE");
    assertThat(frames("x".repeat(MAX + 1))).containsExactly("TOO_LARGE");
    assertThat(frames("{}" + " ".repeat(MAX))).containsExactly("TOO_LARGE");
  }

  @Test
  void blanksBeforeACommandDoNotCountForItsLength() {
    String largest = "{" + " ".repeat(MAX - 2) + "}";
    assertThat(frames(" ".repeat(3 * MAX) + largest)).containsExactly(largest);
  }

  @Test
  void afterClearingItStartsAnew() {
    CommandFramer framer = new CommandFramer(MAX);
    feed(framer, "{\"v\":\"");
    framer.next();
    framer.clear();
    feed(framer, "{}\n");
    assertThat(drain(framer)).containsExactly("{}+");
  }

  @Test
  void inputIsHeldUntilItIsTaken() {
    CommandFramer framer = new CommandFramer(MAX);
    feed(framer, " \n");
    assertThat(framer.holdsInput()).isFalse();
    feed(framer, "{}\n");
    assertThat(framer.holdsInput()).isTrue();
    framer.next();
    assertThat(framer.holdsInput()).isFalse();
  }

  static List<String> frames(String input) {
    CommandFramer framer = new CommandFramer(MAX);
    feed(framer, input);
    framer.end();
    return drain(framer);
  }

  static void feed(CommandFramer framer, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    framer.feed(bytes, 0, bytes.length);
  }

  /** What the framer has, each with a plus if it ended with a line feed. */
  static List<String> drain(CommandFramer framer) {
    List<String> frames = new ArrayList<>();
    while (true) {
      switch (framer.next()) {
        case NOTHING -> {
          return frames;
        }
        case TOO_LARGE -> {
          frames.add("TOO_LARGE");
          return frames;
        }
        case COMMAND ->
            frames.add(
                new String(framer.bytes(), framer.offset(), framer.length(), StandardCharsets.UTF_8)
                    + (framer.endedWithNewline() ? "+" : ""));
      }
    }
  }
}
