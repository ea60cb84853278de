package io.eric.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.eric.Payload;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
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
      Object body = any(kind, new Random(seed));
      assertThat(read(bytes(body))).as(kind.getSimpleName()).isEqualTo(body);
    }
  }

  @Property(tries = 20)
  void aBodyThatIsCutOffIsRefused(@ForAll long seed) {
    for (Class<?> kind : KINDS) {
      byte[] bytes = bytes(any(kind, new Random(seed)));
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
      byte[] bytes = bytes(any(kind, random));
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

  /** A record with random fields. */
  private static Object any(Class<?> type, Random random) {
    if (type == Long.class) {
      return random.nextLong() >> random.nextInt(64);
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
    }
    try {
      RecordComponent[] parts = type.getRecordComponents();
      Object[] values = new Object[parts.length];
      Class<?>[] types = new Class<?>[parts.length];
      for (int i = 0; i < parts.length; i++) {
        types[i] = parts[i].getType();
        values[i] = anyValue(parts[i], random);
      }
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static Object anyValue(RecordComponent part, Random random) {
    Class<?> type = part.getType();
    if (type == long.class) {
      return random.nextLong() >> random.nextInt(64);
    } else if (type == int.class) {
      return random.nextInt() >> random.nextInt(32);
    } else if (type == boolean.class) {
      return random.nextBoolean();
    } else if (type == String.class) {
      boolean optional =
          part.getAnnotatedType().isAnnotationPresent(org.jspecify.annotations.Nullable.class);
      return optional && random.nextBoolean() ? null : anyText(random);
    } else if (type == Payload.class) {
      return Payload.of(anyText(random));
    } else if (type == List.class) {
      String item = part.getGenericType().getTypeName();
      item = item.substring(item.indexOf('<') + 1, item.length() - 1);
      List<Object> list = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        try {
          list.add(any(Class.forName(item), random));
        } catch (ClassNotFoundException e) {
          throw new AssertionError(e);
        }
      }
      return list;
    }
    return any(type, random);
  }

  private static String anyText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.appendCodePoint(random.nextBoolean() ? 'a' + random.nextInt(26) : 0x1f600 + i);
    }
    return text.toString();
  }
}
