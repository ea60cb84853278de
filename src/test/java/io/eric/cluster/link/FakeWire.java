package io.eric.cluster.link;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection whose other side is the test. */
final class FakeWire implements Wire {

  final List<Frame> written = new ArrayList<>();
  private final FrameReader reader = new FrameReader(1 << 20);
  private @Nullable Listener listener;
  boolean closed;
  boolean full;
  int writes;

  /** The other side says something. */
  void says(Frame frame) {
    if (!closed) {
      Objects.requireNonNull(listener).heard();
    }
    if (!closed) {
      Objects.requireNonNull(listener).frame(FrameCodec.write(frame));
    }
  }

  /** The other side closes the connection. */
  void ends() {
    if (!closed) {
      closed = true;
      Objects.requireNonNull(listener).ended("reset");
    }
  }

  /** There is room again. */
  void drains() {
    full = false;
    Objects.requireNonNull(listener).drained();
  }

  /** What was written, without heartbeats and greetings. */
  List<Frame> messages() {
    return written.stream()
        .filter(frame -> !(frame instanceof Frame.Heartbeat || frame instanceof Frame.Hello))
        .toList();
  }

  @Override
  public void listen(Listener next) {
    listener = next;
  }

  @Override
  public void allow(int largestFrame) {}

  @Override
  public void write(Buffer frames) {
    writes++;
    reader.read(frames, frame -> written.add(FrameCodec.read(frame)));
  }

  @Override
  public boolean isFull() {
    return full;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public void end(Frame last) {
    written.add(last);
    closed = true;
  }

  @Override
  public String remote() {
    return "there";
  }
}
