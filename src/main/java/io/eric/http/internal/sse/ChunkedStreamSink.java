package io.eric.http.internal.sse;

import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.internal.edge.StreamSink;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * An event stream over HTTP/1.1 whose chunks are framed once for all streams and enter the pipeline
 * below Vert.x's encoder. Where a stream gets one message per turn, this saves a quarter of the
 * cost of a delivery (docs/PERFORMANCE.md). Everything else is left to {@link HttpStreamSink}.
 *
 * <p>The channel's own queue keeps the bytes in order. While writes of this response are still
 * under way in Vert.x (the head is the first), further writes take the same path. After that only
 * the end does, behind everything else. The encoder stays between the chunks of an open response
 * all the time, so it is the end that completes the response. On the connection's event loop only.
 */
public final class ChunkedStreamSink implements StreamSink {

  private static final Future<Void> TAKEN = Future.succeededFuture();
  private static final String ENCODER = "httpEncoder";

  private final HttpStreamSink normal;
  private final ChannelHandlerContext encoder;
  private final ChunkFrames frames;
  private boolean ended;

  /** How many writes Vert.x has taken that the kernel has not. */
  private int above;

  private ChunkedStreamSink(
      HttpStreamSink normal,
      ChannelHandlerContext encoder,
      ChunkFrames frames,
      Future<Void> headWritten) {
    this.normal = normal;
    this.encoder = encoder;
    this.frames = frames;
    track(headWritten);
  }

  /**
   * Returns a sink for a request's stream: a {@code ChunkedStreamSink} over HTTP/1.1, else an
   * {@link HttpStreamSink}. The latter is also used if the pipeline compresses or the connection is
   * closed.
   *
   * @param guard the guard of the request's connection
   * @param headWritten completes when the kernel has all that was written to the response so far
   */
  public static StreamSink of(
      HttpServerRequest request,
      ConnectionGuard guard,
      ChunkFrames frames,
      Future<Void> headWritten) {
    HttpStreamSink normal = new HttpStreamSink(request, guard);
    if (request.version() != HttpVersion.HTTP_1_1 || !request.response().isChunked()) {
      return normal; // HTTP/1.0 has no chunks, HTTP/2 has frames and windows
    }
    ChannelPipeline pipeline = guard.pipeline();
    ChannelHandlerContext encoder = pipeline == null ? null : encoder(pipeline);
    return encoder == null ? normal : new ChunkedStreamSink(normal, encoder, frames, headWritten);
  }

  private static @Nullable ChannelHandlerContext encoder(ChannelPipeline pipeline) {
    boolean compresses = pipeline.get(HttpContentCompressor.class) != null;
    return compresses ? null : pipeline.context(ENCODER);
  }

  private Future<Void> track(Future<Void> write) {
    if (!write.isComplete()) {
      above++;
      write.onComplete(done -> above--);
    }
    return write;
  }

  @Override
  public Future<Void> write(Buffer bytes) {
    if (above > 0 || ended) {
      return track(normal.write(bytes));
    }
    ChannelPromise written = encoder.newPromise();
    var unused = encoder.writeAndFlush(frames.frame(bytes, encoder.alloc()), written);
    if (written.isSuccess()) {
      return TAKEN;
    }
    if (written.isDone()) {
      return Future.failedFuture(written.cause());
    }
    Promise<Void> later = Promise.promise();
    written.addListener(
        done -> {
          if (done.isSuccess()) {
            later.complete();
          } else {
            later.fail(done.cause());
          }
        });
    return later.future();
  }

  @Override
  public boolean isFull() {
    return !ended && (above > 0 ? normal.isFull() : !encoder.channel().isWritable());
  }

  @Override
  public void end(@Nullable Buffer last) {
    ended = true;
    normal.end(last);
  }

  @Override
  public void abort() {
    normal.abort();
  }
}
