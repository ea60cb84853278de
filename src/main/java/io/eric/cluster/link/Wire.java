package io.eric.cluster.link;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * A connection that carries frames. Only on the context of its link. After {@link #close} and
 * {@link #end} the listener is told nothing any more.
 */
interface Wire {

  /** Gives what happens to this listener from now on. */
  void listen(Listener listener);

  /** Allows the frames that arrive from now on to have this many bytes. */
  void allow(int largestFrame);

  /** Writes bytes that {@link FrameReader} has made of frames. */
  void write(Buffer frames);

  /** Returns whether so much is unwritten that more has to wait for {@link Listener#drained}. */
  boolean isFull();

  /** Closes the connection at once; what is unwritten is lost. */
  void close();

  /** Closes the connection after this frame. */
  void end(Frame last);

  /** Returns where the other side is, for the log. */
  String remote();

  /** Connects to other nodes. */
  @FunctionalInterface
  interface Dialer {

    /** Connects; completed on the context. */
    Future<Wire> dial(String host, int port);
  }

  /** Is told what happens to a connection. */
  interface Listener {

    /** Bytes have arrived, of which the frames follow. */
    void heard();

    /** A frame has arrived. */
    void frame(byte[] frame);

    /** There is room again. */
    void drained();

    /** What arrives is not made of frames, and the connection was closed because of that. */
    void garbage(String reason);

    /** The connection has ended; the reason is for the log. */
    void ended(String reason);
  }
}
