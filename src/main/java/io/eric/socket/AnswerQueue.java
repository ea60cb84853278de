package io.eric.socket;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;

/**
 * The answers that a connection owes, in the order of its commands, whatever the order in which
 * they become ready; and with them how much of the connection's work is under way.
 */
final class AnswerQueue {

  private final int maxCommands;
  private final int maxWeight;
  private final ArrayDeque<AnswerSlot> owed = new ArrayDeque<>();
  private int commands;
  private long weight;

  /** Counts as full at this number of commands or bytes. */
  AnswerQueue(int maxCommands, int maxWeight) {
    this.maxCommands = maxCommands;
    this.maxWeight = maxWeight;
  }

  /** Takes the next place. */
  AnswerSlot owe(int count, int bytes, boolean lines) {
    AnswerSlot answer = new AnswerSlot(count, bytes, lines);
    owed.add(answer);
    commands += count;
    weight += bytes;
    return answer;
  }

  /** Whether no answer is owed. */
  boolean isEmpty() {
    return owed.isEmpty();
  }

  /**
   * Whether as much is under way as may be, {@code pending} commands that take no place yet
   * included.
   */
  boolean isFull(int pending, long pendingBytes) {
    return commands + pending >= maxCommands || weight + pendingBytes >= maxWeight;
  }

  /** Takes out what is ready and has no predecessor that is not: empty if nothing is. */
  Buffer takeReady() {
    Buffer ready = null;
    AnswerSlot next;
    while ((next = owed.peek()) != null && next.isReady()) {
      owed.remove();
      commands -= next.commands;
      weight -= next.weight;
      ready = ready == null ? next.text() : ready.appendBuffer(next.text());
    }
    return ready == null ? Buffer.buffer() : ready;
  }
}
