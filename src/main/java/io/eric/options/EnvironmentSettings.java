package io.eric.options;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads settings from environment variables. The name of a variable is ERIC_ and the setting's path
 * in upper case.
 *
 * <p>Safe for any thread.
 */
public final class EnvironmentSettings {

  /** The character that Java puts in place of bytes that it cannot decode. */
  public static final char UNDECODED = '\uFFFD';

  private static final Logger LOG = LoggerFactory.getLogger(EnvironmentSettings.class);

  static final String PREFIX = "ERIC_";

  private static final String LOG_LEVEL = "ERIC_LOG_LEVEL";

  /** Variables that begin like a setting but belong to logging and to the tests. */
  private static final Set<String> OTHERS = Set.of(LOG_LEVEL, "ERIC_REQUIRE_ALL");

  private static final List<String> LOG_LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

  /**
   * The names of variables that Kubernetes and Docker links set for a service named eric, or
   * eric-…. They tell where the service is, and begin like a setting.
   */
  private static final Pattern INJECTED_NAME =
      Pattern.compile(
          "ERIC_(\\w+_)?(SERVICE_(HOST|PORT(_\\w+)?)|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

  private static final Pattern INJECTED_VALUE = Pattern.compile("(tcp|udp|sctp)://[^/]+:\\d+");

  private EnvironmentSettings() {}

  /**
   * Reads the settings that the environment names. Variables that container platforms set for a
   * service named eric are skipped, which is logged.
   *
   * @return the settings in the form that {@link EricOptions} reads
   * @throws IllegalArgumentException naming a variable that is no setting, or whose value has the
   *     wrong type or range
   */
  public static JsonObject read(Map<String, String> environment) {
    SortedMap<String, String> paths = new TreeMap<>();
    SortedMap<String, @Nullable Object> defaults = SettingPaths.defaults();
    defaults.keySet().forEach(path -> paths.put(SettingPaths.variable(path), path));
    JsonObject settings = new JsonObject();
    List<String> injected = new ArrayList<>();
    checkLogLevel(environment.get(LOG_LEVEL));
    new TreeMap<>(environment)
        .forEach(
            (variable, text) -> {
              if (!variable.startsWith(PREFIX) || OTHERS.contains(variable)) {
                return;
              }
              String path = paths.get(variable);
              if (INJECTED_NAME.matcher(variable).matches()
                  || INJECTED_VALUE.matcher(text).matches()) {
                injected.add(variable);
                return;
              }
              if (path == null) {
                throw new IllegalArgumentException(
                    "environment variable "
                        + variable
                        + " is no setting of eric"
                        + Suggestion.among(paths.keySet(), variable));
              }
              Object defaultValue = defaults.get(path);
              if (text.isEmpty() && !mayBeEmpty(defaultValue)) {
                throw new IllegalArgumentException(
                    "environment variable "
                        + variable
                        + " is set but empty: unset it for the default of "
                        + path
                        + ", or give it "
                        + expected(defaultValue));
              }
              refuseUndecoded(variable, text);
              Object value = typed(variable, text, defaultValue);
              check(variable, path, value);
              SettingPaths.put(settings, path, value);
            });
    if (!injected.isEmpty()) {
      LOG.info("passed over, since a container platform injects them: {}", injected);
    }
    return settings;
  }

  /**
   * Returns whether an empty variable is a value: an empty list, or a text that is empty by
   * default.
   */
  private static boolean mayBeEmpty(@Nullable Object defaultValue) {
    return defaultValue instanceof JsonArray || "".equals(defaultValue);
  }

  /** Refuses an unknown level of logging, which the logging itself would take for DEBUG. */
  private static void checkLogLevel(@Nullable String level) {
    if (level != null && !level.isEmpty() && !LOG_LEVELS.contains(level.toUpperCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "environment variable "
              + LOG_LEVEL
              + " is "
              + level
              + ", it must be one of "
              + String.join(", ", LOG_LEVELS));
    }
  }

  private static void refuseUndecoded(String variable, String text) {
    if (text.indexOf(UNDECODED) >= 0) {
      throw new IllegalArgumentException(
          "environment variable "
              + variable
              + " has characters that the locale of this process cannot express, which is "
              + Charset.defaultCharset()
              + ": set LC_ALL to a UTF-8 locale, like C.UTF-8");
    }
  }

  private static @Nullable Object typed(
      String variable, String text, @Nullable Object defaultValue) {
    try {
      if (defaultValue instanceof Boolean) {
        return switch (text) {
          case "true" -> true;
          case "false" -> false;
          default -> throw new NumberFormatException();
        };
      } else if (defaultValue instanceof Integer || defaultValue instanceof Long) {
        return Long.valueOf(text);
      } else if (defaultValue instanceof Number) {
        return Double.valueOf(text);
      } else if (defaultValue instanceof JsonArray) {
        return text.startsWith("[") ? new JsonArray(text) : list(text);
      } else if (defaultValue instanceof JsonObject) {
        return new JsonObject(text);
      }
      return text;
    } catch (NumberFormatException | DecodeException e) {
      throw new IllegalArgumentException(
          "environment variable " + variable + " must be " + expected(defaultValue), e);
    }
  }

  /** Splits a text at its commas; empty items are left out. */
  private static JsonArray list(String text) {
    JsonArray list = new JsonArray();
    Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).forEach(list::add);
    return list;
  }

  private static String expected(@Nullable Object defaultValue) {
    if (defaultValue instanceof Boolean) {
      return "true or false";
    } else if (defaultValue instanceof Integer || defaultValue instanceof Long) {
      return "a whole number";
    } else if (defaultValue instanceof Number) {
      return "a number";
    }
    if (defaultValue == null || defaultValue instanceof String) {
      return "a text";
    }
    return defaultValue instanceof JsonArray ? "a JSON array or a list with commas" : "JSON";
  }

  /** Checks a variable alone, so that the complaint can name it. */
  private static void check(String variable, String path, @Nullable Object value) {
    JsonObject alone = new JsonObject();
    SettingPaths.put(alone, path, value);
    try {
      new EricOptions(alone);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "environment variable " + variable + ": " + e.getMessage(), e);
    }
  }
}
