package io.eric.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.eric.Payload;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What Jackson reads out of the rewritten text is what it reads out of the original. */
class PythonJsonProperties {

  private static final ObjectMapper JACKSON = new ObjectMapper();

  @Property
  void jacksonReadsTheSameOutOfIt(@ForAll("values") Object value) throws Exception {
    byte[] json = Payload.of(value).json();
    byte[] written = new PythonJson(0).value(json).toBytes();
    assertThat(JACKSON.readTree(written)).isEqualTo(JACKSON.readTree(json));
    assertThat(new String(written, StandardCharsets.ISO_8859_1)).matches("[ -~]*");
  }

  @Property
  void rewritingAgainChangesNothing(@ForAll("values") Object value) {
    byte[] once = new PythonJson(0).value(Payload.of(value).json()).toBytes();
    assertThat(new PythonJson(1).value(once).toBytes()).isEqualTo(once);
  }

  @Property
  void aStringIsWrittenAsItsJsonWouldBe(@ForAll("texts") String text) {
    assertThat(new PythonJson(0).string(text).toBytes())
        .isEqualTo(new PythonJson(0).value(Payload.of(text).json()).toBytes());
  }

  @Provide
  Arbitrary<Object> values() {
    return Arbitraries.lazyOf(
        () -> Arbitraries.just("").map(nothing -> (Object) nothing),
        () -> texts().map(text -> (Object) text),
        () -> Arbitraries.longs().map(number -> (Object) number),
        () -> Arbitraries.bigDecimals().map(number -> (Object) number),
        () -> Arbitraries.of(true, false).map(bool -> (Object) bool),
        () -> values().list().ofMaxSize(4).map(list -> (Object) new JsonArray(list)),
        () ->
            Arbitraries.maps(texts(), values())
                .ofMaxSize(4)
                .map((Map<String, Object> map) -> (Object) new JsonObject(map)));
  }

  /** Any UTF-16 units, partners of surrogates or not, and many of those that are special. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<Character> special =
        Arbitraries.of(
            List.of(
                '"', '\\', '/', '\n', '\r', '\t', '\b', '\f', '\0', '\u001f', '\u007f', '\u0080',
                '\u07ff', '\u0800', '\u2028', '\ud800', '\udbff', '\udc00', '\udfff', '\ufeff',
                '\uffff'));
    Arbitrary<Character> any = Arbitraries.chars().all();
    return Arbitraries.oneOf(special, any).list().ofMaxSize(20).map(PythonJsonProperties::join);
  }

  private static String join(List<Character> units) {
    StringBuilder text = new StringBuilder();
    units.forEach(text::append);
    return text.toString();
  }
}
