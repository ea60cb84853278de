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
  }

  /** Removes a channel. */
  record RemoveChannel(String channel) implements Command {}

  /** Adds a listener; {@code listener} is the wanted id, or null if the hub shall choose one. */
  record AddListener(String channel, @Nullable String listener) implements Command {}

  /** Removes a listener. */
  record RemoveListener(String channel, String listener) implements Command {}

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
      implements Command {}

  /** Streams the broadcasts with an anonymous listener. */
  record Watch(String channel, @Nullable String after) implements Command {}

  /** Stops a listener. */
  record Stop(String channel, String listener) implements Command {}

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
  record FindListener(String channel, String listener) implements Command {}

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
  }

  /** Returns the JSON form of docs/PROTOCOL.md section 1. */
  default JsonObject toJson() {
    JsonObject json = new JsonObject();
    if (this instanceof CreateChannel create) {
      json.put("v", "c");
      if (create.options() != null) {
        json.put("options", create.options());
      }
    } else if (this instanceof RemoveChannel) {
      json.put("v", "rc");
    } else if (this instanceof AddListener add) {
      json.put("v", "r");
      putIfPresent(json, "r", add.listener());
    } else if (this instanceof RemoveListener remove) {
      json.put("v", "rl").put("r", remove.listener());
    } else if (this instanceof Publish publish) {
      json.put("v", publish.listener() == null ? "b" : "d");
      putIfPresent(json, "r", publish.listener());
      json.put("t", publish.type()).put("p", publish.payload().value());
      putIfPresent(json, "key", publish.key());
      putIfPresent(json, "sender", publish.sender());
    } else if (this instanceof Listen listen) {
      json.put("v", "l").put("r", listen.listener()).put("window", listen.window());
      putIfPresent(json, "after", listen.after());
    } else if (this instanceof Watch watch) {
      json.put("v", "w");
      putIfPresent(json, "after", watch.after());
    } else if (this instanceof Stop stop) {
      json.put("v", "s").put("r", stop.listener());
    } else if (this instanceof ListAll list) {
      json.put("v", "ls");
      putIfPresent(json, "after", list.page().after());
      putIfPresent(json, "page", list.page().place());
      if (list.page().limit() > 0) {
        json.put("limit", list.page().limit());
      }
    } else if (this instanceof FindListener find) {
      json.put("v", "ls").put("r", find.listener());
    } else {
      json.put("v", "ping");
    }
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
