package io.eric.http.internal.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.http.HttpHub;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Follows frames however the network cuts them. */
class WebSocketMessagesTest {

  private static final int LIMIT = 70_000;
  private static final int TEXT = 1;
  private static final int CONTINUATION = 0;
  private static final int CLOSE = 8;
  private static final int PING = 9;

  /** Tells that frames come; what comes is looked at as it is. */
  private static final class Frames extends ChannelInboundHandlerAdapter
      implements WebSocketFrameDecoder {}

  private Vertx vertx;
  private EmbeddedChannel channel;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    channel =
        new EmbeddedChannel(
            new WebSocketMessages(
                LIMIT,
                new ByteBudget(Long.MAX_VALUE, Long.MAX_VALUE).of("client"),
                new Deadlines(vertx, 60_000),
                Meters.of(vertx),
                () -> {}),
            new Frames());
  }

  @AfterEach
  void stop() {
    channel.finishAndReleaseAll();
    HttpHub.await(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1_000, Integer.MAX_VALUE})
  void whatIsWithinTheLimitPassesAsItIs(int cut) {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    for (int length : new int[] {0, 1, 125, 126, 127, 65_535, 65_536, LIMIT}) {
      sent.writeBytes(frame(TEXT, true, length));
    }
    // Fragments, with a control frame between them.
    sent.writeBytes(frame(TEXT, false, LIMIT - 10));
    sent.writeBytes(frame(PING, true, 100));
    sent.writeBytes(frame(CONTINUATION, false, 0));
    sent.writeBytes(frame(CONTINUATION, true, 10));
    sent.writeBytes(frame(TEXT, true, LIMIT));
    feed(sent.toByteArray(), cut);
    assertThat(received()).isEqualTo(sent.toByteArray());
    assertThat(channel.<Object>readOutbound()).isNull();
    assertThat(channel.isOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1_000, Integer.MAX_VALUE})
  void whatIsBeyondItIsDroppedUntilTheClientCloses(int cut) {
    feed(frame(TEXT, false, LIMIT), cut);
    received();
    feed(frame(CONTINUATION, true, 1), cut);
    ByteBuf close = channel.readOutbound();
    assertThat(close.readUnsignedByte()).isEqualTo((short) 0x88);
    assertThat(close.readUnsignedByte()).isEqualTo((short) close.readableBytes());
    assertThat(close.readUnsignedShort()).isEqualTo(1009);
    assertThat(close.toString(StandardCharsets.UTF_8))
        .isEqualTo("a message has at most " + LIMIT + " bytes");
    close.release();
    received();
    channel.writeOutbound(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
    feed(frame(TEXT, true, 2 * LIMIT), cut);
    feed(frame(PING, true, 5), cut);
    assertThat(received()).isEmpty();
    assertThat(channel.isOpen()).isTrue();
    feed(frame(CLOSE, true, 2), cut);
    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.<Object>readOutbound()).isNull();
    assertThat(Meters.of(vertx).get(CounterName.MESSAGES_TOO_LARGE)).isEqualTo(1);
  }

  private void feed(byte[] bytes, int cut) {
    for (int from = 0; from < bytes.length; ) {
      int count = Math.min(cut, bytes.length - from);
      channel.writeInbound(Unpooled.copiedBuffer(bytes, from, count));
      from += count;
    }
  }

  private byte[] received() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
      byte[] bytes = new byte[part.readableBytes()];
      part.readBytes(bytes);
      part.release();
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  /** As clients send it: masked. */
  private static byte[] frame(int opcode, boolean last, int length) {
    ByteBuf frame = Unpooled.buffer();
    frame.writeByte((last ? 0x80 : 0) | opcode);
    if (length < 126) {
      frame.writeByte(0x80 | length);
    } else if (length < 65_536) {
      frame.writeByte(0x80 | 126).writeShort(length);
    } else {
      frame.writeByte(0x80 | 127).writeLong(length);
    }
    frame.writeInt(0x88888888); // the mask, and a payload that could be heads
    for (int i = 0; i < length; i++) {
      frame.writeByte(0x88);
    }
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    return bytes;
  }
}
