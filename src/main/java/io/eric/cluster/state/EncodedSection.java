package io.eric.cluster.state;

/** A section together with its bytes, of which entries are made. */
public final class EncodedSection {

  private final Section section;
  private final byte[] bytes;

  /** Encodes a section. */
  public EncodedSection(Section section) {
    this.section = section;
    this.bytes = GroupEntryCodec.bytes(section);
  }

  Section section() {
    return section;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Returns the number of its bytes. */
  public int size() {
    return bytes.length;
  }
}
