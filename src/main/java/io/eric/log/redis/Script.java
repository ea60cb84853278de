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

/** What runs inside Redis, each all or nothing; the files beside this package's classes. */
enum Script {
  OPEN(false),
  RESUME(false),
  APPEND(true),
  SAVE(true),
  TRIM(true),
  DELETE(true),
  DEFINE(false);

  /** The caller is not the channel's owner any more. */
  static final String FENCED = "FENCED";

  /** What must be there is not, and no owner has removed it. */
  static final String VANISHED = "VANISHED";

  /** The caller is the owner, but began a new term after it had sent this. */
  static final String STALE = "STALE";

  /** The log does not end where the caller believes. */
  static final String MISPLACED = "MISPLACED";

  private final String source;
  private final String hash;

  Script(boolean forOwnersOnly) {
    String own = resource(name().toLowerCase(java.util.Locale.ROOT));
    source = forOwnersOnly ? resource("owner") + own : own;
    hash = sha1(source);
  }

  /** Makes the script known to a server. */
  Request load() {
    return Request.cmd(Command.SCRIPT).arg("LOAD").arg(source);
  }

  /** A call, to which the arguments are to be added. */
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
