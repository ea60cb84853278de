package io.eric.channel.internal.readers;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** An attachment that the channel itself serves, without an edge between them. */
public non-sealed interface DirectAttachment extends Attachment {

  /**
   * Returns the command that starts the attachment anew at another owner; null if there is none.
   */
  @Nullable JsonObject again();

  /** Goes on, because there is something to read or room again. */
  void fill();

  /**
   * Stops serving, after a last event.
   *
   * @param finalType its type, or null for none
   * @return completed when {@link #cursor} is final
   */
  Future<Void> end(@Nullable String finalType);
}
