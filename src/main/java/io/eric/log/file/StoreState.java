package io.eric.log.file;

import io.eric.log.ChannelDefinition;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the files say, except contents. Recovery builds it from a checkpoint and the
 * records after that, the writer keeps it up to date with the same {@link #apply}, and it is
 * written as the next checkpoint.
 */
final class StoreState {

  /** How many cursors go into one record of a checkpoint. */
  private static final int CURSORS_PER_RECORD = 1_000;

  /** How old a key in a checkpoint may be, in milliseconds: longer than repeats are recognised. */
  private static final long KEYS_MS = 600_000;

  private final Map<Integer, ChannelState> channels = new LinkedHashMap<>();
  private final Map<String, ChannelState> byId = new HashMap<>();
  private final Map<Integer, String> definitions = new LinkedHashMap<>();
  private int nextChannel = 1;

  int nextChannel() {
    return nextChannel;
  }

  void setNextChannel(int next) {
    nextChannel = next;
  }

  Collection<ChannelState> channels() {
    return channels.values();
  }

  @Nullable ChannelState channel(int number) {
    return channels.get(number);
  }

  @Nullable ChannelState channel(String id) {
    return byId.get(id);
  }

  List<ChannelDefinition> definitions() {
    List<ChannelDefinition> all = new ArrayList<>();
    definitions.forEach(
        (number, json) -> {
          ChannelState channel = channels.get(number);
          if (channel != null) {
            all.add(new ChannelDefinition(channel.id, new JsonObject(json)));
          }
        });
    return all;
  }

  /**
   * Applies a record other than a message.
   *
   * @param segment the segment that has the record
   */
  void apply(LogRecord record, long segment) {
    if (record instanceof LogRecord.Channel opened) {
      ChannelState known = channels.get(opened.channel());
      if (known == null) {
        ChannelState channel = new ChannelState(opened.channel(), opened.id(), opened.epoch());
        channels.put(channel.number, channel);
        byId.put(channel.id, channel);
        nextChannel = Math.max(nextChannel, channel.number + 1);
      } else {
        known.epoch = opened.epoch();
      }
    } else if (record instanceof LogRecord.Deleted deleted) {
      ChannelState channel = channels.remove(deleted.channel());
      definitions.remove(deleted.channel());
      if (channel != null) {
        byId.remove(channel.id, channel);
      }
    } else if (record instanceof LogRecord.Definition definition) {
      definitions.put(definition.channel(), definition.json());
    } else if (record instanceof LogRecord.Cursors cursors) {
      with(cursors.channel(), channel -> channel.cursors.putAll(cursors.cursors()));
    } else if (record instanceof LogRecord.Listener listener) {
      with(
          listener.channel(),
          channel -> channel.listeners.put(listener.listener(), listener.registration()));
    } else if (record instanceof LogRecord.Forget forget) {
      with(forget.channel(), channel -> channel.forget(forget.listener(), segment));
    } else if (record instanceof LogRecord.Last last) {
      with(last.channel(), channel -> channel.lastSequence = last.sequence());
    } else if (record instanceof LogRecord.Lost lost) {
      with(
          lost.channel(),
          channel -> channel.lane(lost.receiver()).restore(lost.through(), lost.throughOverflow()));
    } else if (record instanceof LogRecord.Key key) {
      with(key.channel(), channel -> channel.addKey(key.key(), key.sequence(), key.timestamp()));
    } else if (record instanceof LogRecord.Forgotten gone) {
      with(gone.channel(), channel -> channel.voids.put(gone.receiver(), gone));
    }
  }

  /** Changes a channel. A record about a channel that has been deleted since has no effect. */
  private void with(int number, Consumer<ChannelState> change) {
    ChannelState channel = channels.get(number);
    if (channel != null) {
      change.accept(channel);
    }
  }

  /**
   * Returns the records from which this state can be built.
   *
   * @param oldestSegment the oldest segment that is kept: void messages in earlier ones need not be
   *     remembered
   */
  List<LogRecord> records(long oldestSegment) {
    List<LogRecord> records = new ArrayList<>();
    long oldestKey = System.currentTimeMillis() - KEYS_MS;
    for (ChannelState channel : channels.values()) {
      int number = channel.number;
      records.add(new LogRecord.Channel(number, channel.id, channel.epoch));
      channel.voids.values().removeIf(gone -> gone.segment() < oldestSegment);
      records.addAll(channel.voids.values());
      records.addAll(channel.lost());
      records.add(new LogRecord.Last(number, channel.lastSequence));
      channel.listeners.forEach(
          (listener, kept) -> records.add(new LogRecord.Listener(number, listener, kept)));
      addCursors(channel, records);
      for (LogRecord.Key key : channel.keys.values()) {
        if (key.timestamp() > oldestKey) {
          records.add(key);
        }
      }
    }
    definitions.forEach((number, json) -> records.add(new LogRecord.Definition(number, json)));
    return records;
  }

  private static void addCursors(ChannelState channel, List<LogRecord> records) {
    Map<String, Long> some = new HashMap<>();
    for (Map.Entry<String, Long> cursor : channel.cursors.entrySet()) {
      some.put(cursor.getKey(), cursor.getValue());
      if (some.size() == CURSORS_PER_RECORD) {
        records.add(new LogRecord.Cursors(channel.number, some));
        some = new HashMap<>();
      }
    }
    if (!some.isEmpty()) {
      records.add(new LogRecord.Cursors(channel.number, some));
    }
  }
}
