package io.eric.http.internal.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputSlicesTest {

  private final byte[] bytes = new byte[50_000];
  private final ByteBuf passed = Unpooled.buffer();
  private int largest;

  /** Whether the one behind the slices has enough after each of them. */
  private boolean pauses;

  private final InputSlices slices = new InputSlices();

  /** Where heads have ended. */
  private final List<Integer> heads = new ArrayList<>();

  private int flushes;

  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
              flushes++;
              ctx.flush();
            }
          },
          slices,
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
              ByteBuf slice = (ByteBuf) message;
              largest = Math.max(largest, slice.readableBytes());
              passed.writeBytes(slice);
              slice.release();
              if (slices.isPassingHead()) {
                heads.add(passed.readableBytes());
              }
              ctx.writeAndFlush(Unpooled.EMPTY_BUFFER); // an answer
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
  void answersToWhatWasReadAtOnceAreFlushedAtOnce() {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, 100));
    assertThat(flushes).isEqualTo(1);
    channel.writeInbound(Unpooled.copiedBuffer(bytes, 100, 40_000));
    assertThat(flushes).isEqualTo(2);
    pauses = true;
    channel.writeInbound(Unpooled.copiedBuffer(bytes, 40_100, 9_900));
    assertThat(flushes).as("before it waits").isEqualTo(3);
    channel.config().setAutoRead(true);
    channel.runPendingTasks();
    assertThat(flushes).isEqualTo(4);
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

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 4_000})
  void aPieceEndsWithAHeadThatMayAskForAnUpgrade(int cut) {
    String requests =
        "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\n\r\n"
            + "GET / HTTP/1.1\r\nUPGRADE: c\r\nHost: a\r\n\r\n|"
            + "GET / HTTP/1.1\r\n\tUpgrade: c\r\n\r\n|"
            + "GET / HTTP/1.1\nupgrade: c\n\n|"
            + "upGrade: c\r\n\r\n|"
            + "u\r\np\r\n\r\n\r\n\r\nand the rest";
    byte[] sent = requests.replace("|", "").getBytes(StandardCharsets.US_ASCII);
    for (int from = 0; from < sent.length; from += cut) {
      int count = Math.min(cut, sent.length - from);
      channel.writeInbound(Unpooled.copiedBuffer(sent, from, count));
    }
    assertThat(passed.toString(StandardCharsets.US_ASCII)).isEqualTo(requests.replace("|", ""));
    List<Integer> ends = new ArrayList<>();
    for (int end = requests.indexOf('|'); end >= 0; end = requests.indexOf('|', end + 1)) {
      ends.add(end - ends.size());
    }
    assertThat(heads).isEqualTo(ends);
  }
}
