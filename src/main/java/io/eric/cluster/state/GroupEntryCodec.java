package io.eric.cluster.state;

import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.ClaimChannel;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupEntry.NumberedBatch;
import io.eric.internal.protocol.WireInput;
import io.eric.internal.protocol.WireOutput;
import io.eric.log.Registration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns entries of a group's Raft log into bytes and back. The first byte is the kind, the second
 * one the version of the kind's form. What this version does not know is an error and never
 * skipped: a replica that skipped an entry would differ from the others from then on.
 */
public final class GroupEntryCodec {

  private static final int VERSION = 1;

  private static final int CLAIM_GROUP = 1;
  private static final int CLAIM_CHANNEL = 2;
  private static final int BATCH = 3;
  private static final int NUMBERED_BATCH = 4;

  /** Kind and version. */
  private static final int HEAD_BYTES = 2;

  private static final int CREATE = 1;
  private static final int APPEND = 2;
  private static final int DROP = 3;
  private static final int CURSORS = 4;
  private static final int REGISTER = 5;
  private static final int FORGET = 6;
  private static final int RENAME = 7;
  private static final int DELETE = 8;

  private static final Registration.State[] STATES = {
    Registration.State.NEW, Registration.State.STARTED, Registration.State.STOPPED
  };

  private GroupEntryCodec() {}

  /** Returns the bytes of an entry. */
  public static byte[] write(GroupEntry entry) {
    WireOutput out = new WireOutput(256);
    if (entry instanceof ClaimGroup claim) {
      write(claim.owner(), start(CLAIM_GROUP, out));
    } else if (entry instanceof ClaimChannel claim) {
      start(CLAIM_CHANNEL, out).putString(claim.channel());
      write(claim.owner(), out);
      writeOptional(claim.former(), out);
      out.putLong(claim.created()).putString(claim.epoch());
    } else if (entry instanceof Batch batch) {
      write(batch.sections(), start(BATCH, out));
    } else if (entry instanceof NumberedBatch batch) {
      write(batch.sections(), startNumbered(batch.channel(), batch.claim(), batch.number(), out));
    } else {
      throw new IllegalArgumentException("unknown " + entry);
    }
    return out.toBytes();
  }

  private static WireOutput start(int kind, WireOutput out) {
    return out.putByte(kind).putByte(VERSION);
  }

  private static WireOutput startNumbered(String channel, long claim, long number, WireOutput out) {
    return start(NUMBERED_BATCH, out).putString(channel).putLong(claim).putLong(number);
  }

  private static void write(List<Section> sections, WireOutput out) {
    out.putInt(sections.size());
    sections.forEach(section -> write(section, out));
  }

  private static void write(Owner owner, WireOutput out) {
    out.putString(owner.node()).putString(owner.life());
  }

  /** Writes an owner or null. */
  static void writeOptional(@Nullable Owner owner, WireOutput out) {
    out.putBoolean(owner != null);
    if (owner != null) {
      write(owner, out);
    }
  }

  private static Owner readOwner(WireInput in) {
    return new Owner(in.getString(), in.getString());
  }

  /** Reads an owner or null. */
  static @Nullable Owner readOptionalOwner(WireInput in) {
    return in.getBoolean() ? readOwner(in) : null;
  }

  /** Returns the bytes of a section, from which {@link #batch} makes an entry. */
  public static byte[] bytes(Section section) {
    WireOutput out = new WireOutput(256);
    write(section, out);
    return out.toBytes();
  }

  /** Returns the bytes of a {@link Batch} of sections that are bytes already. */
  public static byte[] batch(List<byte[]> sections) {
    int size = 16;
    for (byte[] section : sections) {
      size += section.length;
    }
    WireOutput out = start(BATCH, new WireOutput(size)).putInt(sections.size());
    sections.forEach(out::putRaw);
    return out.toBytes();
  }

  /** Returns the bytes of a {@link NumberedBatch} of the sections of a batch that is bytes. */
  public static byte[] numbered(String channel, long claim, long number, byte[] batch) {
    WireOutput out = new WireOutput(batch.length + channel.length() + 32);
    return startNumbered(channel, claim, number, out)
        .putRaw(Arrays.copyOfRange(batch, HEAD_BYTES, batch.length))
        .toBytes();
  }

  private static void write(Section section, WireOutput out) {
    out.putString(section.channel()).putLong(section.claim()).putInt(section.changes().size());
    section.changes().forEach(change -> write(change, out));
  }

  private static void write(Change change, WireOutput out) {
    if (change instanceof Change.Append append) {
      out.putByte(APPEND).putEntries(append.entries());
    } else if (change instanceof Change.Drop drop) {
      out.putByte(DROP)
          .putOptional(drop.receiver())
          .putLong(drop.through())
          .putLong(drop.throughOverflow());
    } else if (change instanceof Change.MoveCursors moved) {
      out.putByte(CURSORS).putInt(moved.cursors().size());
      moved.cursors().forEach((listener, cursor) -> out.putString(listener).putLong(cursor));
    } else if (change instanceof Change.Register register) {
      out.putByte(REGISTER).putString(register.listener());
      write(register.registration(), out);
    } else if (change instanceof Change.Forget forget) {
      out.putByte(FORGET).putString(forget.listener());
    } else if (change instanceof Change.Create create) {
      out.putByte(CREATE)
          .putLong(create.created())
          .putString(create.epoch())
          .putOptional(create.options());
    } else if (change instanceof Change.Rename rename) {
      out.putByte(RENAME).putString(rename.epoch());
    } else if (change instanceof Change.Delete) {
      out.putByte(DELETE);
    } else {
      throw new IllegalArgumentException("unknown " + change);
    }
  }

  /** Writes a registration. */
  static void write(Registration registration, WireOutput out) {
    out.putLong(registration.created()).putByte(code(registration.state()));
  }

  private static int code(Registration.State state) {
    return switch (state) {
      case NEW -> 0;
      case STARTED -> 1;
      case STOPPED -> 2;
    };
  }

  /**
   * Reads an entry.
   *
   * @throws IllegalArgumentException if its kind or form is unknown to this version
   */
  public static GroupEntry read(byte[] bytes) {
    WireInput in = new WireInput(bytes);
    int kind = in.getByte();
    int version = in.getByte();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "an entry of kind " + kind + " in version " + version + ", this program reads 1");
    }
    GroupEntry entry =
        switch (kind) {
          case CLAIM_GROUP -> new ClaimGroup(readOwner(in));
          case CLAIM_CHANNEL ->
              new ClaimChannel(
                  in.getString(),
                  readOwner(in),
                  readOptionalOwner(in),
                  in.getLong(),
                  in.getString());
          case BATCH -> new Batch(in.getList(GroupEntryCodec::readSection));
          case NUMBERED_BATCH ->
              new NumberedBatch(
                  in.getString(),
                  in.getLong(),
                  in.getLong(),
                  in.getList(GroupEntryCodec::readSection));
          default ->
              throw new IllegalArgumentException(
                  "an entry of kind " + kind + ", unknown to this version");
        };
    if (!in.atEnd()) {
      throw new IllegalArgumentException("an entry of kind " + kind + " is longer than its form");
    }
    return entry;
  }

  private static Section readSection(WireInput in) {
    return new Section(in.getString(), in.getLong(), in.getList(GroupEntryCodec::readChange));
  }

  private static Change readChange(WireInput in) {
    int kind = in.getByte();
    return switch (kind) {
      case CREATE -> new Change.Create(in.getLong(), in.getString(), in.getOptional());
      case APPEND -> new Change.Append(in.getEntries());
      case DROP -> new Change.Drop(in.getOptional(), in.getLong(), in.getLong());
      case CURSORS -> new Change.MoveCursors(readCursors(in));
      case REGISTER -> new Change.Register(in.getString(), readRegistration(in));
      case FORGET -> new Change.Forget(in.getString());
      case RENAME -> new Change.Rename(in.getString());
      case DELETE -> new Change.Delete();
      default ->
          throw new IllegalArgumentException(
              "a change of kind " + kind + ", unknown to this version");
    };
  }

  private static Map<String, Long> readCursors(WireInput in) {
    Map<String, Long> cursors = new LinkedHashMap<>();
    for (int left = in.getInt(); left > 0; left--) {
      cursors.put(in.getString(), in.getLong());
    }
    return cursors;
  }

  /** Reads a registration. */
  static Registration readRegistration(WireInput in) {
    long created = in.getLong();
    int state = in.getByte();
    if (state >= STATES.length) {
      throw new IllegalArgumentException(
          "a listener's state " + state + ", unknown to this version");
    }
    return new Registration(created, STATES[state]);
  }
}
