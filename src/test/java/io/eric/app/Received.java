package io.eric.app;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/** Counts and hashes the lines that a reader got, and completes when it has as many as expected. */
final class Received {

  private final int expected;
  private final MessageDigest digest;
  private final CompletableFuture<String> done = new CompletableFuture<>();
  private int count;

  Received(int expected) {
    this.expected = expected;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Takes a line; one too many, or a gap, fails. */
  synchronized void line(String type, String data) {
    if (!type.equals("line")) {
      done.completeExceptionally(
          new AssertionError("after " + count + " lines: " + type + ' ' + data));
      return;
    }
    digest.update(data.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
    if (++count == expected) {
      done.complete(count + " " + HexFormat.of().formatHex(digest.digest()));
    }
  }

  synchronized void failed(Throwable cause) {
    done.completeExceptionally(new AssertionError("after " + count + " lines", cause));
  }

  /** Number and SHA-256 of the lines, each with its newline. */
  CompletableFuture<String> done() {
    return done;
  }

  synchronized int count() {
    return count;
  }
}
