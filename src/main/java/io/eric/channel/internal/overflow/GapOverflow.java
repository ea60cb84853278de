package io.eric.channel.internal.overflow;

/** The oldest messages are dropped; a listener that has not read them gets one gap. */
final class GapOverflow extends Overflow {

  GapOverflow(OverflowSurroundings channel) {
    super(channel);
  }
}
