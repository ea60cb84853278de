package io.eric.cluster.state;

import io.eric.internal.protocol.WireInput;
import io.eric.internal.protocol.WireOutput;
import io.eric.log.Entry;
import io.eric.log.MessageLog.KeptKey;
import io.eric.log.Registration;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The form of a snapshot: a head, then each channel followed by its keys, cursors and messages in
 * slices, then an end. Each of them is a frame of its length, its checksum and its bytes, so that a
 * snapshot that is cut off or damaged is never taken for a whole one, and reading needs the memory
 * of a slice.
 */
public final class SnapshotFile {

  private static final int VERSION = 1;

  private static final int HEAD = 1;
  private static final int CHANNEL = 2;
  private static final int MESSAGES = 3;
  private static final int CURSORS = 4;
  private static final int LISTENERS = 5;
  private static final int KEYS = 6;
  private static final int DROPPED = 7;
  private static final int END = 8;

  /** How many bytes of messages go into a slice, unless a single message is larger. */
  private static final int SLICE_BYTES = 64 << 10;

  /** How many cursors, registrations or keys go into a slice. */
  private static final int SLICE_ITEMS = 1_000;

  private SnapshotFile() {}

  /** Writes a snapshot. It may be called on any thread; the stream is not closed. */
  public static void write(GroupView view, OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    WireOutput head = new WireOutput(64).putByte(HEAD).putByte(VERSION).putLong(view.claim());
    GroupEntryCodec.writeOptional(view.owner(), head);
    frame(head, out);
    for (ChannelView channel : view.channels()) {
      write(channel, out);
    }
    frame(new WireOutput(16).putByte(END).putInt(view.channels().size()), out);
    out.flush();
  }

  private static void write(ChannelView channel, DataOutputStream out) throws IOException {
    WireOutput head =
        new WireOutput(256)
            .putByte(CHANNEL)
            .putString(channel.id())
            .putLong(channel.created())
            .putLong(channel.term())
            .putString(channel.epoch())
            .putOptional(channel.options())
            .putLong(channel.lastSequence());
    GroupEntryCodec.writeOptional(channel.owner(), head);
    head.putLong(channel.lastNumber());
    frame(head, out);
    slices(
        DROPPED,
        channel.dropped(),
        (each, to) ->
            to.putOptional(each.receiver()).putLong(each.through()).putLong(each.throughOverflow()),
        out);
    slices(
        CURSORS,
        List.copyOf(channel.cursors().entrySet()),
        (each, to) -> to.putString(each.getKey()).putLong(each.getValue()),
        out);
    slices(
        LISTENERS,
        List.copyOf(channel.listeners().entrySet()),
        (each, to) -> GroupEntryCodec.write(each.getValue(), to.putString(each.getKey())),
        out);
    slices(
        KEYS,
        channel.keys(),
        (each, to) -> to.putString(each.key()).putLong(each.sequence()).putLong(each.timestamp()),
        out);
    int from = 0;
    long bytes = 0;
    List<Entry> entries = channel.entries();
    for (int i = 0; i < entries.size(); i++) {
      bytes += entries.get(i).size();
      if (bytes >= SLICE_BYTES || i + 1 == entries.size()) {
        WireOutput slice = new WireOutput(SLICE_BYTES).putByte(MESSAGES);
        frame(slice.putEntries(entries.subList(from, i + 1)), out);
        from = i + 1;
        bytes = 0;
      }
    }
  }

  /** Writes one item of a slice. */
  private interface ItemWriter<T> {
    void write(T item, WireOutput to);
  }

  private static <T> void slices(
      int kind, List<T> items, ItemWriter<T> writer, DataOutputStream out) throws IOException {
    for (int from = 0; from < items.size(); from += SLICE_ITEMS) {
      List<T> slice = items.subList(from, Math.min(items.size(), from + SLICE_ITEMS));
      WireOutput bytes = new WireOutput(32 * slice.size()).putByte(kind).putInt(slice.size());
      slice.forEach(item -> writer.write(item, bytes));
      frame(bytes, out);
    }
  }

  private static void frame(WireOutput content, DataOutputStream out) throws IOException {
    byte[] bytes = content.toBytes();
    out.writeInt(bytes.length);
    out.writeInt(checksum(bytes));
    out.write(bytes);
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * Reads a snapshot.
   *
   * @throws IOException if it is not whole, or of a form that this version does not know
   */
  public static GroupView read(InputStream stream) throws IOException {
    try {
      return new Reader(new DataInputStream(new BufferedInputStream(stream))).read();
    } catch (IllegalArgumentException e) {
      throw new IOException("the snapshot has a form that this version does not know", e);
    }
  }

  /** Reads the frames of one snapshot. */
  private static final class Reader {

    private final DataInputStream in;
    private final List<ChannelView> channels = new ArrayList<>();

    private Reader(DataInputStream in) {
      this.in = in;
    }

    private GroupView read() throws IOException {
      WireInput head = next();
      if (head.getByte() != HEAD || head.getByte() != VERSION) {
        throw new IllegalArgumentException("it does not begin as a snapshot of version 1 does");
      }
      long claim = head.getLong();
      Owner owner = GroupEntryCodec.readOptionalOwner(head);
      Parts parts = null;
      while (true) {
        WireInput frame = next();
        int kind = frame.getByte();
        if (kind == CHANNEL || kind == END) {
          if (parts != null) {
            channels.add(parts.view());
          }
          if (kind == END) {
            checkCount(frame.getInt());
            return new GroupView(claim, owner, List.copyOf(channels));
          }
          parts = new Parts(frame);
        } else if (parts == null) {
          throw new IllegalArgumentException("a slice of kind " + kind + " without its channel");
        } else {
          parts.add(kind, frame);
        }
      }
    }

    private void checkCount(int expected) throws IOException {
      if (expected != channels.size()) {
        throw new IOException(
            "the snapshot has " + channels.size() + " channels and says " + expected);
      }
    }

    private WireInput next() throws IOException {
      int length;
      byte[] bytes;
      int checksum;
      try {
        length = in.readInt();
        checksum = in.readInt();
        bytes = length < 0 ? new byte[0] : in.readNBytes(length);
      } catch (EOFException e) {
        throw new IOException("the snapshot is cut off", e);
      }
      if (bytes.length != length || checksum(bytes) != checksum) {
        throw new IOException("the snapshot is cut off or damaged");
      }
      return new WireInput(bytes);
    }
  }

  /** Collects the slices of a channel. */
  private static final class Parts {

    private final String id;
    private final long created;
    private final long term;
    private final String epoch;
    private final @Nullable String options;
    private final long lastSequence;
    private final @Nullable Owner owner;
    private final long lastNumber;
    private final List<Change.Drop> dropped = new ArrayList<>();
    private final Map<String, Long> cursors = new HashMap<>();
    private final Map<String, Registration> listeners = new LinkedHashMap<>();
    private final List<KeptKey> keys = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    private Parts(WireInput head) {
      this.id = head.getString();
      this.created = head.getLong();
      this.term = head.getLong();
      this.epoch = head.getString();
      this.options = head.getOptional();
      this.lastSequence = head.getLong();
      this.owner = GroupEntryCodec.readOptionalOwner(head);
      this.lastNumber = head.getLong();
    }

    private void add(int kind, WireInput slice) {
      switch (kind) {
        case DROPPED ->
            dropped.addAll(
                slice.getList(in -> new Change.Drop(in.getOptional(), in.getLong(), in.getLong())));
        case CURSORS -> slice.getList(in -> cursors.put(in.getString(), in.getLong()));
        case LISTENERS ->
            slice.getList(
                in -> listeners.put(in.getString(), GroupEntryCodec.readRegistration(in)));
        case KEYS ->
            keys.addAll(
                slice.getList(in -> new KeptKey(in.getString(), in.getLong(), in.getLong())));
        case MESSAGES -> entries.addAll(slice.getEntries());
        default ->
            throw new IllegalArgumentException(
                "a slice of kind " + kind + ", unknown to this version");
      }
    }

    private ChannelView view() {
      return new ChannelView(
          id,
          created,
          term,
          epoch,
          options,
          owner,
          lastNumber,
          lastSequence,
          dropped,
          cursors,
          listeners,
          keys,
          entries);
    }
  }
}
