package io.eric.socket;

import io.eric.EricException;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place of the answers to one or more consecutive commands among the answers of a connection.
 */
final class AnswerSlot {

  private static final byte[] ACK = "ack".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LINE_FEED = {'\n'};

  /** The greatest number of commands that share a slot. */
  static final int MAX_COMMANDS = 256;

  /** The usual answer to a batch of publishes, made in advance. */
  private static final byte[] ACK_LINES =
      "ack\n".repeat(MAX_COMMANDS).getBytes(StandardCharsets.US_ASCII);

  private static final int ACK_LINE = 4;

  final int commands;
  final int weight;
  private final boolean lines;
  private @Nullable Buffer text;

  /**
   * Reserves the place.
   *
   * @param commands how many commands it answers
   * @param weight the bytes that they count for against the bytes under way
   * @param lines whether each answer ends in a line feed
   */
  AnswerSlot(int commands, int weight, boolean lines) {
    this.commands = commands;
    this.weight = weight;
    this.lines = lines;
  }

  boolean isReady() {
    return text != null;
  }

  /** Returns the bytes of the answers; none if they are not ready. */
  Buffer text() {
    Buffer ready = text;
    return ready == null ? Buffer.buffer() : ready;
  }

  /** Answers one command with its result. */
  void result(byte[] result) {
    Buffer bytes = Buffer.buffer(result.length + 1).appendBytes(result);
    text = lines ? bytes.appendBytes(LINE_FEED) : bytes;
  }

  /** Answers every command with the same error. */
  void error(EricException error) {
    byte[] one = error.text().getBytes(StandardCharsets.UTF_8);
    Buffer bytes = Buffer.buffer((one.length + 1) * commands);
    for (int i = 0; i < commands; i++) {
      append(bytes, one);
    }
    text = bytes;
  }

  /** Answers a batch of publishes with the outcomes of its messages. */
  void outcomes(List<Outcome> outcomes) {
    if (lines && allSucceeded(outcomes)) {
      text = Buffer.buffer(ACK_LINE * commands).appendBytes(ACK_LINES, 0, ACK_LINE * commands);
      return;
    }
    Buffer bytes = Buffer.buffer(ACK_LINE * commands);
    for (Outcome outcome : outcomes) {
      String error = outcome.error();
      append(bytes, error == null ? ACK : error.getBytes(StandardCharsets.UTF_8));
    }
    text = bytes;
  }

  private static boolean allSucceeded(List<Outcome> outcomes) {
    for (int i = 0; i < outcomes.size(); i++) {
      if (!outcomes.get(i).succeeded()) {
        return false;
      }
    }
    return true;
  }

  private void append(Buffer bytes, byte[] one) {
    bytes.appendBytes(one);
    if (lines) {
      bytes.appendBytes(LINE_FEED);
    }
  }
}
