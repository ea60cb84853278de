package io.eric.http.internal.guard;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports to {@link UnsentAnswers} how many bytes wait in a connection's queue to be sent. On
 * HTTP/1.x and on a WebSocket all bytes for a client are in that one queue. Netty does not report
 * when it shrinks, so an empty buffer is written behind the waiting bytes: when it is sent, all of
 * them were.
 */
final class QueuedBytes {

  /** Up to this many bytes the queue is not watched, because most answers are sent at once. */
  private static final int SMALL = 4096;

  private final UnsentAnswers.OfConnection unsent;
  private final BooleanSupplier waited;
  private final Runnable sent;

  private @Nullable ChannelHandlerContext connection;
  private int small = SMALL;
  private boolean watched;
  private boolean looksLater;

  /**
   * Creates a watcher of one connection's queue.
   *
   * @param waited returns whether a request waits until the queue is sent, even if it is short
   * @param sent runs whenever all bytes that waited have been sent
   */
  QueuedBytes(UnsentAnswers.OfConnection unsent, BooleanSupplier waited, Runnable sent) {
    this.unsent = unsent;
    this.waited = waited;
    this.sent = sent;
  }

  void open(ChannelHandlerContext connection) {
    this.connection = connection;
  }

  void close() {
    connection = null;
  }

  /**
   * Sets whether short queues are watched too. This is for WebSockets, which have no other deadline
   * for bytes that the client does not take.
   */
  void countEveryByte(boolean every) {
    small = every ? 0 : SMALL;
  }

  /** Notes that a frame of a WebSocket waits to be sent, from whatever source. */
  void wroteFrame() {
    ChannelHandlerContext connection = this.connection;
    if (connection == null || looksLater) {
      return;
    }
    looksLater = true;
    connection
        .executor()
        .execute(
            () -> {
              looksLater = false;
              if (!watched) {
                look();
              } else if (this.connection != null) {
                unsent.set(pending(connection));
              }
            });
  }

  /** Checks the queue now, and again whenever all that waits at that moment has been sent. */
  void look() {
    ChannelHandlerContext connection = this.connection;
    if (connection == null || watched) {
      return;
    }
    long pending = pending(connection);
    if (pending <= small && !waited.getAsBoolean()) {
      unsent.set(0);
      return;
    }
    unsent.set(pending);
    if (this.connection == null) {
      return; // the bytes were too many, and the connection is closed
    }
    watched = true;
    var unused =
        connection
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(
                done -> {
                  watched = false;
                  // All that waited has been taken, so the client counts as reading even if as much
                  // waits again.
                  unsent.set(0);
                  if (small == 0) {
                    wroteFrame(); // Netty counts the bytes in question until this listener has run
                  } else {
                    look();
                  }
                  sent.run();
                });
  }

  /** Checks the queue after this read, at whose end Vert.x flushes to the kernel. */
  void lookLater() {
    ChannelHandlerContext connection = this.connection;
    if (connection != null && pending(connection) > SMALL && !watched) {
      watched = true;
      connection
          .executor()
          .execute(
              () -> {
                watched = false;
                look();
              });
    }
  }

  private static long pending(ChannelHandlerContext connection) {
    ChannelOutboundBuffer queue = connection.channel().unsafe().outboundBuffer();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }
}
