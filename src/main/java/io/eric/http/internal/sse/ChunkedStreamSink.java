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
 * below Vert.x's encoder. Where there is one message per turn and stream, that takes a quarter off
 * the cost of a delivery (docs/PERFORMANCE.md); all else is {@link HttpStreamSink}'s.
 *
 * <p>The order of bytes: the channel's own queue keeps it. As long as Vert.x still has something of
 * this response on its way (the head, at first), writes go the same way; after that, none but the
 * end does, behind everything. The encoder itself stays between the chunks of an open response
 * throughout, so the end is what closes it.
 */
public final class ChunkedStreamSink implements StreamSink {

  private static final Future<Void> TAKEN = Future.succeededFuture();
  private static final String ENCODER = "httpEncoder";

  private final HttpStreamSink normal;
  private final ChannelHandlerContext encoder;
  private final ChunkFrames frames;
  private boolean ended;

  /** How many writes Vert.x has that the kernel has not. */
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
   * The sink for a request's stream, this one where it can serve.
   *
   * @param guard of the request's connection
   * @param headWritten completed when the kernel has all that was written to the response so far
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
