package io.eric.internal.protocol;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads {@link ChannelRequest}s and {@link ChannelResponse}s in the form that they have
 * between JVMs: the version of this form, the number of the kind, and what the record writes of
 * itself. Everything else travels as JSON.
 *
 * <p>A new record gets a row in the table of kinds, with a number that no kind has had. A body of
 * an unknown kind or another version is refused, never dropped.
 */
public final class WireCodec {

  /** The version, which changes when a kind changes what it writes. */
  private static final int VERSION = 1;

  private static final int JSON = 0;

  private static final List<Kind<?>> KINDS =
      List.of(
          new Kind<>(1, ChannelRequest.PublishBatch.class, ChannelRequest.PublishBatch::read),
          new Kind<>(2, ChannelRequest.Attach.class, ChannelRequest.Attach::read),
          new Kind<>(12, ChannelRequest.Reattach.class, ChannelRequest.Reattach::read),
          new Kind<>(3, ChannelRequest.Fetch.class, ChannelRequest.Fetch::read),
          new Kind<>(4, ChannelRequest.Acknowledge.class, ChannelRequest.Acknowledge::read),
          new Kind<>(5, ChannelRequest.Written.class, ChannelRequest.Written::read),
          new Kind<>(6, ChannelRequest.Demote.class, ChannelRequest.Demote::read),
          new Kind<>(7, ChannelRequest.Detach.class, ChannelRequest.Detach::read),
          new Kind<>(9, ChannelRequest.StartListener.class, ChannelRequest.StartListener::read),
          new Kind<>(10, ChannelRequest.TakeNext.class, ChannelRequest.TakeNext::read),
          new Kind<>(
              11, ChannelRequest.RegisterListener.class, ChannelRequest.RegisterListener::read),
          new Kind<>(13, ChannelRequest.RenewHook.class, ChannelRequest.RenewHook::read),
          new Kind<>(14, ChannelRequest.Statement.class, ChannelRequest.Statement::read),
          new Kind<>(15, ChannelRequest.ListStreams.class, ChannelRequest.ListStreams::read),
          new Kind<>(32, ChannelResponse.Published.class, ChannelResponse.Published::read),
          new Kind<>(33, ChannelResponse.Attached.class, ChannelResponse.Attached::read),
          new Kind<>(34, ChannelResponse.Fetched.class, ChannelResponse.Fetched::read),
          new Kind<>(35, ChannelResponse.Delivery.class, ChannelResponse.Delivery::read),
          new Kind<>(36, ChannelResponse.Wake.class, ChannelResponse.Wake::read),
          new Kind<>(37, ChannelResponse.End.class, ChannelResponse.End::read),
          new Kind<>(38, ChannelResponse.Ended.class, ChannelResponse.Ended::read),
          new Kind<>(39, ChannelResponse.HookCall.class, ChannelResponse.HookCall::read),
          new Kind<>(40, ChannelResponse.Taken.class, ChannelResponse.Taken::read),
          new Kind<>(41, ChannelResponse.Confirmed.class, ChannelResponse.Confirmed::read),
          new Kind<>(42, ChannelResponse.StreamList.class, ChannelResponse.StreamList::read),
          new Kind<>(
              43, ChannelResponse.StatementWanted.class, ChannelResponse.StatementWanted::read),
          new Kind<>(44, ChannelResponse.StillWanted.class, ChannelResponse.StillWanted::read),
          new Kind<>(45, ChannelResponse.Wanted.class, ChannelResponse.Wanted::read));

  private static final Map<Class<?>, Kind<?>> BY_TYPE =
      KINDS.stream().collect(Collectors.toUnmodifiableMap(Kind::type, kind -> kind));

  private static final Map<Integer, Kind<?>> BY_NUMBER =
      KINDS.stream().collect(Collectors.toUnmodifiableMap(Kind::number, kind -> kind));

  private WireCodec() {}

  /**
   * Writes a body.
   *
   * @param body a {@link WireRecord} with a kind, or a JSON value
   */
  public static void write(WireOutput out, @Nullable Object body) {
    out.putByte(VERSION);
    if (body instanceof WireRecord ours) {
      Kind<?> kind = BY_TYPE.get(ours.getClass());
      if (kind == null) {
        throw new IllegalArgumentException("no kind for " + ours.getClass());
      }
      ours.write(out.putByte(kind.number));
    } else {
      out.putByte(JSON).putBytes(Json.encodeToBuffer(body).getBytes());
    }
  }

  /**
   * Reads a body.
   *
   * @throws IllegalArgumentException if the bytes are not a body that this version knows
   */
  public static @Nullable Object read(WireInput in) {
    int version = in.getByte();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "a body has version " + version + ", this node understands " + VERSION);
    }
    int number = in.getByte();
    if (number == JSON) {
      return json(in.getBytes());
    }
    Kind<?> kind = BY_NUMBER.get(number);
    if (kind == null) {
      throw new IllegalArgumentException(number + " is no kind of body");
    }
    return kind.reader.apply(in);
  }

  private static @Nullable Object json(byte[] bytes) {
    try {
      return Json.decodeValue(Buffer.buffer(bytes));
    } catch (DecodeException e) {
      throw new IllegalArgumentException("a body is no JSON", e);
    }
  }

  /** A kind of body. */
  private record Kind<T extends WireRecord>(
      int number, Class<T> type, Function<WireInput, T> reader) {}
}
