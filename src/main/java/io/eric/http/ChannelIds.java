package io.eric.http;

import io.eric.internal.client.BusClient;
import io.eric.internal.client.ListPages;
import io.eric.internal.protocol.Command;
import io.vertx.core.Future;
import io.vertx.core.json.Json;

/** The list {@code [channelId, …]} in order of creation, in pieces. */
final class ChannelIds implements ListPart.Source {

  /** How many ids a piece has: about 40 KiB with generated ids. */
  private static final int AT_A_TIME = 1_000;

  private final ListPages pages;
  private boolean begun;

  /** Creates the text of this list. */
  ChannelIds(BusClient bus, Command.ListAll list) {
    this.pages = new ListPages(bus, list, AT_A_TIME);
  }

  @Override
  public Future<ListPart> next() {
    return pages
        .next()
        .map(
            page -> {
              String ids = Json.encode(page.items());
              String inner = ids.substring(1, ids.length() - 1);
              StringBuilder text = new StringBuilder(inner.length() + 2);
              text.append(begun ? inner.isEmpty() ? "" : "," : "[").append(inner);
              begun = true;
              boolean isLast = pages.isEnded();
              return new ListPart(isLast ? text.append(']').toString() : text.toString(), isLast);
            });
  }
}
