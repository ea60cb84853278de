package io.eric.internal.protocol;

import io.eric.Ids;
import io.eric.InvalidMessageFormatException;
import io.eric.Payload;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A client's command of docs/PROTOCOL.md section 1. Its form has been checked; whether its channel
 * exists has not. Immutable.
 */
public sealed interface Command {

  /** The window of a bus listener whose command names none. */
  int DEFAULT_WINDOW = 256;

  /** The greatest length of a publisher's key, in characters. */
  int MAX_KEY_LENGTH = 128;

  /**
   * Returns the channel that the command is about, or {@code null} if it is about none or creates
   * one that the hub shall name.
   */
  @Nullable String channel();

  /** Returns the verb that names the command in its JSON form. */
  Verb verb();

  /** Adds to the JSON form what the command has beside its verb and its channel. */
  default void addTo(JsonObject json) {}

  /**
   * Creates a channel.
   *
   * @param channel the wanted id, or null
   * @param options the channel options that differ from the hub's defaults, or null; an extension
   *     of the protocol
   */
  record CreateChannel(@Nullable String channel, @Nullable JsonObject options) implements Command {
    /** Creates a channel that the hub names, with the hub's defaults. */
    public static final CreateChannel ANY = new CreateChannel(null, null);

    @Override
    public Verb verb() {
      return Verb.CREATE_CHANNEL;
    }

    @Override
    public void addTo(JsonObject json) {
      if (options != null) {
        json.put("options", options);
      }
    }
  }

  /** Removes a channel. */
  record RemoveChannel(String channel) implements Command {
    @Override
    public Verb verb() {
      return Verb.REMOVE_CHANNEL;
    }
  }

  /** Adds a listener; {@code listener} is the wanted id, or null if the hub shall choose one. */
  record AddListener(String channel, @Nullable String listener) implements Command {
    @Override
    public Verb verb() {
      return Verb.ADD_LISTENER;
    }

    @Override
    public void addTo(JsonObject json) {
      putIfPresent(json, "r", listener);
    }
  }

  /** Removes a listener. */
  record RemoveListener(String channel, String listener) implements Command {
    @Override
    public Verb verb() {
      return Verb.REMOVE_LISTENER;
    }

    @Override
    public void addTo(JsonObject json) {
      json.put("r", listener);
    }
  }

  /**
   * Dispatches to a listener, or broadcasts if {@code listener} is null.
   *
   * @param key the publisher's key, or null
   * @param sender the listener that signed the message, or null
   */
  record Publish(
      String channel,
      @Nullable String listener,
      String type,
      Payload payload,
      @Nullable String key,
      @Nullable String sender)
      implements Command, WireRecord {

    @Override
    public Verb verb() {
      return listener == null ? Verb.BROADCAST : Verb.DISPATCH;
    }

    @Override
    public void addTo(JsonObject json) {
      putIfPresent(json, "r", listener);
      json.put("t", type).put("p", payload.value());
      putIfPresent(json, "key", key);
      putIfPresent(json, "sender", sender);
    }

    @Override
    public void write(WireOutput out) {
      out.putString(channel)
          .putOptional(listener)
          .putString(type)
          .putBytes(payload.json())
          .putOptional(key)
          .putOptional(sender);
    }

    static Publish read(WireInput in) {
      return new Publish(
          in.getString(),
          in.getOptional(),
          in.getString(),
          in.getPayload(),
          in.getOptional(),
          in.getOptional());
    }

    /** Returns the same message with another key. */
    public Publish withKey(String another) {
      return new Publish(channel, listener, type, payload, another, sender);
    }

    /** Returns how many bytes the message counts for against limits on what is under way. */
    public int size() {
      return 64 + type.length() + payload.size();
    }
  }

  /**
   * Starts a listener and streams its messages.
   *
   * @param after a position to resume after, as the client wrote it, or null
   * @param window how many messages may be under way unacknowledged, for a listener on the event
   *     bus
   */
  record Listen(String channel, String listener, @Nullable String after, int window)
      implements Command {
    @Override
    public Verb verb() {
      return Verb.LISTEN;
    }

    @Override
    public void addTo(JsonObject json) {
      json.put("r", listener).put("window", window);
      putIfPresent(json, "after", after);
    }
  }

  /** Streams the broadcasts with an anonymous listener. */
  record Watch(String channel, @Nullable String after) implements Command {
    @Override
    public Verb verb() {
      return Verb.WATCH;
    }

    @Override
    public void addTo(JsonObject json) {
      putIfPresent(json, "after", after);
    }
  }

  /** Stops a listener. */
  record Stop(String channel, String listener) implements Command {
    @Override
    public Verb verb() {
      return Verb.STOP;
    }

    @Override
    public void addTo(JsonObject json) {
      json.put("r", listener);
    }
  }

  /**
   * Lists the channels, or one channel's listeners, in order of creation.
   *
   * @param channel the channel whose listeners are listed; null to list the channels
   */
  record ListAll(@Nullable String channel, Page page) implements Command {
    /** Lists all of them. */
    public ListAll(@Nullable String channel) {
      this(channel, Page.ALL);
    }

    /**
     * Returns the command for what a client asked for.
     *
     * @param channel the id of a channel, or null to list the channels
     * @param after as in {@link Page}
     * @param limit the greatest number of items, 1 to {@link Page#MAX_LIMIT}; null for all
     * @param place as in {@link Page}
     * @throws InvalidMessageFormatException if {@code after} is not an id, or the limit is out of
     *     range
     */
    public static ListAll checked(
        @Nullable String channel,
        @Nullable String after,
        @Nullable Long limit,
        @Nullable String place) {
      if (after != null) {
        Ids.check(channel == null ? "channel" : "listener", after);
      }
      return new ListAll(
          channel, new Page(after, limit == null ? 0 : Page.checkedLimit(limit), place));
    }

    @Override
    public Verb verb() {
      return Verb.LIST;
    }

    @Override
    public void addTo(JsonObject json) {
      putIfPresent(json, "after", page.after());
      putIfPresent(json, "page", page.place());
      if (page.limit() > 0) {
        json.put("limit", page.limit());
      }
    }
  }

  /**
   * A part of a list.
   *
   * @param after the id after which it begins, as a client gave it, or null
   * @param limit the greatest number of items, 1 to {@link #MAX_LIMIT}; 0 for all
   * @param place where the part before it ended, see {@link ListPage#next}; takes precedence over
   *     {@code after}, and remains valid when the item there is removed
   */
  record Page(@Nullable String after, int limit, @Nullable String place) {
    /** The greatest number of items in one part, because a part is one answer on the event bus. */
    public static final int MAX_LIMIT = 10_000;

    /** The whole list. */
    public static final Page ALL = new Page(null, 0, null);

    /** Returns the first part. */
    public static Page first(int limit) {
      return new Page(null, limit, null);
    }

    /** Returns the part of this size that follows a place. */
    public Page next(int limit, String place) {
      return new Page(null, limit, place);
    }

    private static int checkedLimit(long limit) {
      if (limit < 1 || limit > MAX_LIMIT) {
        throw new InvalidMessageFormatException("limit is a whole number from 1 to " + MAX_LIMIT);
      }
      return (int) limit;
    }
  }

  /**
   * Looks up one listener; the answer is like that to {@link ListAll}, with this listener alone.
   */
  record FindListener(String channel, String listener) implements Command {
    @Override
    public Verb verb() {
      return Verb.LIST;
    }

    @Override
    public void addTo(JsonObject json) {
      json.put("r", listener);
    }
  }

  /**
   * Asks whether the hub, or a channel, answers.
   *
   * @param channel null to ask the hub
   */
  record Ping(@Nullable String channel) implements Command {
    /** Asks the hub. */
    public Ping() {
      this(null);
    }

    @Override
    public Verb verb() {
      return Verb.PING;
    }
  }

  /** Returns the JSON form of docs/PROTOCOL.md section 1. */
  default JsonObject toJson() {
    JsonObject json = new JsonObject().put("v", verb().word());
    addTo(json);
    putIfPresent(json, "c", channel());
    return json;
  }

  private static void putIfPresent(JsonObject json, String key, @Nullable String value) {
    if (value != null) {
      json.put(key, value);
    }
  }

  /** Checks the id of a channel that a client named. */
  static String checkedChannel(@Nullable String id) {
    return Ids.check("channel", id);
  }

  /**
   * Checks a publisher's key.
   *
   * @throws InvalidMessageFormatException if it is empty or too long
   */
  static @Nullable String checkedKey(@Nullable String key) {
    if (key != null && (key.isEmpty() || key.length() > MAX_KEY_LENGTH)) {
      throw new InvalidMessageFormatException("a key has 1 to " + MAX_KEY_LENGTH + " characters");
    }
    return key;
  }

  /** Checks the id of a listener that a client named. */
  static String checkedListener(@Nullable String id) {
    return Ids.check("listener", id);
  }
}
