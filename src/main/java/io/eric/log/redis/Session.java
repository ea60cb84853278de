package io.eric.log.redis;

import io.eric.RepositoryException;
import io.eric.options.RedisStoreOptions;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * One connection from its beginning to its end, and what the server said of itself at the
 * beginning.
 */
final class Session {

  private static final String POLICY = "maxmemory-policy";

  private final Redis client;
  private final RedisConnection connection;
  private final String runId;
  private final boolean keepsAll;

  private Session(Redis client, RedisConnection connection, String runId, boolean keepsAll) {
    this.client = client;
    this.connection = connection;
    this.runId = runId;
    this.keepsAll = keepsAll;
  }

  /** Asks a new connection for the server's identity, and makes the scripts known to it. */
  static Future<Session> begin(
      Redis client, RedisConnection connection, RedisStoreOptions options) {
    List<Request> scripts = new ArrayList<>();
    for (Script script : Script.values()) {
      scripts.add(script.load());
    }
    return connection
        .send(Request.cmd(Command.INFO).arg("server"))
        .compose(
            info -> {
              Properties server = properties(info);
              refuseOld(server.getProperty("redis_version", "0"));
              return connection
                  .batch(scripts)
                  .compose(loaded -> evictionPolicy(connection))
                  .compose(
                      policy -> {
                        if (!options.isAcceptEviction()) {
                          refuseEviction(policy);
                        }
                        return keepsAll(connection);
                      })
                  .map(
                      keepsAll ->
                          new Session(
                              client, connection, server.getProperty("run_id", ""), keepsAll));
            });
  }

  /** Returns the connection that requests are sent over. */
  RedisConnection connection() {
    return connection;
  }

  /** Returns the name of the life of the server's process. */
  String runId() {
    return runId;
  }

  /** Returns whether the server's process may die without losing what it has confirmed. */
  boolean keepsAll() {
    return keepsAll;
  }

  /** Closes the client, which is the only way to end a connection that hangs. */
  Future<Void> end() {
    return client.close();
  }

  private static Properties properties(Response info) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(info.toString(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }

  /** Refuses a server that cannot trim a stream by id, which came with 6.2. */
  private static void refuseOld(String version) {
    String[] numbers = version.split("\\.");
    int major = Integer.parseInt(numbers[0]);
    int minor = numbers.length > 1 ? Integer.parseInt(numbers[1]) : 0;
    if (major < 6 || (major == 6 && minor < 2)) {
      throw new RepositoryException("Redis 6.2 or later is needed, this is " + version, null);
    }
  }

  /** Returns the server's policy; empty if the server does not tell it. */
  private static Future<String> evictionPolicy(RedisConnection connection) {
    return connection
        .send(Request.cmd(Command.CONFIG).arg("GET").arg(POLICY))
        .map(answer -> valueOf(answer, POLICY))
        .otherwise("");
  }

  /**
   * Refuses a server that evicts any keys. The policies that evict only keys with a time to live
   * are fine, because the store's keys have none.
   */
  private static void refuseEviction(String policy) {
    if (policy.startsWith("allkeys-")) {
      throw new RepositoryException(
          "this Redis removes messages in silence when its memory is full: "
              + POLICY
              + " is "
              + policy
              + "; set it to noeviction, or accept it by store.redis.acceptEviction",
          null);
    }
  }

  /**
   * Returns whether the server's settings keep everything that it has confirmed. If it does not
   * tell them, the answer is false.
   */
  private static Future<Boolean> keepsAll(RedisConnection connection) {
    return Future.all(
            is(connection, "appendonly", "yes"),
            is(connection, "appendfsync", "always"),
            is(connection, "no-appendfsync-on-rewrite", "no"))
        .map(all -> all.<Boolean>list().stream().allMatch(Boolean::booleanValue))
        .otherwise(false);
  }

  private static Future<Boolean> is(RedisConnection connection, String setting, String value) {
    return connection
        .send(Request.cmd(Command.CONFIG).arg("GET").arg(setting))
        .map(answer -> value.equals(valueOf(answer, setting)));
  }

  private static String valueOf(Response answer, String setting) {
    if (answer.isMap()) {
      return answer.containsKey(setting) ? answer.get(setting).toString() : "";
    }
    return answer.size() < 2 ? "" : answer.get(1).toString(); // as protocol version 2 answers
  }
}
