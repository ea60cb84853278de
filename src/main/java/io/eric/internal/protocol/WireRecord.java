package io.eric.internal.protocol;

/** A record that travels between JVMs. By convention it also has a static method {@code read}. */
interface WireRecord {

  /** Writes the record's parts in the order in which {@code read} reads them. */
  void write(WireOutput out);
}
