package io.eric.http.internal.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.http.internal.guard.WebSocketMessages.FrameHeads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WebSocketMessagesProperties {

  /** One frame; what follows a message's first one and is no control frame continues it. */
  record Frame(int opcode, boolean last, boolean masked, int length) {

    boolean control() {
      return opcode >= 8;
    }

    void write(ByteBuf out) {
      out.writeByte(opcode | (last ? 0x80 : 0));
      int mask = masked ? 0x80 : 0;
      if (length < 126) {
        out.writeByte(mask | length);
      } else if (length < 65_536) {
        out.writeByte(mask | 126).writeShort(length);
      } else {
        out.writeByte(mask | 127).writeLong(length);
      }
      out.writeZero(masked ? 4 : 0).writeZero(length);
    }
  }

  @Property(tries = 300)
  void unfinishedIsWhatStandsBehindTheLastFinishedMessage(
      @ForAll("frames") List<Frame> frames, @ForAll long seed) {
    FrameHeads heads = new FrameHeads(Long.MAX_VALUE);
    Random random = new Random(seed);
    long message = 0;
    for (Frame frame : frames) {
      ByteBuf bytes = Unpooled.buffer();
      frame.write(bytes);
      long size = bytes.readableBytes();
      long fed = 0;
      while (fed < size) {
        int piece = 1 + random.nextInt((int) Math.min(size - fed, 1 + random.nextInt(70_000)));
        long unfinished = heads.feed(bytes.slice((int) fed, piece));
        fed += piece;
        if (fed < size) {
          assertThat(unfinished).isEqualTo(message + fed);
        } else if (frame.control()) {
          assertThat(unfinished).isEqualTo(message);
        } else {
          message = frame.last() ? 0 : message + size;
          assertThat(unfinished).isEqualTo(message);
        }
      }
    }
  }

  @Provide
  Arbitrary<List<Frame>> frames() {
    Arbitrary<Integer> lengths =
        Arbitraries.oneOf(
            Arbitraries.of(0, 1, 125, 126, 127, 65_535, 65_536),
            Arbitraries.integers().between(0, 70_000));
    Arbitrary<Boolean> any = Arbitraries.of(true, false);
    Arbitrary<Frame> data =
        Combinators.combine(Arbitraries.of(0, 1, 2), any, any, lengths).as(Frame::new);
    Arbitrary<Frame> control =
        Combinators.combine(Arbitraries.of(8, 9, 10), any, Arbitraries.integers().between(0, 125))
            .as((opcode, masked, length) -> new Frame(opcode, true, masked, length));
    return Arbitraries.oneOf(data, control).list().ofMaxSize(12);
  }
}
