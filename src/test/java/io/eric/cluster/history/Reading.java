package io.eric.cluster.history;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stream as its client saw it, from the answer to the request to the end of the connection.
 * Times are in milliseconds.
 */
public final class Reading {

  /** What ended a stream. */
  public enum End {
    /** The hub ended it, or the connection broke. */
    BROKEN,
    /** The client heard nothing for longer than its patience. */
    SILENT,
    /** The client wanted no more. */
    CLOSED
  }

  record Event(@Nullable String id, String type, String data, long at) {}

  final String channel;
  final String listener;
  final int node;
  final @Nullable String after;
  final long opened;
  private final List<Event> events = new ArrayList<>();
  private final List<Long> heartbeats = new ArrayList<>();
  private long heard;
  private long closed;
  private @Nullable End end;

  Reading(String channel, String listener, int node, @Nullable String after, long opened) {
    this.channel = channel;
    this.listener = listener;
    this.node = node;
    this.after = after;
    this.opened = opened;
    this.heard = opened;
  }

  /** Records an event. */
  public synchronized void event(@Nullable String id, String type, String data, long at) {
    events.add(new Event(id, type, data, at));
    heard = at;
  }

  /** Records a heartbeat. */
  public synchronized void heartbeat(long at) {
    heartbeats.add(at);
    heard = at;
  }

  /** Records the end, once. */
  public synchronized void ended(End how, long at) {
    if (end == null) {
      end = how;
      closed = at;
    }
  }

  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  synchronized List<Long> heartbeats() {
    return List.copyOf(heartbeats);
  }

  /** Returns when anything came last. */
  synchronized long heard() {
    return heard;
  }

  synchronized boolean isSilent() {
    return end == End.SILENT;
  }

  synchronized long closed() {
    return closed;
  }

  @Override
  public synchronized String toString() {
    return "stream of "
        + listener
        + " of "
        + channel
        + " at node "
        + node
        + " after "
        + after
        + " from "
        + opened
        + " to "
        + heard
        + " ("
        + end
        + ", "
        + events.size()
        + " events)";
  }
}
