package io.eric.http.internal.guard;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells {@link UnsentAnswers} what waits in a connection's queue to be sent. On HTTP/1.x, and on a
 * WebSocket, everything for a client stands in that one queue. Netty tells nobody when it shrinks,
 * so an empty buffer is written behind what waits: when that is sent, all of it was.
 */
final class QueuedBytes {

  /** Fewer bytes are not worth a look: most answers go out at once. */
  private static final int SMALL = 4096;

  private final UnsentAnswers.OfConnection unsent;
  private final BooleanSupplier waited;
  private final Runnable sent;

  private @Nullable ChannelHandlerContext connection;
  private int small = SMALL;
  private boolean watched;
  private boolean looksLater;

  /**
   * @param waited whether somebody waits for the queue to be sent, be it short
   * @param sent runs whenever all that waited has been sent
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

  /** A WebSocket has no other deadline for what it does not take, be it little. */
  void countEveryByte(boolean every) {
    small = every ? 0 : SMALL;
  }

  /** Something for its WebSocket waits to be sent, whoever has written it. */
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

  /** Looks at what waits, now and whenever all that waits now has been sent. */
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
      return; // that was too much, and has closed it
    }
    watched = true;
    var unused =
        connection
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(
                done -> {
                  watched = false;
                  // All that waited has been taken, even if as much waits again: it is no dawdler.
                  unsent.set(0);
                  if (small == 0) {
                    wroteFrame(); // Netty counts what is looked for here until this has run
                  } else {
                    look();
                  }
                  sent.run();
                });
  }

  /** Looks after this read, at whose end the kernel gets what it takes. */
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
