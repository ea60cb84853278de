package io.eric.log.redis;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The scripts that run inside Redis. Each takes effect as a whole or not at all. Their sources are
 * the {@code .lua} files beside this package's classes.
 */
enum Script {
  OPEN(false),
  RESUME(false),
  APPEND(true),
  SAVE(true),
  TRIM(true),
  DELETE(true),
  DEFINE(false);

  /** Redis answers this if the caller is not the channel's owner any more. */
  static final String FENCED = "FENCED";

  /**
   * Redis answers this if something is missing that must be there, and that no owner has removed.
   */
  static final String VANISHED = "VANISHED";

  /**
   * Redis answers this if the caller is the owner, but began a new term after it had sent the call.
   */
  static final String STALE = "STALE";

  /** Redis answers this if the log does not end where the caller believes. */
  static final String MISPLACED = "MISPLACED";

  private final String source;
  private final String hash;

  Script(boolean forOwnersOnly) {
    String own = resource(name().toLowerCase(java.util.Locale.ROOT));
    source = forOwnersOnly ? resource("owner") + own : own;
    hash = sha1(source);
  }

  /** Returns the request that makes the script known to a server. */
  Request load() {
    return Request.cmd(Command.SCRIPT).arg("LOAD").arg(source);
  }

  /** Returns a call, to which the caller adds the arguments. */
  Request call(List<String> keys) {
    Request request = Request.cmd(Command.EVALSHA).arg(hash).arg(keys.size());
    keys.forEach(request::arg);
    return request;
  }

  private static String resource(String name) {
    try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks io/eric/log/redis/" + name + ".lua");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
