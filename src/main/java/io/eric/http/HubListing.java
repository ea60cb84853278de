package io.eric.http;

import io.eric.InvalidChannelException;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.ListPage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code {channelId: [listenerId, …]}}, both in order of creation, piece by piece: a piece has some
 * channels with their listeners, or some of the listeners of a channel that has many.
 */
final class HubListing implements ListPart.Source {

  /** So many channels at most are asked at a time for their listeners, */
  private static final int CHANNELS_AT_A_TIME = 32;

  /** and each gives this number: a piece has some 100 KiB at most. */
  private static final int LISTENERS_AT_A_TIME = 100;

  private final BusClient bus;
  private int left;
  private Command.Page page;
  private boolean allChannels;

  /** What the next channel stands behind: the brace, or the one before it. */
  private String separator = "{";

  /** One after a channel with many listeners, for those asked with it were asked in vain. */
  private int askedAtATime = CHANNELS_AT_A_TIME;

  /** Channels that are known and whose listeners are not. */
  private final ArrayDeque<String> waiting = new ArrayDeque<>();

  /** The channel whose listeners are only given in part so far. */
  private @Nullable String within;

  private Command.Page listeners = Command.Page.first(LISTENERS_AT_A_TIME);

  /**
   * The list.
   *
   * @param after the channel that it begins after, or null
   * @param limit how many channels it has at most, or {@link Integer#MAX_VALUE}
   */
  HubListing(BusClient bus, @Nullable String after, int limit) {
    this.bus = bus;
    this.left = limit;
    this.page = new Command.Page(after, Math.min(limit, CHANNELS_AT_A_TIME), null);
  }

  @Override
  public Future<ListPart> next() {
    String inside = within;
    if (inside != null) {
      return listeners(inside, listeners)
          .map(found -> goOn(inside, found.orElse(ListPage.all(List.of()))));
    }
    if (!waiting.isEmpty() || allChannels) {
      return channels();
    }
    return bus.list(new Command.ListAll(null, page))
        .compose(
            ids -> {
              ids.items().forEach(id -> waiting.add((String) id));
              left -= ids.items().size();
              String next = ids.next();
              allChannels = next == null || left == 0;
              if (next != null && !allChannels) {
                page = page.next(Math.min(left, CHANNELS_AT_A_TIME), next);
              }
              return channels();
            });
  }

  /** More listeners of a channel that has many. */
  private ListPart goOn(String channel, ListPage part) {
    StringBuilder text = new StringBuilder();
    for (Object listener : part.items()) {
      text.append(',');
      appendId(text, ((JsonObject) listener).getString("listener"));
    }
    return part(text, channel, part.next());
  }

  private Future<ListPart> channels() {
    List<String> asked = waiting.stream().limit(askedAtATime).toList();
    List<Future<Optional<ListPage>>> answers = new ArrayList<>(asked.size());
    for (String channel : asked) {
      answers.add(listeners(channel, Command.Page.first(LISTENERS_AT_A_TIME)));
    }
    return Future.all(answers).map(all -> part(answers));
  }

  private ListPart part(List<Future<Optional<ListPage>>> answers) {
    StringBuilder text = new StringBuilder();
    for (Future<Optional<ListPage>> answer : answers) {
      String channel = waiting.remove();
      ListPage found = answer.result().orElse(null);
      if (found == null) {
        continue; // it was removed since it was listed
      }
      text.append(separator);
      separator = ",";
      appendId(text, channel);
      text.append(":[");
      String behind = "";
      for (Object listener : found.items()) {
        text.append(behind);
        behind = ",";
        appendId(text, ((JsonObject) listener).getString("listener"));
      }
      String next = found.next();
      if (next != null) {
        askedAtATime = 1;
        return part(text, channel, next); // those behind it are asked again when their turn comes
      }
      text.append(']');
    }
    askedAtATime = Math.min(2 * askedAtATime, CHANNELS_AT_A_TIME);
    return end(text);
  }

  private ListPart part(StringBuilder text, String channel, @Nullable String next) {
    if (next == null) {
      within = null;
      return end(text.append(']'));
    }
    within = channel;
    listeners = listeners.next(LISTENERS_AT_A_TIME, next);
    return new ListPart(text.toString(), false);
  }

  private ListPart end(StringBuilder text) {
    boolean isLast = allChannels && waiting.isEmpty();
    if (isLast) {
      text.append(separator.equals("{") ? "{}" : "}");
    }
    return new ListPart(text.toString(), isLast);
  }

  /** Some of a channel's listeners; empty if the channel was removed since it was listed. */
  private Future<Optional<ListPage>> listeners(String channel, Command.Page part) {
    return bus.list(new Command.ListAll(channel, part))
        .map(Optional::of)
        .recover(
            failure ->
                failure instanceof InvalidChannelException
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(failure));
  }

  /** Ids have nothing that JSON would escape. */
  private static void appendId(StringBuilder text, String id) {
    text.append('"').append(id).append('"');
  }
}
