package io.eric.internal.protocol;

/** A record that travels between JVMs. It has a static method {@code read} as well. */
interface WireRecord {

  /** Writes its parts, which {@code read} takes in the same order. */
  void write(WireOutput out);
}
