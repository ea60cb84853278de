package io.eric.socket;

/**
 * Cuts a stream of bytes into commands: finds where a top-level JSON object ends, whatever the
 * pieces it arrives in. Each byte is looked at once. It does not judge what stands inside the
 * braces, the reader of commands does.
 *
 * <p>A command ends at the line feed after its object, or at the end of the input. A document that
 * does not start with a brace, or that goes on behind its object, ends with its line: it is handed
 * out too, for the reader to refuse.
 */
final class CommandFramer {

  /** What {@link #next} came upon. */
  enum Found {
    /** No complete command is there. */
    NOTHING,
    /** A command, see {@link #bytes()}. */
    COMMAND,
    /** A command that is longer than allowed. What follows cannot be told apart any more. */
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

  /** A buffer that is empty and larger than this is given back. */
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

  /** Takes over the next piece; the array may be reused by the caller. */
  void feed(byte[] bytes, int from, int count) {
    makeRoom(count);
    System.arraycopy(bytes, from, buffer, end, count);
    end += count;
  }

  /** Says that nothing more comes: what is there is the last command, complete or not. */
  void end() {
    ended = true;
  }

  /** Looks for the next command. */
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

  /** Where the command lies; valid until the next call of {@link #feed} or {@link #next}. */
  byte[] bytes() {
    return buffer;
  }

  /** Where the command starts in {@link #bytes()}. */
  int offset() {
    return offset;
  }

  /** How long the command is. */
  int length() {
    return length;
  }

  /** Whether the command ended with a line feed, which makes the connection one of lines. */
  boolean endedWithNewline() {
    return newline;
  }

  /** Whether a command has begun and not ended. */
  boolean isWithinCommand() {
    return state != State.BETWEEN;
  }

  /** Whether anything but white space is waiting. */
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
        // Brackets that do not match are not told apart: the reader refuses such a text anyway.
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
