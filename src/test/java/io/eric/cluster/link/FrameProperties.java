package io.eric.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.testing.AnyRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Frames as bytes, and the bytes of a connection as frames. */
class FrameProperties {

  @Property(tries = 200)
  void everyKindOfFrameSurvives(@ForAll long seed) {
    for (Frame frame : frames(new Random(seed))) {
      assertThat(FrameCodec.read(FrameCodec.write(frame))).isEqualTo(frame);
    }
  }

  @Property(tries = 1)
  void theFramesOfTheseTestsAreOfAllKinds() {
    assertThat(frames(new Random(1)).stream().map(Object::getClass).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(Frame.class.getPermittedSubclasses());
  }

  @Property(tries = 50)
  void aFrameThatIsCutOffOrTooLongIsRefused(@ForAll long seed) {
    for (Frame frame : frames(new Random(seed))) {
      byte[] bytes = FrameCodec.write(frame);
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatIllegalArgumentException().isThrownBy(() -> FrameCodec.read(cut));
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FrameCodec.read(Arrays.copyOf(bytes, bytes.length + 1)));
    }
  }

  @Property
  void garbageIsRefusedOrReadAsSomething(@ForAll @Size(max = 200) byte[] garbage) {
    try {
      FrameCodec.read(garbage);
    } catch (IllegalArgumentException expected) {
      return;
    }
  }

  @Property
  void aFrameWithOneWrongByteIsRefusedOrReadAsSomething(@ForAll long seed) {
    Random random = new Random(seed);
    for (Frame frame : frames(random)) {
      byte[] bytes = FrameCodec.write(frame);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      try {
        FrameCodec.read(bytes);
      } catch (IllegalArgumentException expected) {
        continue;
      }
    }
  }

  @Property(tries = 1)
  void ofAnotherVersionsGreetingOnlyTheVersionIsRead() {
    byte[] ours = FrameCodec.write(hello(FrameCodec.VERSION));
    byte[] theirs = FrameCodec.write(new Frame.Hello(FrameCodec.VERSION + 1, null));
    byte[] longer = Arrays.copyOf(theirs, ours.length + 20);
    assertThat(FrameCodec.read(longer)).isEqualTo(new Frame.Hello(FrameCodec.VERSION + 1, null));
  }

  @Property(tries = 100)
  void piecesOfAnySizeMakeTheSameFrames(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int largestPiece) {
    Random random = new Random(seed);
    List<byte[]> sent = new ArrayList<>();
    Buffer bytes = Buffer.buffer();
    for (int i = random.nextInt(6); i >= 0; i--) {
      byte[] frame = new byte[1 + random.nextInt(600)];
      random.nextBytes(frame);
      sent.add(frame);
      FrameReader.append(bytes, frame);
    }
    List<byte[]> read = new ArrayList<>();
    FrameReader reader = new FrameReader(600);
    for (int at = 0; at < bytes.length(); ) {
      int end = Math.min(bytes.length(), at + 1 + random.nextInt(largestPiece));
      reader.read(bytes.getBuffer(at, end), read::add);
      at = end;
    }
    assertThat(read).usingRecursiveComparison().isEqualTo(sent);
  }

  @Property(tries = 1)
  void aLengthThatIsNotAllowedIsRefusedBeforeItsBytesCome() {
    FrameReader reader = new FrameReader(100);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reader.read(Buffer.buffer().appendInt(101), frame -> true))
        .withMessage("a frame of 101 bytes, 1 to 100 are allowed");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FrameReader(100).read(Buffer.buffer("GET / HTTP/1.1"), f -> true))
        .withMessage("a frame of 1195725856 bytes, 1 to 100 are allowed");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FrameReader(100).read(Buffer.buffer().appendInt(-1), f -> true))
        .withMessage("a frame of 4294967295 bytes, 1 to 100 are allowed");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FrameReader(100).read(Buffer.buffer().appendInt(0), f -> true))
        .withMessage("a frame of 0 bytes, 1 to 100 are allowed");
  }

  @Property(tries = 1)
  void aLargerFrameIsAllowedAfterwards() {
    FrameReader reader = new FrameReader(1);
    List<byte[]> read = new ArrayList<>();
    reader.read(
        FrameReader.append(FrameReader.framed(new byte[] {1}), new byte[100]),
        frame -> {
          reader.allow(100);
          return read.add(frame);
        });
    assertThat(read).hasSize(2);
  }

  private static Frame.Hello hello(int version) {
    return new Frame.Hello(version, new LinkIdentity("eric", "1", "life"));
  }

  private static List<Frame> frames(Random random) {
    long id = random.nextLong();
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    List<Frame> frames = new ArrayList<>();
    frames.add(hello(FrameCodec.VERSION));
    frames.add(new Frame.Heartbeat());
    frames.add(new Frame.Refused("no"));
    frames.add(new Frame.Call(id, "s", Buffer.buffer(bytes)));
    frames.add(new Frame.Result(id, Buffer.buffer(bytes)));
    for (ReplyFailure type : ReplyFailure.values()) {
      frames.add(
          new Frame.Failure(id, type, random.nextInt(), random.nextBoolean() ? null : "why " + id));
    }
    for (Object body :
        new Object[] {
          AnyRecord.of(ChannelRequest.Statement.class, random),
          AnyRecord.of(ChannelResponse.Published.class, random),
          new JsonObject().put("a", new JsonArray().add(1).add("b")),
          "text",
          null
        }) {
      frames.add(new Frame.Send("eric.edge." + id, body));
      frames.add(new Frame.Request(id, "eric.channel.x", 1 + random.nextInt(99_999), body));
      frames.add(new Frame.Reply(id, body));
    }
    return frames;
  }
}
