package io.eric.edge;

/** One client's stream. On the edge's context only. */
public final class EdgeStream {

  EdgeStream() {}

  /** True: the listener was stopped on purpose, there is nothing to stream (HTTP answers 204). */
  public boolean isStopped() {
    throw new UnsupportedOperationException("being written by the lead");
  }

  /** What the channel tells clients to wait before they reconnect, in milliseconds. */
  public int retryMs() {
    throw new UnsupportedOperationException();
  }

  /** Starts to write. The door has written its head before. Call it once. */
  public void begin(StreamSink sink) {
    throw new UnsupportedOperationException();
  }

  /** The connection is gone, or the door gives the stream up before it began. Idempotent. */
  public void lost() {
    throw new UnsupportedOperationException();
  }
}
