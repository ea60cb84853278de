package io.eric.http;

import io.eric.InvalidChannelException;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.ListPages;
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
 * The list {@code {channelId: [listenerId, …]}}, both in order of creation, in pieces: a piece has
 * some channels with their listeners, or some of the listeners of a channel that has many.
 */
final class HubListing implements ListPart.Source {

  /** How many channels are asked for their listeners at a time. */
  private static final int CHANNELS_AT_A_TIME = 32;

  /**
   * How many listeners each channel gives. With generated ids a piece has about 120 KiB at most.
   */
  private static final int LISTENERS_AT_A_TIME = 100;

  private final BusClient bus;
  private final ListPages pages;

  /**
   * The text in front of the next channel: the opening brace, or a comma after the first channel.
   */
  private String separator = "{";

  /**
   * How many channels are asked next. It falls to one after a channel with many listeners, because
   * the answers of the channels that were asked with it were of no use, and doubles with every
   * piece after that.
   */
  private int askedAtATime = CHANNELS_AT_A_TIME;

  /** Channels whose listeners are not listed yet. */
  private final ArrayDeque<String> waiting = new ArrayDeque<>();

  /** The channel whose listeners have been listed in part; null if there is none. */
  private @Nullable String within;

  private Command.Page listeners = Command.Page.first(LISTENERS_AT_A_TIME);

  /**
   * Creates the list.
   *
   * @param list the channels that it has
   */
  HubListing(BusClient bus, Command.ListAll list) {
    this.bus = bus;
    this.pages = new ListPages(bus, list, CHANNELS_AT_A_TIME);
  }

  @Override
  public Future<ListPart> next() {
    String inside = within;
    if (inside != null) {
      return listeners(inside, listeners)
          .map(found -> goOn(inside, found.orElse(ListPage.all(List.of()))));
    }
    if (!waiting.isEmpty() || pages.isEnded()) {
      return channels();
    }
    return pages
        .next()
        .compose(
            ids -> {
              ids.items().forEach(id -> waiting.add((String) id));
              return channels();
            });
  }

  /** Lists more listeners of a channel that has many. */
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
        continue; // the channel was removed after it had been listed
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
        // the channels behind it are asked again when their turn comes
        return part(text, channel, next);
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
    boolean isLast = pages.isEnded() && waiting.isEmpty();
    if (isLast) {
      text.append(separator.equals("{") ? "{}" : "}");
    }
    return new ListPart(text.toString(), isLast);
  }

  /**
   * Returns some of a channel's listeners; empty if the channel was removed after it had been
   * listed.
   */
  private Future<Optional<ListPage>> listeners(String channel, Command.Page part) {
    return bus.list(new Command.ListAll(channel, part))
        .map(Optional::of)
        .recover(
            failure ->
                failure instanceof InvalidChannelException
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(failure));
  }

  /** Appends an id as a JSON string. Ids have no characters that JSON would escape. */
  private static void appendId(StringBuilder text, String id) {
    text.append('"').append(id).append('"');
  }
}
