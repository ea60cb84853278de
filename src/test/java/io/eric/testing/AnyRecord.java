package io.eric.testing;

import io.eric.Payload;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes records with random fields, so that a codec is tested with every field of every kind. */
public final class AnyRecord {

  private AnyRecord() {}

  /**
   * Makes a random value: a record, an enum's constant, a number or a text. A field is null only
   * where it is {@link Nullable}.
   */
  public static <T> T of(Class<T> type, Random random) {
    return type.cast(any(type, random));
  }

  private static Object any(Class<?> type, Random random) {
    if (type == Long.class || type == long.class) {
      return random.nextLong() >> random.nextInt(64);
    } else if (type == int.class) {
      return random.nextInt() >> random.nextInt(32);
    } else if (type == boolean.class) {
      return random.nextBoolean();
    } else if (type == String.class) {
      return text(random);
    } else if (type == Payload.class) {
      return Payload.of(text(random));
    } else if (type.isEnum()) {
      return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
    } else if (type.isSealed()) {
      Class<?>[] kinds = type.getPermittedSubclasses();
      return any(kinds[random.nextInt(kinds.length)], random);
    }
    return record(type, random);
  }

  private static Object record(Class<?> type, Random random) {
    try {
      RecordComponent[] parts = Objects.requireNonNull(type.getRecordComponents(), type.getName());
      Object[] values = new Object[parts.length];
      Class<?>[] types = new Class<?>[parts.length];
      for (int i = 0; i < parts.length; i++) {
        types[i] = parts[i].getType();
        boolean optional = parts[i].getAnnotatedType().isAnnotationPresent(Nullable.class);
        values[i] =
            optional && random.nextBoolean() ? null : any(parts[i].getGenericType(), random);
      }
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static Object any(Type type, Random random) {
    if (type instanceof ParameterizedType generic) {
      Type[] of = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(any(of[0], random));
        }
        return list;
      } else if (generic.getRawType() == Map.class) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(any(of[0], random), any(of[1], random));
        }
        return map;
      }
    }
    return any((Class<?>) type, random);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.appendCodePoint(random.nextBoolean() ? 'a' + random.nextInt(26) : 0x1f600 + i);
    }
    return text.toString();
  }
}
