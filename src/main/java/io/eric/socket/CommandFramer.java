package io.eric.socket;

/**
 * Cuts a stream of bytes into commands: it finds where each top-level JSON object ends, whatever
 * the pieces in which the object arrives. Each byte is examined once. What stands inside the braces
 * is left to the reader of commands.
 *
 * <p>A command ends at the line feed after its object, or at the end of the input. A document that
 * does not start with a brace, or that continues after its object, ends with its line. It is handed
 * out too, so that the reader refuses it.
 */
final class CommandFramer {

  /** What {@link #next} found. */
  enum Found {
    /** There is no complete command. */
    NOTHING,
    /** There is a command, see {@link #bytes()}. */
    COMMAND,
    /** A command is longer than allowed. What follows cannot be told apart any more. */
    TOO_LARGE
  }

  private enum State {
    BETWEEN,
    OBJECT,
    STRING,
    ESCAPE,
    AFTER_OBJECT,
    LINE
  }

  /** An empty buffer that is larger than this is released. */
  private static final int KEEP = 4096;

  private static final byte[] EMPTY = {};

  private final int maxLength;
  private byte[] buffer = EMPTY;
  private int end;
  private int start;
  private int scanned;
  private int objectEnd;
  private int depth;
  private State state = State.BETWEEN;
  private boolean ended;
  private int offset;
  private int length;
  private boolean newline;

  /** Refuses commands longer than {@code maxLength} bytes. */
  CommandFramer(int maxLength) {
    this.maxLength = maxLength;
  }

  /** Copies the next piece; the caller may reuse the array. */
  void feed(byte[] bytes, int from, int count) {
    makeRoom(count);
    System.arraycopy(bytes, from, buffer, end, count);
    end += count;
  }

  /** Ends the input: what is left is the last command, complete or not. */
  void end() {
    ended = true;
  }

  /** Looks for the next command in what was fed. */
  Found next() {
    while (scanned < end) {
      // One byte beyond the limit is enough to know that it is exceeded.
      int limit = (int) Math.min(end, (long) start + maxLength + 1);
      switch (state) {
        case BETWEEN -> skipToStart();
        case OBJECT -> scanObject(limit);
        case STRING -> scanString(limit);
        case ESCAPE -> {
          scanned++;
          state = State.STRING;
        }
        case AFTER_OBJECT -> {
          byte b = buffer[scanned++];
          if (b == '\n') {
            return command(objectEnd, true);
          }
          if (!isBlank(b)) {
            state = State.LINE;
          }
        }
        case LINE -> {
          if (buffer[scanned++] == '\n') {
            return command(scanned - 1, true);
          }
        }
      }
      if (scanned - start > maxLength) {
        return Found.TOO_LARGE;
      }
    }
    if (ended && state != State.BETWEEN) {
      return command(state == State.AFTER_OBJECT ? objectEnd : end, false);
    }
    if (state == State.BETWEEN) {
      release();
    }
    return Found.NOTHING;
  }

  /**
   * Returns the array that holds the command, valid until the next call of {@link #feed} or {@link
   * #next}.
   */
  byte[] bytes() {
    return buffer;
  }

  /** Returns where the command starts in {@link #bytes()}. */
  int offset() {
    return offset;
  }

  /** Returns the command's length in bytes. */
  int length() {
    return length;
  }

  /**
   * Returns whether the command ended with a line feed, which makes the connection one of lines.
   */
  boolean endedWithNewline() {
    return newline;
  }

  /** Returns whether a command has begun and not ended. */
  boolean isWithinCommand() {
    return state != State.BETWEEN;
  }

  /** Returns whether anything but white space is waiting. */
  boolean holdsInput() {
    if (state != State.BETWEEN) {
      return true;
    }
    for (int i = scanned; i < end; i++) {
      if (!isBlank(buffer[i])) {
        return true;
      }
    }
    return false;
  }

  /** Drops everything that was fed. */
  void clear() {
    state = State.BETWEEN;
    start = end;
    scanned = end;
    release();
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private void skipToStart() {
    while (scanned < end && isBlank(buffer[scanned])) {
      scanned++;
    }
    start = scanned;
    if (scanned < end) {
      depth = 1;
      state = buffer[scanned++] == '{' ? State.OBJECT : State.LINE;
    }
  }

  private void scanObject(int limit) {
    byte[] bytes = buffer;
    int i = scanned;
    while (i < limit) {
      byte b = bytes[i++];
      if (b == '"') {
        state = State.STRING;
        break;
      }
      if (b == '{' || b == '[') {
        depth++;
      } else if ((b == '}' || b == ']') && --depth == 0) {
        // Braces and brackets are counted alike, because the reader refuses a text in which they do
        // not match.
        objectEnd = i;
        state = State.AFTER_OBJECT;
        break;
      }
    }
    scanned = i;
  }

  private void scanString(int limit) {
    byte[] bytes = buffer;
    int i = scanned;
    while (i < limit) {
      byte b = bytes[i++];
      if (b == '"') {
        state = State.OBJECT;
        break;
      }
      if (b == '\\') {
        state = State.ESCAPE;
        break;
      }
    }
    scanned = i;
  }

  private Found command(int commandEnd, boolean withNewline) {
    offset = start;
    length = commandEnd - start;
    newline = withNewline;
    state = State.BETWEEN;
    start = scanned;
    return Found.COMMAND;
  }

  private void makeRoom(int count) {
    if (buffer.length - end >= count) {
      return;
    }
    int kept = end - start;
    byte[] target =
        buffer.length - kept >= count
            ? buffer
            : new byte[Math.max(kept + count, Math.min(2 * kept, maxLength))];
    System.arraycopy(buffer, start, target, 0, kept);
    buffer = target;
    scanned -= start;
    objectEnd -= start;
    end = kept;
    start = 0;
  }

  private void release() {
    if (scanned == end) {
      start = 0;
      scanned = 0;
      end = 0;
      if (buffer.length > KEEP) {
        buffer = EMPTY;
      }
    }
  }
}
