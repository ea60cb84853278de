package io.eric.http.internal.guard;

import io.eric.http.OriginPolicy;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes {@code Upgrade: h2c} from a request whose head is not in order. Vert.x makes a request of
 * HTTP/2 of such a head and leaves out what that does not have: a second {@code Host}, {@code
 * Transfer-Encoding}, what the decoder complained of. Nothing of that could be found afterwards, so
 * {@link Framing} and {@link OriginPolicy} would be got around (CWE-444). Without the field, which
 * a server may ignore (RFC 9110, section 7.8), it is a request of HTTP/1.1 that they look at.
 *
 * <p>Vert.x sets its handler for the upgrade into the pipeline with the first bytes, and gives them
 * to it at once; so this is placed in two steps.
 */
final class UpgradeFilter extends ChannelInboundHandlerAdapter {

  /** Vert.x's names of its handlers. */
  private static final String UPGRADE = "h2c";

  private static final String CONNECTION = "handler";

  private static final String H2C = "h2c";

  private UpgradeFilter() {}

  /** Sets a filter into a pipeline before anything has been read. */
  static void place(ChannelPipeline pipeline) {
    pipeline.addLast("filters", new BeforeTheChoice());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request && !mayUpgrade(request)) {
      request.headers().remove(HttpHeaderNames.UPGRADE);
    }
    ctx.fireChannelRead(message);
    // One request decides for the connection.
    if (ctx.pipeline().get(UPGRADE) == null && !ctx.isRemoved()) {
      ctx.pipeline().remove(this);
    }
  }

  private static boolean mayUpgrade(HttpRequest request) {
    HttpHeaders headers = request.headers();
    if (!headers.contains(HttpHeaderNames.UPGRADE, H2C, true)) {
      return true; // to something else, which is looked at elsewhere
    }
    return request.decoderResult().isSuccess()
        && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && request.uri().startsWith("/")
        && headers.getAll(HttpHeaderNames.HOST).size() == 1
        && headers.getAll(HttpHeaderNames.UPGRADE).size() == 1
        && headers.getAll(HttpHeaderNames.CONNECTION).size() == 1
        && hasSettings(headers)
        && !isAmbiguous(headers);
  }

  /** Without them Vert.x refuses, and goes on to whatever follows. */
  private static boolean hasSettings(HttpHeaders headers) {
    List<String> settings = headers.getAll("http2-settings");
    return settings.size() == 1
        && decode(settings.get(0)) != null
        && hasTokens(headers.get(HttpHeaderNames.CONNECTION));
  }

  /** The settings; null if they are malformed. */
  private static @Nullable Http2Settings decode(String base64) {
    try {
      ByteBuffer each = ByteBuffer.wrap(Base64.getUrlDecoder().decode(base64));
      Http2Settings settings = new Http2Settings();
      while (each.hasRemaining()) {
        settings.put(each.getChar(), (Long) (each.getInt() & 0xffff_ffffL));
      }
      return settings;
    } catch (IllegalArgumentException | BufferUnderflowException malformed) {
      return null;
    }
  }

  private static boolean hasTokens(String connection) {
    boolean upgrade = false;
    boolean settings = false;
    for (String token : connection.split(",", -1)) {
      upgrade |= token.strip().equalsIgnoreCase("upgrade");
      settings |= token.strip().equalsIgnoreCase("http2-settings");
    }
    return upgrade && settings;
  }

  private static boolean isAmbiguous(HttpHeaders headers) {
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    return codings.size() + lengths.size() > 1
        || codings.size() == 1 && !codings.get(0).equalsIgnoreCase("chunked");
  }

  /** In front of the handler that chooses between HTTP/1.1 and HTTP/2 by the first bytes. */
  private static final class BeforeTheChoice extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
      ctx.pipeline().addBefore(CONNECTION, "filter", new AfterTheChoice());
      ctx.fireChannelRead(bytes);
      ctx.pipeline().remove(this);
    }
  }

  /** Behind that handler, and in front of all that it sets into the pipeline. */
  private static final class AfterTheChoice extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
      if (ctx.pipeline().get(UPGRADE) != null) {
        ctx.pipeline().addBefore(UPGRADE, "upgrades", new UpgradeFilter());
      }
      ctx.pipeline().remove(this);
      ctx.fireChannelRead(bytes);
    }
  }
}
