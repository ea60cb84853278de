package io.eric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PayloadTest {

  private static Payload json(String text) {
    return Payload.ofValidJson(text.getBytes(StandardCharsets.UTF_8));
  }

  @Property
  void aStringComesBackAsItWas(@ForAll String text) {
    Payload payload = Payload.of(text);
    assertThat(payload.value()).isEqualTo(text);
    assertThat(payload.isText()).isTrue();
    assertThat(Payload.isUtf8(payload.json(), 0, payload.size())).isTrue();
  }

  @Property
  void numbersAndBooleansComeBackAsTheyWere(@ForAll long number, @ForAll boolean flag) {
    assertThat(((Number) Payload.of(number).value()).longValue()).isEqualTo(number);
    assertThat(Payload.of(flag).value()).isEqualTo(flag);
  }

  @Property
  void mapsAndListsBecomeObjectsAndArrays(@ForAll Map<String, Integer> map) {
    assertThat(Payload.of(map).value()).isEqualTo(new JsonObject(Map.copyOf(map)));
    List<Integer> values = List.copyOf(map.values());
    assertThat(Payload.of(values).value()).isEqualTo(new JsonArray(values));
    assertThat(Payload.of(map).isText()).isFalse();
  }

  @Example
  void aLoneSurrogateIsWrittenAsItsEscape() {
    assertThat(Payload.of("a\ud800z")).hasToString("\"a\\ud800z\"");
    assertThat(Payload.of("\udc00\u00e4")).hasToString("\"\\udc00\u00e4\"");
    assertThat(Payload.of(new JsonObject().put("\udfff", "x"))).hasToString("{\"\\udfff\":\"x\"}");
  }

  @Example
  void aPairOfSurrogatesIsOneCharacter() {
    assertThat(Payload.of("\ud83d\ude00").json())
        .isEqualTo("\"\ud83d\ude00\"".getBytes(StandardCharsets.UTF_8));
  }

  @Example
  void whatJsonDoesNotKnowIsRefusedHoweverDeep() {
    List<Object> values =
        List.of(
            Double.NaN,
            Float.NaN,
            Double.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            new JsonObject().put("a", new JsonArray().add(Double.NaN)),
            Map.of("a", List.of(Map.of("b", Double.NEGATIVE_INFINITY))),
            new Object());
    for (Object value : values) {
      assertThatThrownBy(() -> Payload.of(value))
          .as("%s", value)
          .isInstanceOf(InvalidMessageFormatException.class);
    }
  }

  @Example
  void aValueThatNestsTooDeepIsRefusedBeforeItTakesTheStack() {
    List<Object> value = List.of();
    for (int depth = 1; depth < Payload.MAX_DEPTH; depth++) {
      value = List.of(value);
    }
    assertThat(Payload.of(value).size()).isEqualTo(2 * Payload.MAX_DEPTH);
    assertThat(Payload.of(value).value()).isNotNull();
    for (int depth = Payload.MAX_DEPTH; depth < 1_000_000; depth++) {
      value = List.of(value);
    }
    List<Object> tooDeep = value;
    assertThatThrownBy(() -> Payload.of(tooDeep))
        .isInstanceOf(InvalidMessageFormatException.class)
        .hasMessage("the payload nests deeper than 1000");
  }

  /** A message that its readers cannot decode would end their streams. */
  @Example
  void whatCannotBeDecodedAgainIsRefused() {
    Map<Object, String> refused =
        Map.of(
            new JsonObject().put("x".repeat(50_001), 1),
            "a name in the payload has 50001 bytes in UTF-8, at most 50000 are allowed",
            Map.of("a", List.of(Map.of("\u00e4".repeat(25_001), 1))),
            "a name in the payload has 50002 bytes in UTF-8, at most 50000 are allowed",
            new BigInteger("1".repeat(1_001)),
            "a number in the payload has more than 1000 digits",
            new JsonArray().add(new BigDecimal("0." + "1".repeat(1_500))),
            "a number in the payload has more than 1000 digits",
            BigInteger.ONE.shiftLeft(10_000_000),
            "a number in the payload has more than 1000 digits",
            "s".repeat(20_000_001),
            "a string in the payload has 20000001 characters, at most 20000000 are allowed");
    refused.forEach(
        (value, reason) ->
            assertThatThrownBy(() -> Payload.of(value))
                .isInstanceOf(InvalidMessageFormatException.class)
                .hasMessage(reason));
  }

  @Example
  void whatIsJustAllowedIsDecodedAgain() {
    List<Object> allowed =
        List.of(
            new JsonObject().put("x".repeat(50_000), 1),
            new JsonObject().put("\u00e4".repeat(25_000), 1),
            new JsonObject().put("\n".repeat(50_000), 1),
            new JsonObject().put("\ud83d\ude00".repeat(12_500), 1),
            new BigInteger("-" + "1".repeat(1_000)),
            "s".repeat(20_000_000));
    for (Object value : allowed) {
      assertThat(Payload.of(value).value()).isEqualTo(value);
    }
    assertThat(Payload.of(new BigDecimal("-0." + "1".repeat(999))).value()).isEqualTo(-1 / 9.0);
  }

  @Example
  void whatCannotBeDecodedIsNotBlamedOnItsPublisher() {
    assertThatThrownBy(() -> json("1".repeat(1_001)).value())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("the payload cannot be decoded: ")
        .hasMessageContaining("1000");
  }

  @Example
  void numbersKeepTheDigitsTheyCameWith() {
    assertThat(json("[1.00,1E400,12345678901234567890]"))
        .hasToString("[1.00,1E400,12345678901234567890]");
  }

  @Example
  void nullIsNull() {
    assertThat(Payload.of(null)).isSameAs(Payload.NULL);
    assertThat(Payload.NULL.value()).isNull();
    assertThat(Payload.NULL).hasToString("null");
  }

  @Example
  void aPayloadIsNotEncodedTwice() {
    Payload payload = Payload.of("x");
    assertThat(Payload.of(payload)).isSameAs(payload);
  }

  @Example
  void equalTextsAreEqualPayloads() {
    assertThat(Payload.of("x")).isEqualTo(json("\"x\"")).hasSameHashCodeAs(json("\"x\""));
    assertThat(Payload.of("x")).isNotEqualTo(Payload.of("y"));
  }

  @Property
  void utf8IsWhatTheJdkTakesForIt(
      @ForAll @Size(max = 40) byte[] ascii,
      @ForAll @Size(max = 4) byte[] any,
      @ForAll @IntRange(max = 40) int at,
      @ForAll @IntRange(max = 9) int offset,
      @ForAll @IntRange(max = 9) int cut) {
    byte[] bytes = new byte[ascii.length + any.length];
    for (int i = 0; i < ascii.length; i++) {
      bytes[i] = (byte) (ascii[i] & 0x7f);
    }
    System.arraycopy(any, 0, bytes, Math.min(at, ascii.length), any.length);
    int from = Math.min(offset, bytes.length);
    int length = Math.max(0, bytes.length - from - cut);
    assertThat(Payload.isUtf8(bytes, from, length)).isEqualTo(decodes(bytes, from, length));
  }

  private static boolean decodes(byte[] bytes, int from, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
      return true;
    } catch (CharacterCodingException malformed) {
      return false;
    }
  }

  @Example
  void malformedUtf8IsRecognised() {
    byte[] bytes = {'"', (byte) 0xc3, (byte) 0xa4, '"', (byte) 0xc3, '"'};
    assertThat(Payload.isUtf8(bytes, 0, 4)).isTrue();
    assertThat(Payload.isUtf8(bytes, 0, 6)).isFalse();
    assertThat(Payload.isUtf8(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, 0, 3)).isFalse();
    assertThat(Payload.isUtf8(new byte[] {(byte) 0xc0, (byte) 0x80}, 0, 2)).isFalse();
  }
}
