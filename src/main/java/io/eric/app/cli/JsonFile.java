package io.eric.app.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.eric.internal.IoReason;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file that was written by hand and has to hold one JSON object. */
final class JsonFile {

  private static final JsonFactory FACTORY =
      new JsonFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private JsonFile() {}

  /**
   * Reads the file.
   *
   * @param purpose the option or setting by which the file was given
   * @throws IllegalArgumentException naming purpose, file, and, if the file is not JSON, line and
   *     column
   */
  static JsonObject read(String purpose, Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(purpose + ": " + file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(purpose + ": cannot read " + IoReason.of(e), e);
    }
    if (text.startsWith("\uFEFF")) {
      // A byte order mark, which some editors put before everything they write.
      text = text.substring(1);
    }
    check(purpose, file, text);
    return new JsonObject(text);
  }

  private static void check(String purpose, Path file, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          purpose + ": " + file + " is empty, it must hold a JSON object, as {} is");
    }
    try (JsonParser parser = FACTORY.createParser(text)) {
      boolean isObject = parser.nextToken() == com.fasterxml.jackson.core.JsonToken.START_OBJECT;
      if (isObject) {
        parser.skipChildren();
        if (parser.nextToken() != null) {
          throw refused(purpose, file, parser.currentTokenLocation(), "more follows the object");
        }
      } else {
        throw new IllegalArgumentException(purpose + ": " + file + " is not a JSON object");
      }
    } catch (JsonProcessingException e) {
      throw refused(purpose, file, e.getLocation(), problem(e, text));
    } catch (IOException e) {
      throw new IllegalArgumentException(purpose + ": cannot read " + file, e);
    }
  }

  private static IllegalArgumentException refused(
      String purpose, Path file, JsonLocation at, String problem) {
    return new IllegalArgumentException(
        purpose
            + ": "
            + file
            + ", line "
            + at.getLineNr()
            + ", column "
            + at.getColumnNr()
            + ": "
            + problem);
  }

  private static String problem(JsonProcessingException e, String text) {
    if (e instanceof JsonEOFException) {
      return "the file ends before the JSON does";
    }
    if (e instanceof JsonParseException
        && String.valueOf(e.getOriginalMessage()).startsWith("Duplicate field")) {
      return "this key stands here twice";
    }
    int at = (int) Math.min(text.length(), Math.max(0, e.getLocation().getCharOffset()));
    String before = text.substring(0, at).stripTrailing();
    boolean closes = at < text.length() && (text.charAt(at) == '}' || text.charAt(at) == ']');
    if (closes && before.endsWith(",")) {
      return "a comma must not stand before " + text.charAt(at);
    }
    return at < text.length() && text.charAt(at) > ' '
        ? "not JSON at '" + text.charAt(at) + "'"
        : "not JSON from here on";
  }
}
