package io.eric.log.file;

import io.eric.Payload;
import io.eric.log.Entry;
import io.eric.log.Registration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns records into bytes and back, without their frames. */
final class RecordCodec {

  private static final int CHANNEL = 1;
  private static final int DEFINITION = 2;
  private static final int APPEND = 3;
  private static final int CURSORS = 4;
  private static final int LISTENER = 5;
  private static final int FORGET = 6;
  private static final int DELETED = 7;
  private static final int SYNCED = 8;
  private static final int CHECKPOINT = 9;
  private static final int SEGMENT = 10;
  private static final int LAST = 11;
  private static final int LOST = 12;
  private static final int VOID = 13;
  private static final int END = 14;
  private static final int KEY = 15;

  private static final int HAS_RECEIVER = 1;
  private static final int HAS_SENDER = 2;
  private static final int HAS_KEY = 4;
  private static final int IS_ALWAYS = 1;
  private static final int IS_CLOSED = 2;

  private static final Registration.State[] STATES = {
    Registration.State.NEW, Registration.State.STARTED, Registration.State.STOPPED
  };

  private RecordCodec() {}

  /** Takes what recovery has to know of a message, without its content. */
  @FunctionalInterface
  interface Appended {
    void append(
        int channel,
        long sequence,
        long timestamp,
        @Nullable String receiver,
        int size,
        @Nullable String key);
  }

  static void write(LogRecord record, RecordOutput out) {
    if (record instanceof LogRecord.Append append) {
      writeAppend(append.channel(), append.entry(), out);
    } else if (record instanceof LogRecord.Channel channel) {
      start(CHANNEL, channel.channel(), out);
      out.putString(channel.id());
      out.putString(channel.epoch());
    } else if (record instanceof LogRecord.Definition definition) {
      start(DEFINITION, definition.channel(), out);
      out.putString(definition.json());
    } else if (record instanceof LogRecord.Cursors cursors) {
      start(CURSORS, cursors.channel(), out);
      out.putNumber(cursors.cursors().size());
      cursors
          .cursors()
          .forEach(
              (listener, sequence) -> {
                out.putString(listener);
                out.putNumber(sequence);
              });
    } else if (record instanceof LogRecord.Listener listener) {
      start(LISTENER, listener.channel(), out);
      out.putString(listener.listener());
      out.putNumber(listener.registration().created());
      out.putByte(number(listener.registration().state()));
    } else if (record instanceof LogRecord.Forget forget) {
      start(FORGET, forget.channel(), out);
      out.putString(forget.listener());
    } else if (record instanceof LogRecord.Deleted deleted) {
      start(DELETED, deleted.channel(), out);
    } else if (record instanceof LogRecord.Synced synced) {
      start(SYNCED, synced.offset(), out);
    } else {
      writeOfCheckpoint(record, out);
    }
  }

  private static void writeOfCheckpoint(LogRecord record, RecordOutput out) {
    if (record instanceof LogRecord.Checkpoint checkpoint) {
      start(CHECKPOINT, checkpoint.version(), out);
      out.putString(checkpoint.boot());
      out.putByte((checkpoint.always() ? IS_ALWAYS : 0) | (checkpoint.closed() ? IS_CLOSED : 0));
      out.putNumber(checkpoint.segment());
      out.putNumber(checkpoint.offset());
      out.putNumber(checkpoint.nextChannel());
    } else if (record instanceof LogRecord.SegmentLength segment) {
      start(SEGMENT, segment.segment(), out);
      out.putNumber(segment.length());
    } else if (record instanceof LogRecord.Last last) {
      start(LAST, last.channel(), out);
      out.putNumber(last.sequence());
    } else if (record instanceof LogRecord.Lost lost) {
      String receiver = lost.receiver();
      start(LOST, lost.channel(), out);
      out.putByte(receiver == null ? 0 : HAS_RECEIVER);
      if (receiver != null) {
        out.putString(receiver);
      }
      out.putNumber(lost.through());
      out.putNumber(lost.throughOverflow());
    } else if (record instanceof LogRecord.Forgotten gone) {
      start(VOID, gone.channel(), out);
      out.putString(gone.receiver());
      out.putNumber(gone.through());
      out.putNumber(gone.segment());
    } else if (record instanceof LogRecord.Key key) {
      start(KEY, key.channel(), out);
      out.putString(key.key());
      out.putNumber(key.sequence());
      out.putNumber(key.timestamp());
    } else if (record instanceof LogRecord.End) {
      start(END, 0, out);
    } else {
      throw new IllegalArgumentException("unknown " + record);
    }
  }

  private static void start(int kind, long number, RecordOutput out) {
    out.putByte(kind);
    out.putNumber(number);
  }

  static void writeAppend(int channel, Entry entry, RecordOutput out) {
    String receiver = entry.receiver();
    String sender = entry.sender();
    String key = entry.key();
    start(APPEND, channel, out);
    out.putNumber(entry.sequence());
    out.putNumber(entry.timestamp());
    out.putByte(
        (receiver == null ? 0 : HAS_RECEIVER)
            | (sender == null ? 0 : HAS_SENDER)
            | (key == null ? 0 : HAS_KEY));
    if (receiver != null) {
      out.putString(receiver);
    }
    out.putString(entry.type());
    out.putBytes(entry.payload().json());
    if (sender != null) {
      out.putString(sender);
    }
    if (key != null) {
      out.putString(key);
    }
  }

  /**
   * Reads a record, but of a message only what recovery needs.
   *
   * @return null for a message, which {@code appended} has been told of
   * @throws IllegalStateException if it is of a form that this version does not know
   */
  static @Nullable LogRecord read(RecordInput in, Appended appended) {
    int kind = in.getByte();
    if (kind != APPEND) {
      return readOther(kind, in);
    }
    int channel = in.getInt();
    long sequence = in.getNumber();
    long timestamp = in.getNumber();
    int has = in.getByte();
    String receiver = (has & HAS_RECEIVER) == 0 ? null : in.getString();
    int size = Entry.OVERHEAD + in.getString().length() + in.skipBytes();
    if ((has & HAS_SENDER) != 0) {
      in.skipString();
    }
    String key = (has & HAS_KEY) == 0 ? null : in.getString();
    appended.append(channel, sequence, timestamp, receiver, size, key);
    return null;
  }

  /**
   * Reads a record.
   *
   * @throws IllegalStateException if it is of a form that this version does not know
   */
  static LogRecord read(RecordInput in) {
    int kind = in.getByte();
    return kind == APPEND ? readAppend(in) : readOther(kind, in);
  }

  private static LogRecord.Append readAppend(RecordInput in) {
    int channel = in.getInt();
    long sequence = in.getNumber();
    long timestamp = in.getNumber();
    int has = in.getByte();
    String receiver = (has & HAS_RECEIVER) == 0 ? null : in.getString();
    String type = in.getString();
    Payload payload = Payload.ofValidJson(in.getBytes());
    String sender = (has & HAS_SENDER) == 0 ? null : in.getString();
    String key = (has & HAS_KEY) == 0 ? null : in.getString();
    return new LogRecord.Append(
        channel, new Entry(sequence, timestamp, receiver, type, payload, sender, key));
  }

  private static LogRecord readOther(int kind, RecordInput in) {
    long number = in.getNumber();
    if (kind == SYNCED) {
      return new LogRecord.Synced(number);
    }
    if (kind == SEGMENT) {
      return new LogRecord.SegmentLength(number, in.getNumber());
    }
    int channel = (int) number;
    return switch (kind) {
      case CHANNEL -> new LogRecord.Channel(channel, in.getString(), in.getString());
      case DEFINITION -> new LogRecord.Definition(channel, in.getString());
      case CURSORS -> new LogRecord.Cursors(channel, readCursors(in));
      case LISTENER -> new LogRecord.Listener(channel, in.getString(), readRegistration(in));
      case FORGET -> new LogRecord.Forget(channel, in.getString());
      case DELETED -> new LogRecord.Deleted(channel);
      case CHECKPOINT -> readCheckpoint(channel, in);
      case LAST -> new LogRecord.Last(channel, in.getNumber());
      case LOST ->
          new LogRecord.Lost(
              channel, in.getByte() == 0 ? null : in.getString(), in.getNumber(), in.getNumber());
      case VOID -> new LogRecord.Forgotten(channel, in.getString(), in.getNumber(), in.getNumber());
      case KEY -> new LogRecord.Key(channel, in.getString(), in.getNumber(), in.getNumber());
      case END -> new LogRecord.End();
      default ->
          throw new IllegalStateException("a record of kind " + kind + ", unknown to this version");
    };
  }

  private static Map<String, Long> readCursors(RecordInput in) {
    int count = in.getInt();
    Map<String, Long> cursors = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      cursors.put(in.getString(), in.getNumber());
    }
    return cursors;
  }

  private static Registration readRegistration(RecordInput in) {
    long created = in.getNumber();
    int state = in.getByte();
    if (state >= STATES.length) {
      throw new IllegalStateException("a listener's state " + state + ", unknown to this version");
    }
    return new Registration(created, STATES[state]);
  }

  private static int number(Registration.State state) {
    return switch (state) {
      case NEW -> 0;
      case STARTED -> 1;
      case STOPPED -> 2;
    };
  }

  private static LogRecord.Checkpoint readCheckpoint(int version, RecordInput in) {
    if (version != FileFormat.VERSION) {
      throw new IllegalStateException(
          "files of version " + version + ", this program reads " + FileFormat.VERSION);
    }
    String boot = in.getString();
    int flags = in.getByte();
    return new LogRecord.Checkpoint(
        version,
        boot,
        (flags & IS_ALWAYS) != 0,
        (flags & IS_CLOSED) != 0,
        in.getNumber(),
        in.getNumber(),
        in.getInt());
  }
}
