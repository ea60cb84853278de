package io.eric.cluster.state;

import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.NumberedBatch;
import java.util.List;

/**
 * An entry together with its bytes. The replica that appends it applies the entry as it is, so it
 * neither reads the bytes again nor has the messages in memory twice; the others read the bytes.
 * Immutable, provided that nobody changes the bytes.
 */
public final class EncodedEntry {

  private final GroupEntry entry;
  private final byte[] bytes;

  private EncodedEntry(GroupEntry entry, byte[] bytes) {
    // Replicas that differ would do so without a sign, and no test may pass when they do.
    assert GroupEntryCodec.read(bytes).equals(entry) : "the bytes say something else than " + entry;
    this.entry = entry;
    this.bytes = bytes;
  }

  /** Returns an entry with its bytes. */
  public static EncodedEntry of(GroupEntry entry) {
    return new EncodedEntry(entry, GroupEntryCodec.write(entry));
  }

  /** Returns a {@link Batch} of sections, in this order. */
  public static EncodedEntry batch(List<EncodedSection> sections) {
    return new EncodedEntry(
        new Batch(sections.stream().map(EncodedSection::section).toList()),
        GroupEntryCodec.batch(sections.stream().map(EncodedSection::bytes).toList()));
  }

  /**
   * Reads an entry.
   *
   * @throws IllegalArgumentException if its kind or form is unknown to this version
   */
  public static EncodedEntry read(byte[] bytes) {
    return new EncodedEntry(GroupEntryCodec.read(bytes), bytes);
  }

  /**
   * Returns this batch as a {@link NumberedBatch}.
   *
   * @throws IllegalStateException if it is no batch
   */
  public EncodedEntry numbered(String channel, long claim, long number) {
    if (!(entry instanceof Batch batch)) {
      throw new IllegalStateException(entry + " is no batch");
    }
    return new EncodedEntry(
        new NumberedBatch(channel, claim, number, batch.sections()),
        GroupEntryCodec.numbered(channel, claim, number, bytes));
  }

  /** Returns what the entry says. */
  public GroupEntry entry() {
    return entry;
  }

  /** Returns its bytes, which must not be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns the number of its bytes. */
  public int size() {
    return bytes.length;
  }
}
