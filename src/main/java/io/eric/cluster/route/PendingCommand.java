package io.eric.cluster.route;

import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.Verb;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command that is not answered yet: with all who asked it, with its time, and with the attempt
 * that counts. It is held back until it is sent; when it is held back again, the answer to the
 * former attempt does not count any more.
 */
final class PendingCommand {

  private final Object body;
  private final List<Caller> callers = new ArrayList<>(1);
  private long bytes;
  private long deadline;
  private boolean sent;
  private long sentAt;
  private int attempt;

  /**
   * Creates a command that is held back.
   *
   * @param bytes what it counts for against the bound of bytes
   * @param deadline the {@code nanoTime} until which it may be done
   */
  PendingCommand(Object body, Caller caller, long bytes, long deadline) {
    this.body = body;
    this.callers.add(caller);
    this.bytes = bytes;
    this.deadline = deadline;
  }

  Object body() {
    return body;
  }

  long bytes() {
    return bytes;
  }

  int callers() {
    return callers.size();
  }

  long deadline() {
    return deadline;
  }

  /** Adds a caller that asks the same; the most patient caller's time counts. */
  void join(Caller caller, long moreBytes, long until) {
    callers.add(caller);
    bytes += moreBytes;
    if (until - deadline > 0) {
      deadline = until;
    }
  }

  /**
   * Notes that it is sent now.
   *
   * @return the number of the attempt, for {@link #awaits}
   */
  int send(long now) {
    sent = true;
    sentAt = now;
    return ++attempt;
  }

  void holdBack() {
    sent = false;
  }

  boolean isSent() {
    return sent;
  }

  /** Returns whether the answer to an attempt counts. */
  boolean awaits(int ofAttempt) {
    return sent && attempt == ofAttempt;
  }

  /** Returns whether it was sent longer ago than this. */
  boolean isSentSince(long now, long nanoseconds) {
    return sent && now - sentAt > nanoseconds;
  }

  void reply(@Nullable Object answer) {
    callers.forEach(each -> each.reply(answer));
  }

  void fail(int code, @Nullable String text) {
    callers.forEach(each -> each.fail(code, text));
  }

  /**
   * Returns the key of the first message of a batch, by which a repeat of the batch is found; null
   * for anything else.
   */
  static @Nullable String keyOf(Object body) {
    return body instanceof ChannelRequest.PublishBatch batch && !batch.messages().isEmpty()
        ? batch.messages().get(0).key()
        : null;
  }

  boolean isFetch() {
    return body instanceof ChannelRequest.Fetch;
  }

  boolean isRemoval() {
    return body instanceof JsonObject json && Verb.of(json.getValue("v")) == Verb.REMOVE_CHANNEL;
  }

  /**
   * Returns whether the channel may be asked twice: it recognises messages by their keys, and an
   * answer to what changes nothing changes nothing. Of anything else the outcome is unknown when an
   * owner is lost with it.
   */
  boolean mayBeRepeated() {
    if (body instanceof ChannelRequest request) {
      return request.isRepeatable();
    }
    Verb verb = body instanceof JsonObject json ? Verb.of(json.getValue("v")) : null;
    return verb != null && verb.isReadOnly();
  }

  /**
   * Returns whether one attempt has all the time that is left. The answer to a batch or to a read
   * may wait for readers, for messages or for code of the application, so silence means nothing.
   */
  boolean hasOneAttempt() {
    return takesLong(body) || body instanceof ChannelRequest.PublishBatch || !mayBeRepeated();
  }

  /** Returns whether a command waits for messages, or for a listener's own code. */
  static boolean takesLong(Object body) {
    return body instanceof ChannelRequest.Fetch || body instanceof ChannelRequest.TakeNext;
  }
}
