package io.eric.cluster;

import io.eric.internal.protocol.WireInput;
import io.eric.internal.protocol.WireOutput;

/**
 * What is known of a log as a whole. A batch counts from the moment when {@code next} is above its
 * number.
 *
 * @param term of the ownership that may write
 * @param epoch of the log
 * @param first the number of the oldest batch that is kept
 * @param next the number of the next batch
 * @param last the last sequence
 */
record LogHead(long term, String epoch, long first, long next, long last) {

  static LogHead of(byte[] bytes) {
    WireInput in = new WireInput(bytes);
    return new LogHead(in.getLong(), in.getString(), in.getLong(), in.getLong(), in.getLong());
  }

  byte[] toBytes() {
    return new WireOutput(48)
        .putLong(term)
        .putString(epoch)
        .putLong(first)
        .putLong(next)
        .putLong(last)
        .toBytes();
  }
}
