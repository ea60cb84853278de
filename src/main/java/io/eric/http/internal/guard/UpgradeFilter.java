package io.eric.http.internal.guard;

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
 * Removes {@code Upgrade: h2c} from a request whose head is not in order. Vert.x converts such a
 * head into a request of HTTP/2 and omits everything that HTTP/2 does not have: a second {@code
 * Host}, {@code Transfer-Encoding}, complaints of the decoder. These could not be found afterwards,
 * so that {@link Framing} and {@code OriginPolicy} would be evaded (CWE-444). Without the field,
 * which a server may ignore (RFC 9110, section 7.8), the request is one of HTTP/1.1, and both check
 * it.
 *
 * <p>Vert.x adds its handler for the upgrade to the pipeline when the first bytes come, and passes
 * them to it at once. The filter is therefore placed in two steps.
 */
final class UpgradeFilter extends ChannelInboundHandlerAdapter {

  /** The names that Vert.x gives its handlers. */
  private static final String UPGRADE = "h2c";

  private static final String CONNECTION = "handler";

  private static final String H2C = "h2c";

  private UpgradeFilter() {}

  /** Adds a filter to a pipeline. To be called before anything has been read. */
  static void place(ChannelPipeline pipeline) {
    pipeline.addLast("filters", new BeforeTheChoice());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request && !mayUpgrade(request)) {
      request.headers().remove(HttpHeaderNames.UPGRADE);
    }
    ctx.fireChannelRead(message);
    // The first request decides for the whole connection.
    if (ctx.pipeline().get(UPGRADE) == null && !ctx.isRemoved()) {
      ctx.pipeline().remove(this);
    }
  }

  private static boolean mayUpgrade(HttpRequest request) {
    HttpHeaders headers = request.headers();
    if (!headers.contains(HttpHeaderNames.UPGRADE, H2C, true)) {
      return true; // other upgrades are checked elsewhere
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

  /**
   * Returns whether the settings are in order. If they are not, Vert.x refuses the request and
   * still reads what follows.
   */
  private static boolean hasSettings(HttpHeaders headers) {
    List<String> settings = headers.getAll("http2-settings");
    return settings.size() == 1
        && decode(settings.get(0)) != null
        && hasTokens(headers.get(HttpHeaderNames.CONNECTION));
  }

  /** Decodes the settings; null if they are malformed. */
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

  /** Stands in front of the handler that chooses between HTTP/1.1 and HTTP/2 by the first bytes. */
  private static final class BeforeTheChoice extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
      ctx.pipeline().addBefore(CONNECTION, "filter", new AfterTheChoice());
      ctx.fireChannelRead(bytes);
      ctx.pipeline().remove(this);
    }
  }

  /** Stands behind that handler, in front of all handlers that it adds to the pipeline. */
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
