package io.eric.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.eric.testing.AnyRecord;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** What travels between JVMs arrives as it was sent, and nothing else is taken for it. */
class WireCodecProperties {

  /** Every kind of body there is: one that is added and has no form fails here. */
  private static final List<Class<?>> KINDS =
      Stream.of(ChannelRequest.class, ChannelResponse.class)
          .flatMap(part -> Arrays.stream(part.getPermittedSubclasses()))
          .<Class<?>>map(kind -> kind)
          .toList();

  @Property(tries = 50)
  void everyKindOfBodySurvivesTheWay(@ForAll long seed) {
    for (Class<?> kind : KINDS) {
      Object body = AnyRecord.of(kind, new Random(seed));
      assertThat(read(bytes(body))).as(kind.getSimpleName()).isEqualTo(body);
    }
  }

  @Property(tries = 20)
  void aBodyThatIsCutOffIsRefused(@ForAll long seed) {
    for (Class<?> kind : KINDS) {
      byte[] bytes = bytes(AnyRecord.of(kind, new Random(seed)));
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatIllegalArgumentException()
            .as("%s cut to %d of %d", kind.getSimpleName(), length, bytes.length)
            .isThrownBy(() -> read(cut));
      }
    }
  }

  @Property
  void garbageIsRefusedOrReadAsSomething(@ForAll @Size(max = 200) byte[] garbage) {
    try {
      read(garbage);
    } catch (IllegalArgumentException expected) {
      return;
    }
  }

  @Property(tries = 30)
  void garbledBodiesNeverDoMoreThanBeRefused(@ForAll long seed) {
    Random random = new Random(seed);
    for (Class<?> kind : KINDS) {
      byte[] bytes = bytes(AnyRecord.of(kind, random));
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        read(bytes);
      } catch (IllegalArgumentException expected) {
        continue;
      }
    }
  }

  @Property
  void numbersSurviveTheWay(@ForAll long number) {
    WireInput in = new WireInput(new WireOutput(0).putLong(number).toBytes());
    assertThat(in.getLong()).isEqualTo(number);
    assertThat(in.atEnd()).isTrue();
  }

  @Property(tries = 1)
  void otherBodiesTravelAsJson() {
    for (Object body :
        new Object[] {
          null, true, 1, "text", new JsonObject().put("v", "ls"), new JsonArray().add(1).add("x")
        }) {
      assertThat(read(bytes(body))).isEqualTo(body);
    }
  }

  @Property(tries = 1)
  void anotherVersionAndAnUnknownKindAreRefusedByNumber() {
    byte[] newer = bytes(new ChannelResponse.Ended(1));
    newer[0]++;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(newer))
        .withMessage("a body has version 2, this node understands 1");
    byte[] unknown = bytes(new ChannelResponse.Ended(1));
    unknown[1] = 99;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(unknown))
        .withMessage("99 is no kind of body");
  }

  private static byte[] bytes(Object body) {
    WireOutput out = new WireOutput(0);
    WireCodec.write(out, body);
    return out.toBytes();
  }

  private static Object read(byte[] bytes) {
    WireInput in = new WireInput(bytes);
    Object body = WireCodec.read(in);
    return body;
  }
}
