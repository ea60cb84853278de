package io.eric.cluster;

import io.eric.internal.protocol.WireInput;
import io.eric.internal.protocol.WireOutput;
import io.eric.log.Registration;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The listeners of a log as they are stored: one record, written as a whole. It costs its size with
 * every write, so writes are gathered by the log.
 */
final class ListenerTable {

  final Map<String, Long> cursors = new HashMap<>();
  final Map<String, Registration> registrations = new LinkedHashMap<>();

  /** Removed listeners, and the sequence up to which dispatches to them are void. */
  final Map<String, Long> forgotten = new LinkedHashMap<>();

  static ListenerTable of(byte[] value) {
    WireInput in = new WireInput(Arrays.copyOfRange(value, Long.BYTES, value.length));
    ListenerTable table = new ListenerTable();
    for (int left = in.getInt(); left > 0; left--) {
      table.cursors.put(in.getString(), in.getLong());
    }
    for (int left = in.getInt(); left > 0; left--) {
      String id = in.getString();
      long created = in.getLong();
      table.registrations.put(
          id, new Registration(created, Registration.State.valueOf(in.getString())));
    }
    for (int left = in.getInt(); left > 0; left--) {
      table.forgotten.put(in.getString(), in.getLong());
    }
    return table;
  }

  byte[] toBytes(long term) {
    WireOutput out = new WireOutput(32 + 48 * (cursors.size() + registrations.size()));
    out.putInt(cursors.size());
    cursors.forEach((id, cursor) -> out.putString(id).putLong(cursor));
    out.putInt(registrations.size());
    registrations.forEach(
        (id, kept) -> out.putString(id).putLong(kept.created()).putString(kept.state().name()));
    out.putInt(forgotten.size());
    forgotten.forEach((id, through) -> out.putString(id).putLong(through));
    byte[] table = out.toBytes();
    return ByteBuffer.allocate(Long.BYTES + table.length).putLong(term).put(table).array();
  }
}
