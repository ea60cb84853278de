package io.eric.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Explains in words why the operating system refused. Many exceptions of {@code java.nio.file}
 * express the reason by their class alone, and their message is just a path.
 */
public final class IoReason {

  private IoReason() {}

  /** Returns the reason, with the path if the exception knows it. */
  public static String of(Throwable failure) {
    if (failure instanceof FileSystemException refused) {
      String file = refused.getFile();
      return file == null ? reason(refused) : file + ": " + reason(refused);
    }
    if (failure instanceof InvalidPathException) {
      return "a path has characters that the locale of this process cannot express, which is "
          + System.getProperty("sun.jnu.encoding")
          + ": set LC_ALL to a UTF-8 locale";
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.toString() : message;
  }

  /**
   * Returns the reason alone, for a client that must not learn where the hub's files are (CWE-209).
   */
  public static String withoutPath(IOException failure) {
    return failure instanceof FileSystemException refused ? reason(refused) : of(failure);
  }

  private static String reason(FileSystemException refused) {
    if (refused instanceof AccessDeniedException) {
      return "permission denied";
    } else if (refused instanceof NoSuchFileException) {
      return "there is no such file or directory";
    } else if (refused instanceof NotDirectoryException) {
      return "it is no directory";
    } else if (refused instanceof FileAlreadyExistsException) {
      return refused.getFile() == null || Files.isDirectory(Path.of(refused.getFile()))
          ? "it exists already"
          : "it exists already, and is no directory";
    }
    String reason = refused.getReason();
    return reason == null ? refused.getClass().getSimpleName() : reason;
  }
}
