package io.eric.channel.internal;

import io.eric.log.MessageStore;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers whether the store can serve, and logs each change. Only the log gets the reason, because
 * it may name machines and directories.
 */
public final class StoreWatch {

  private static final Logger logger = LoggerFactory.getLogger(StoreWatch.class);

  private final MessageStore store;
  private boolean ok = true;

  public StoreWatch(MessageStore store) {
    this.store = store;
  }

  /** Returns the answer to a request at {@link io.eric.internal.protocol.Addresses#READINESS}. */
  public synchronized JsonObject describe() {
    @Nullable String problem = store.problem();
    if (problem == null && !ok) {
      logger.info("the store serves again");
    } else if (problem != null && ok) {
      logger.warn("the store cannot serve: {}", problem);
    }
    ok = problem == null;
    return new JsonObject()
        .put("ok", ok)
        .put("error", ok ? "" : "the store cannot serve at this moment");
  }
}
