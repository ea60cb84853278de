package io.eric.app.cli;

import io.eric.options.EnvironmentSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Restores the arguments as they were typed. Java decodes them by the locale, and puts U+FFFD in
 * place of characters that the locale cannot express. Under {@code LC_ALL=C}, which is usual for
 * cron and many containers, that is everything beyond ASCII. Such arguments are read again from the
 * operating system, as UTF-8, or are refused.
 */
final class CommandArguments {

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private CommandArguments() {}

  /**
   * Returns the arguments, decoded as UTF-8 where the locale could not express them.
   *
   * @throws IllegalArgumentException naming the locale, if they cannot be read
   */
  static String[] read(String[] decoded) {
    for (String argument : decoded) {
      if (argument.indexOf(EnvironmentSettings.UNDECODED) >= 0) {
        return typed(decoded, commandLine());
      }
    }
    return decoded;
  }

  /**
   * Replaces the arguments that the locale could not express.
   *
   * @param decoded the arguments as the locale decodes them
   * @param line the command line of the process, with a NUL after each argument
   */
  static String[] typed(String[] decoded, byte[] line) {
    List<byte[]> all = split(line);
    if (all.size() < decoded.length) {
      throw refused("an argument");
    }
    String[] typed = decoded.clone();
    List<byte[]> last = all.subList(all.size() - decoded.length, all.size());
    for (int i = 0; i < typed.length; i++) {
      if (typed[i].indexOf(EnvironmentSettings.UNDECODED) >= 0) {
        typed[i] = utf8(last.get(i), i + 1);
      }
    }
    return typed;
  }

  private static String utf8(byte[] argument, int number) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(argument)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("argument " + number + " is not UTF-8", e);
    }
  }

  private static IllegalArgumentException refused(String which) {
    return new IllegalArgumentException(
        which
            + " has characters that the locale of this process cannot express, which is "
            + System.getProperty("sun.jnu.encoding")
            + ": set LC_ALL to a UTF-8 locale, like C.UTF-8");
  }

  private static byte[] commandLine() {
    try {
      return Files.readAllBytes(COMMAND_LINE);
    } catch (IOException notOnThisSystem) {
      return new byte[0];
    }
  }

  private static List<byte[]> split(byte[] line) {
    List<byte[]> arguments = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < line.length; i++) {
      if (line[i] == 0) {
        arguments.add(java.util.Arrays.copyOfRange(line, from, i));
        from = i + 1;
      }
    }
    return arguments;
  }
}
