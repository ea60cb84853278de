package io.eric.internal.client;

import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.ListPage;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a list page by page, because a long list is too large for one answer. One page is asked
 * for at a time. On one context only.
 */
public final class ListPages {

  private final BusClient client;
  private final @Nullable String channel;
  private final int pageSize;
  private int left;
  private Command.Page page;
  private boolean ended;

  /**
   * Creates the pages of a list, of which none has been asked for.
   *
   * @param list the list, or the part of it, that the pages make up
   * @param pageSize the greatest number of items of a page, 1 to {@link Command.Page#MAX_LIMIT}
   */
  public ListPages(BusClient client, Command.ListAll list, int pageSize) {
    Command.Page whole = list.page();
    this.client = client;
    this.channel = list.channel();
    this.pageSize = pageSize;
    this.left = whole.limit() == 0 ? Integer.MAX_VALUE : whole.limit();
    this.page = new Command.Page(whole.after(), Math.min(left, pageSize), whole.place());
  }

  /**
   * Asks for the next page. Not to be called after the last one.
   *
   * @return fails with an {@link io.eric.EricException}
   */
  public Future<ListPage> next() {
    return client
        .list(new Command.ListAll(channel, page))
        .map(
            got -> {
              advance(got);
              return got;
            });
  }

  private void advance(ListPage got) {
    left -= got.items().size();
    String next = got.next();
    if (next == null || left == 0) {
      ended = true;
    } else {
      page = page.next(Math.min(left, pageSize), next);
    }
  }

  /** Returns whether the page that came last is the last one of the list. */
  public boolean isEnded() {
    return ended;
  }
}
