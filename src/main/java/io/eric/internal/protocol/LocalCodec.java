package io.eric.internal.protocol;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Passes immutable objects between verticles of one JVM as they are, without copying or encoding.
 *
 * <p>Register it once per Vert.x instance with {@link #register}, and send with {@link #options()}.
 */
public final class LocalCodec implements MessageCodec<Object, Object> {

  private static final String NAME = "io.eric.local";

  private LocalCodec() {}

  /** Makes the codec known to this Vert.x instance; registering again is harmless. */
  public static void register(Vertx vertx) {
    EventBus bus = vertx.eventBus();
    try {
      bus.registerCodec(new LocalCodec());
    } catch (IllegalStateException alreadyRegistered) {
      // The event bus cannot be asked first, and several deployments may share one Vert.x instance.
    }
  }

  /** Returns fresh options that select this codec and keep the message inside the JVM. */
  public static DeliveryOptions options() {
    return new DeliveryOptions().setCodecName(NAME).setLocalOnly(true);
  }

  @Override
  public void encodeToWire(Buffer buffer, Object message) {
    throw new UnsupportedOperationException("objects of this codec stay inside a JVM");
  }

  @Override
  public Object decodeFromWire(int position, Buffer buffer) {
    throw new UnsupportedOperationException("objects of this codec stay inside a JVM");
  }

  @Override
  public Object transform(Object message) {
    return message;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
