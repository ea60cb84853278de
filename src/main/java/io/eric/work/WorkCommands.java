package io.eric.work;

import io.eric.InvalidMessageFormatException;
import io.eric.channel.internal.core.ChannelExtension;
import io.eric.channel.internal.core.OpenChannel;
import io.eric.channel.internal.readers.Listener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Executes the commands that come to the address of a {@link DataProcessingChannel}: those of
 * workers on the event bus ({@code take}, {@code done}, {@code fail}, {@code renew}), and {@code
 * progress}, which any client may send. docs/prefabs.md has the keys. This class is used on the
 * channel's context.
 */
final class WorkCommands {

  /** The longest that a {@code take} may wait, in milliseconds: below the time-out of requests. */
  static final int MAX_WAIT_MS = 4_000;

  /** How long a {@code take} waits on a queue that is not being processed, in milliseconds. */
  private static final int NOT_OPEN_WAIT_MS = 500;

  private static final int MAX_TAKEN = 1_000;

  private final Vertx vertx;
  private final OpenChannel channel;
  private final long lease;

  /** The leases of the queues that are being processed. */
  private final Map<WorkQueue, Leases> open = new HashMap<>();

  WorkCommands(Vertx vertx, OpenChannel channel, long lease) {
    this.vertx = vertx;
    this.channel = channel;
    this.lease = lease;
  }

  void opened(WorkQueue queue, Leases leases) {
    open.put(queue, leases);
  }

  void closed(WorkQueue queue) {
    Leases leases = open.remove(queue);
    if (leases != null) {
      leases.close();
    }
  }

  /** See {@link ChannelExtension#execute}. */
  @Nullable Future<?> execute(JsonObject command) {
    if (!(command.getValue("v") instanceof String verb)) {
      return null;
    }
    return switch (verb) {
      case "take" -> take(command);
      case "done" -> done(command);
      case "fail" -> fail(command);
      case "renew" -> renew(command);
      case "progress" -> Future.succeededFuture(progress(text(command, "r")).toJson());
      default -> null;
    };
  }

  ProcessingProgress progress(String listenerId) {
    Listener listener = channel.listeners.get(listenerId);
    if (listener.attachment() instanceof WorkQueue queue) {
      return queue.progress();
    }
    long last = channel.log.lastSequence();
    long cursor = listener.cursor(last);
    long pending = channel.log.hasAfter(cursor, listener.id) ? last - cursor : 0;
    return new ProcessingProgress(0, 0, 0, 0, 0, pending, 0, false);
  }

  private Future<JsonObject> take(JsonObject command) {
    String worker = worker(command);
    int max = number(command, "max", 1, 1, MAX_TAKEN);
    int wait = number(command, "wait", 0, 0, MAX_WAIT_MS);
    Leases leases = leases(command);
    if (leases != null) {
      return leases.take(worker, max, wait);
    }
    JsonObject nothing = Leases.answer(new JsonArray(), lease);
    if (wait == 0) {
      return Future.succeededFuture(nothing);
    }
    Promise<JsonObject> later = Promise.promise();
    vertx.setTimer(Math.min(wait, NOT_OPEN_WAIT_MS), timer -> later.complete(nothing));
    return later.future();
  }

  private Future<String> done(JsonObject command) {
    String worker = worker(command);
    String id = text(command, "id");
    Object result = command.containsKey("result") ? command.getValue("result") : Leases.SAME;
    Leases leases = leases(command);
    return outcome(leases != null && leases.done(worker, id, result));
  }

  private Future<String> fail(JsonObject command) {
    String worker = worker(command);
    String id = text(command, "id");
    String message = command.getValue("message") instanceof String given ? given : "it failed";
    boolean again = Boolean.TRUE.equals(command.getValue("retry"));
    Leases leases = leases(command);
    return outcome(leases != null && leases.failed(worker, id, message, again));
  }

  private static Future<String> outcome(boolean inTime) {
    return Future.succeededFuture(inTime ? "ack" : "late");
  }

  private Future<Integer> renew(JsonObject command) {
    String worker = worker(command);
    List<String> ids = null;
    if (command.getValue("ids") instanceof JsonArray given) {
      ids = new ArrayList<>();
      for (Object id : given) {
        if (!(id instanceof String text)) {
          throw new InvalidMessageFormatException("ids must be an array of strings");
        }
        ids.add(text);
      }
    } else if (command.getValue("ids") != null) {
      throw new InvalidMessageFormatException("ids must be an array of strings");
    }
    Leases leases = leases(command);
    return Future.succeededFuture(leases == null ? 0 : leases.renew(worker, ids));
  }

  /**
   * Returns the leases of the listener that a command names; null if its queue is not being
   * processed.
   */
  private @Nullable Leases leases(JsonObject command) {
    Listener listener = channel.listeners.get(text(command, "r"));
    return listener.attachment() instanceof WorkQueue queue ? open.get(queue) : null;
  }

  private static String worker(JsonObject command) {
    return Leases.checkedWorker(text(command, "worker"));
  }

  private static String text(JsonObject command, String key) {
    if (command.getValue(key) instanceof String text) {
      return text;
    }
    throw new InvalidMessageFormatException(key + " must be a string");
  }

  private static int number(JsonObject command, String key, int absent, int least, int most) {
    Object value = command.getValue(key);
    if (value == null) {
      return absent;
    }
    // A script's numbers may all come as doubles.
    if (!(value instanceof Number number)
        || number.doubleValue() != number.intValue()
        || number.intValue() < least
        || number.intValue() > most) {
      throw new InvalidMessageFormatException(
          key + " must be a whole number from " + least + " to " + most);
    }
    return number.intValue();
  }
}
