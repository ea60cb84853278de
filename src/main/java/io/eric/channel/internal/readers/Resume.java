package io.eric.channel.internal.readers;

import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import io.eric.ReadOptions;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a stream goes on that names the position it has seen (docs/PROTOCOL.md section 4,
 * {@code Last-Event-ID}). If the position is of this log's life, the stream goes on exactly there;
 * if not, it goes on at the oldest message that is left for the listener, after an explicit gap. It
 * never goes on before the listener's creation, and never skips messages in silence.
 */
public final class Resume {

  private final MessageLog log;
  private final Listener listener;
  private final @Nullable Position position;

  private Resume(MessageLog log, Listener listener, String after) {
    this.log = log;
    this.listener = listener;
    this.position = Position.parse(after);
  }

  /**
   * Finds where a stream goes on.
   *
   * @param after a position, {@link ReadOptions#EARLIEST} or {@link ReadOptions#LATEST} as the
   *     client names it, or null: at the listener's cursor
   */
  public static Future<Point> from(MessageLog log, Listener listener, @Nullable String after) {
    if (after == null) {
      return Future.succeededFuture(new Point(listener.cursor(log.lastSequence()), null));
    }
    return switch (after) {
      case ReadOptions.EARLIEST ->
          oldestKept(log, listener).map(sequence -> new Point(sequence, null));
      case ReadOptions.LATEST -> Future.succeededFuture(new Point(log.lastSequence(), null));
      default -> new Resume(log, listener, after).apply();
    };
  }

  private Future<Point> apply() {
    if (position != null
        && position.epoch().equals(log.epoch())
        && position.sequence() <= log.lastSequence()) {
      long cursor = Math.max(position.sequence(), listener.created);
      return Future.succeededFuture(new Point(cursor, null));
    }
    return oldestKept(log, listener).map(sequence -> new Point(sequence, gap(sequence)));
  }

  /** The sequence that the oldest message which is left for the listener comes after. */
  private static Future<Long> oldestKept(MessageLog log, Listener listener) {
    return log.read(listener.created, listener.reader(), 1, 1)
        .map(
            oldest -> {
              if (oldest.entries().isEmpty()) {
                return oldest.through();
              }
              Entry first = oldest.entries().get(0);
              boolean alreadyGone = first.type().equals(Message.GAP);
              return alreadyGone ? first.sequence() : first.sequence() - 1;
            });
  }

  private Entry gap(long to) {
    long from = Math.min(listener.created + 1, to);
    JsonObject payload =
        new JsonObject()
            .put("from", new Position(log.epoch(), from).toString())
            .put("to", new Position(log.epoch(), to).toString())
            .putNull("missed")
            .put("reason", "epoch");
    return new Entry(to, 0, null, Message.GAP, Payload.of(payload), null, null);
  }

  /**
   * The place where a stream goes on.
   *
   * @param gap the gap to send first, or null
   */
  public record Point(long cursor, @Nullable Entry gap) {}
}
