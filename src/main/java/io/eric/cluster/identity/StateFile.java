package io.eric.cluster.identity;

import io.eric.RepositoryException;
import io.eric.internal.IoReason;
import io.eric.internal.PrivateFiles;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A small file that is replaced as a whole, so that after a crash it is the old one or the new one.
 * It has a line of JSON, which operators can read, and a line with a checksum, because a file that
 * is cut off or changed must not be taken for a whole one.
 */
final class StateFile<T> {

  private static final int VERSION = 1;

  private final Path file;
  private final Function<T, JsonObject> writer;
  private final Function<JsonObject, T> reader;
  private final String remedy;

  /**
   * Names a file, which need not exist.
   *
   * @param remedy what an operator can do if it is damaged; completes "restore it, or"
   */
  StateFile(
      Path file, Function<T, JsonObject> writer, Function<JsonObject, T> reader, String remedy) {
    this.file = file;
    this.remedy = remedy;
    this.writer = writer;
    this.reader = reader;
  }

  Path path() {
    return file;
  }

  boolean exists() {
    return Files.exists(file);
  }

  /**
   * Reads the file.
   *
   * @return null if there is no file
   * @throws RepositoryException naming the file if it is damaged or cannot be read
   */
  @Nullable T read() {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new RepositoryException(file + " cannot be read: " + IoReason.of(e), e);
    }
    int end = text.indexOf('\n');
    if (text.isEmpty() || end < 0) {
      throw damaged(text.isEmpty() ? "it is empty" : "it is cut off", null);
    }
    String line = text.substring(0, end);
    if (!text.equals(withChecksum(line))) {
      throw damaged("its checksum is wrong", null);
    }
    try {
      JsonObject json = new JsonObject(new String(bytes(line), StandardCharsets.UTF_8));
      int version = json.getInteger("version");
      if (version != VERSION) {
        throw new RepositoryException(
            file + " has version " + version + ", this program knows version " + VERSION, null);
      }
      return reader.apply(json);
    } catch (RepositoryException e) {
      throw e;
    } catch (RuntimeException e) {
      throw damaged("it has another form than expected", e);
    }
  }

  /** Replaces the file. The new one is on the disk when this returns. */
  void write(T value) throws IOException {
    String json = writer.apply(value).put("version", VERSION).encode();
    String line = new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        PrivateFiles.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer content = ByteBuffer.wrap(bytes(withChecksum(line)));
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    Forcing.force(Forcing.parent(file));
  }

  private static String withChecksum(String line) {
    CRC32C crc = new CRC32C();
    crc.update(bytes(line));
    return line + "\ncrc32c " + HexFormat.of().toHexDigits((int) crc.getValue()) + '\n';
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private RepositoryException damaged(String how, @Nullable RuntimeException cause) {
    return new RepositoryException(
        file + " is damaged: " + how + "; restore it, or " + remedy, cause);
  }
}
