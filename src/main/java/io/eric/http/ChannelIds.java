package io.eric.http;

import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.Command;
import io.vertx.core.Future;
import io.vertx.core.json.Json;
import org.jspecify.annotations.Nullable;

/** The list {@code [channelId, …]} in order of creation, in pieces. */
final class ChannelIds implements ListPart.Source {

  /** How many ids a piece has: about 40 KiB with generated ids. */
  private static final int AT_A_TIME = 1_000;

  private final BusClient bus;
  private int left;
  private Command.Page page;
  private boolean begun;

  /**
   * Creates the list.
   *
   * @param after the id that the list begins after, or null
   * @param limit how many ids the list has at most, or {@link Integer#MAX_VALUE}
   */
  ChannelIds(BusClient bus, @Nullable String after, int limit) {
    this.bus = bus;
    this.left = limit;
    this.page = new Command.Page(after, Math.min(limit, AT_A_TIME), null);
  }

  @Override
  public Future<ListPart> next() {
    return bus.list(new Command.ListAll(null, page))
        .map(
            part -> {
              String ids = Json.encode(part.items());
              String inner = ids.substring(1, ids.length() - 1);
              StringBuilder text = new StringBuilder(inner.length() + 2);
              text.append(begun ? inner.isEmpty() ? "" : "," : "[").append(inner);
              begun = true;
              left -= part.items().size();
              String next = part.next();
              boolean isLast = next == null || left == 0;
              if (next != null && !isLast) {
                page = page.next(Math.min(left, AT_A_TIME), next);
              }
              return new ListPart(isLast ? text.append(']').toString() : text.toString(), isLast);
            });
  }
}
