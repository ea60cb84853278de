package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InputSlicesTest {

  private final byte[] bytes = new byte[50_000];
  private final ByteBuf passed = Unpooled.buffer();
  private int largest;

  /** Whether the one behind the slices has enough after each of them. */
  private boolean pauses;

  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new InputSlices(),
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
              ByteBuf slice = (ByteBuf) message;
              largest = Math.max(largest, slice.readableBytes());
              passed.writeBytes(slice);
              slice.release();
              if (pauses) {
                ctx.channel().config().setAutoRead(false);
              }
            }
          });

  InputSlicesTest() {
    new Random(1).nextBytes(bytes);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void whatIsReadArrivesInOrderAndInSmallPieces() {
    channel.writeInbound(Unpooled.copiedBuffer(bytes));
    assertThat(passed).isEqualTo(Unpooled.wrappedBuffer(bytes));
    assertThat(largest).isEqualTo(4096);
  }

  @Test
  void theNextPieceWaitsUntilItIsAskedFor() {
    pauses = true;
    channel.writeInbound(Unpooled.copiedBuffer(bytes));
    assertThat(passed.readableBytes()).isEqualTo(4096);
    channel.config().setAutoRead(true);
    channel.runPendingTasks();
    assertThat(passed.readableBytes()).isEqualTo(2 * 4096);
    pauses = false;
    channel.config().setAutoRead(true);
    channel.runPendingTasks();
    assertThat(passed).isEqualTo(Unpooled.wrappedBuffer(bytes));
  }

  @Test
  void whatComesMeanwhileStandsBehindWhatWaits() {
    pauses = true;
    channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, 20_000));
    channel.writeInbound(Unpooled.copiedBuffer(bytes, 20_000, 30_000));
    pauses = false;
    channel.config().setAutoRead(true);
    channel.runPendingTasks();
    assertThat(passed).isEqualTo(Unpooled.wrappedBuffer(bytes));
  }

  @Test
  void takenOutItPassesOnWhatWaits() {
    pauses = true;
    channel.writeInbound(Unpooled.copiedBuffer(bytes));
    channel.pipeline().remove(InputSlices.class);
    assertThat(passed).isEqualTo(Unpooled.wrappedBuffer(bytes));
  }

  @Test
  void aClosedConnectionLeavesNothingBehind() {
    pauses = true;
    ByteBuf read = Unpooled.copiedBuffer(bytes);
    channel.writeInbound(read);
    channel.close();
    channel.runPendingTasks();
    assertThat(read.refCnt()).isZero();
  }
}
