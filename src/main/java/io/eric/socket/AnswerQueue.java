package io.eric.socket;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;

/**
 * Keeps the answers that a connection owes in the order of its commands, whatever the order in
 * which they become ready, and counts how much of the connection's work is under way.
 */
final class AnswerQueue {

  private final int maxCommands;
  private final int maxWeight;
  private final ArrayDeque<AnswerSlot> owed = new ArrayDeque<>();
  private int commands;
  private long weight;

  /** Creates a queue that is full at this number of commands or bytes. */
  AnswerQueue(int maxCommands, int maxWeight) {
    this.maxCommands = maxCommands;
    this.maxWeight = maxWeight;
  }

  /** Reserves the next place. */
  AnswerSlot owe(int count, int bytes, boolean lines) {
    AnswerSlot answer = new AnswerSlot(count, bytes, lines);
    owed.add(answer);
    commands += count;
    weight += bytes;
    return answer;
  }

  /** Returns whether no answer is owed. */
  boolean isEmpty() {
    return owed.isEmpty();
  }

  /**
   * Returns whether as much is under way as is allowed, including {@code pending} commands that
   * have no place yet.
   */
  boolean isFull(int pending, long pendingBytes) {
    return commands + pending >= maxCommands || weight + pendingBytes >= maxWeight;
  }

  /**
   * Removes and returns the answers that are ready and do not wait for an earlier one; empty if
   * there are none.
   */
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
