package io.eric.http;

import io.eric.PayloadTooLargeException;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.http.internal.guard.ByteBudget;
import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.http.internal.guard.Connections;
import io.eric.http.internal.guard.Deadlines;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the bodies of requests as a whole. The size and the time of each are bounded, and so is the
 * size of all together. The BodyHandler of vertx-web does more than that (forms, uploads into a
 * directory), at a cost per request.
 *
 * <p>Memory follows the bytes that have arrived, not the length that was announced. On one event
 * loop only.
 */
final class BodyReader {

  private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);

  private static final String READ_BEFORE =
      "the body was read before it came to this door: mount the door before any BodyHandler, and"
          + " let an asynchronous handler before the door pause the request until it goes on";

  /**
   * How much is read after a body was refused, in multiples of the maximum of a body. A client that
   * is still sending does not read the answer.
   */
  private static final long DISCARDED_BODIES = 8;

  private final int maxBody;
  private final Deadlines deadlines;
  private final Connections connections;
  private final Meters meters;
  private boolean toldReadBefore;

  BodyReader(int maxBody, Deadlines deadlines, Connections connections, Meters meters) {
    this.connections = connections;
    this.maxBody = maxBody;
    this.deadlines = deadlines;
    this.meters = meters;
  }

  /**
   * Reads a request's body and passes it on, or answers the request itself if the body is refused.
   * To be called before the request's handler returns.
   */
  void read(HttpServerRequest request, Consumer<byte[]> then) {
    if (request.isEnded()) {
      refuseReadBefore(request);
      return;
    }
    Body body = new Body(request, then);
    request.handler(body::append).endHandler(end -> body.end()).exceptionHandler(e -> body.free());
    if (announced(request) > maxBody) {
      body.refuseTooLarge();
    } else if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
      request.response().writeContinue();
    }
  }

  /**
   * Refuses a request whose body a handler of the application has read, or Vert.x has dropped
   * because no handler was set. It is logged once, because every request comes the same way.
   */
  private void refuseReadBefore(HttpServerRequest request) {
    if (!toldReadBefore) {
      toldReadBefore = true;
      LOG.error("{}: {}", request.path(), READ_BEFORE);
    }
    Problem.send(request.response(), 500, new RepositoryException(READ_BEFORE, null));
  }

  private static long announced(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return 0;
    }
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException e) {
      // on HTTP/2 the field is not checked before; the bytes that arrive are counted anyway
      return 0;
    }
  }

  private final class Body {

    private final HttpServerRequest request;
    private final Consumer<byte[]> then;
    private final Deadlines.Deadline deadline;
    private final ConnectionGuard.OpenRequest open;
    private final ByteBudget.OfClient buffered;

    /** The body so far; null once the body is refused or complete. */
    private byte @Nullable [] bytes = new byte[0];

    private int length;
    private long discarded;

    private Body(HttpServerRequest request, Consumer<byte[]> then) {
      this.request = request;
      this.then = then;
      ConnectionGuard guard = connections.guard(request.connection());
      this.open = guard.latest();
      this.buffered = guard.buffered();
      this.deadline = deadlines.start(guard::dawdled);
    }

    private void append(Buffer chunk) {
      byte[] bytes = this.bytes;
      int more = chunk.length();
      if (bytes == null) {
        discard(more);
      } else if (more > maxBody - length) {
        refuseTooLarge();
      } else if (!buffered.take(more)) {
        refuse(CounterName.BODIES_REFUSED, "too many requests at a time");
      } else if (!open.hold(more)) {
        buffered.release(more);
        refuse(CounterName.CONNECTION_FULL, "too many bytes under way on this connection");
      } else {
        if (length == 0) {
          this.bytes = arrayOf(chunk);
        } else {
          if (bytes.length - length < more) {
            int doubled = Math.min(maxBody, 2 * length);
            bytes = Arrays.copyOf(bytes, Math.max(length + more, doubled));
            this.bytes = bytes;
          }
          chunk.getBytes(bytes, length);
        }
        length += more;
      }
    }

    /**
     * Returns the bytes of a chunk, without a copy if Vert.x has copied them into an array of
     * exactly this size.
     */
    private static byte[] arrayOf(Buffer chunk) {
      ByteBuf bytes = ((BufferInternal) chunk).getByteBuf();
      boolean exact =
          bytes.hasArray()
              && bytes.arrayOffset() == 0
              && bytes.readerIndex() == 0
              && bytes.readableBytes() == bytes.array().length;
      return exact ? bytes.array() : chunk.getBytes();
    }

    private void end() {
      byte[] bytes = this.bytes;
      int length = this.length;
      free();
      if (bytes != null && length < request.bytesRead()) {
        refuseReadBefore(request); // its beginning
      } else if (bytes != null && length > 0 && isUntyped()) {
        Problem.send(request.response(), BodyPolicy.untyped());
      } else if (bytes != null) {
        then.accept(bytes.length == length ? bytes : Arrays.copyOf(bytes, length));
      } else if (request.version() != HttpVersion.HTTP_2) {
        request.connection().close();
      }
    }

    /** Returns whether a body came that the head did not announce, which HTTP/2 allows. */
    private boolean isUntyped() {
      return !request.headers().contains(HttpHeaders.CONTENT_TYPE);
    }

    private void refuse(CounterName bound, String reason) {
      meters.count(bound);
      drop();
      Problem.send(request.response(), new UnavailableException(reason));
    }

    private void free() {
      deadline.cancel();
      drop();
    }

    private void drop() {
      buffered.release(length);
      length = 0;
      bytes = null;
    }

    /**
     * Refuses a body that is too large. The deadline keeps running, because the rest of the body
     * may never end.
     */
    private void refuseTooLarge() {
      meters.count(CounterName.BODIES_TOO_LARGE);
      drop();
      if (request.version() != HttpVersion.HTTP_2) {
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      }
      Problem.send(
          request.response(),
          new PayloadTooLargeException("a body has at most " + maxBody + " bytes"));
    }

    private void discard(int more) {
      discarded += more;
      if (discarded > DISCARDED_BODIES * maxBody) {
        free();
        if (request.version() == HttpVersion.HTTP_2) {
          request.response().reset();
        } else {
          request.connection().close();
        }
      }
    }
  }
}
