package io.eric.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.PayloadTooLargeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineInputTest {

  @Test
  void linesEndWithLfOrCrLfOrTheInput() throws Exception {
    assertThat(lines("a\nb\r\nc")).containsExactly("a", "b", "c");
    assertThat(lines("a\n")).containsExactly("a");
    assertThat(lines("")).isEmpty();
  }

  @Test
  void emptyLinesAreLines() throws Exception {
    assertThat(lines("\n\n\r\n")).containsExactly("", "", "");
  }

  @Test
  void aCarriageReturnInsideALineStays() throws Exception {
    assertThat(lines("a\rb\n\r\r\n")).containsExactly("a\rb", "\r");
  }

  @Test
  void linesMayBeLongerThanTheBufferAndArriveInPieces() throws Exception {
    String longLine = "x".repeat(200_000);
    assertThat(lines(longLine + "\ny\n")).containsExactly(longLine, "y");
    assertThat(lines(oneByteAtATime("ab\r\ncd"), 100)).containsExactly("ab", "cd");
  }

  @Test
  void aLineThatIsTooLongIsRefused() throws Exception {
    assertThat(lines(stream("12345\n"), 5)).containsExactly("12345");
    assertThatThrownBy(() -> lines(stream("123456\n"), 5))
        .isInstanceOf(PayloadTooLargeException.class);
  }

  private static List<String> lines(String text) throws IOException {
    return lines(stream(text), 1 << 20);
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream oneByteAtATime(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
      @Override
      public synchronized int read(byte[] to, int offset, int length) {
        return super.read(to, offset, Math.min(length, 1));
      }
    };
  }

  private static List<String> lines(InputStream in, int maxLength) throws IOException {
    LineInput input = new LineInput(in, maxLength);
    List<String> lines = new ArrayList<>();
    byte[] line;
    while ((line = input.next()) != null) {
      lines.add(new String(line, StandardCharsets.UTF_8));
    }
    return lines;
  }
}
