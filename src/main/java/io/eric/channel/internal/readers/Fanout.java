package io.eric.channel.internal.readers;

import io.eric.internal.Loop;
import io.eric.internal.client.EdgeLink;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Pushes new entries to the edges that have live streams. Each edge gets one delivery per turn of
 * the event loop, however many streams it has and however many messages came in the turn. Streams
 * that wait are woken.
 */
public final class Fanout {

  private final String channelId;
  private final MessageLog log;
  private final EdgeSessions edges;
  private final Listeners listeners;
  private final Loop loop;
  private final UnaryOperator<Entry> adapted;
  private final EdgeLink link;
  private List<Entry> pending = new ArrayList<>();
  private boolean scheduled;
  private boolean hasDispatches;

  public Fanout(
      String channelId,
      MessageLog log,
      EdgeSessions edges,
      Listeners listeners,
      Loop loop,
      UnaryOperator<Entry> adapted,
      EdgeLink link) {
    this.channelId = channelId;
    this.log = log;
    this.edges = edges;
    this.listeners = listeners;
    this.loop = loop;
    this.adapted = adapted;
    this.link = link;
  }

  /** Takes entries that have just become readable. */
  public void add(List<Entry> entries) {
    for (Entry entry : entries) {
      hasDispatches |= entry.receiver() != null;
      pending.add(entry);
    }
    if (!scheduled) {
      scheduled = true;
      loop.later(this::flush);
    }
  }

  /**
   * Sends the entries that are pending. This is also done before a stream becomes live, so that no
   * delivery reaches across the point from which that stream is pushed to.
   */
  public void flush() {
    scheduled = false;
    if (pending.isEmpty()) {
      return;
    }
    List<Entry> entries = pending;
    boolean mixed = hasDispatches;
    pending = new ArrayList<>();
    hasDispatches = false;
    long through = entries.get(entries.size() - 1).sequence();
    List<Entry> shared = null;
    for (EdgeSession edge : edges.all()) {
      if (!edge.hasLiveStreams()) {
        edge.skipped(through);
        continue;
      }
      List<Entry> forEdge;
      if (mixed) {
        forEdge = adapt(entries, edge);
      } else {
        shared = shared == null ? adapt(entries, null) : shared;
        forEdge = shared;
      }
      if (forEdge.isEmpty()) {
        edge.seen(through);
      } else {
        long after = edge.sent();
        edge.sending(through, forEdge, loop.currentTimeMillis());
        edge.seen(through);
        link.tell(
            edge.address,
            new ChannelResponse.Delivery(
                channelId, log.epoch(), edge.session(), after, through, forEdge));
      }
    }
    wake(entries, mixed);
  }

  /**
   * Returns the entries that live streams of this edge get: broadcasts, and dispatches to one of
   * them.
   *
   * @param edge null if there are broadcasts only, which all edges get
   */
  private List<Entry> adapt(List<Entry> entries, @Nullable EdgeSession edge) {
    List<Entry> result = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (edge == null || entry.receiver() == null || isLiveAt(edge, entry.receiver())) {
        result.add(adapted.apply(entry));
      }
    }
    return result;
  }

  private boolean isLiveAt(EdgeSession edge, String listenerId) {
    Listener listener = listeners.find(listenerId);
    StreamAttachment stream = listener == null ? null : listener.stream();
    return stream != null && stream.isPushedTo() && stream.edge == edge;
  }

  private void wake(List<Entry> entries, boolean mixed) {
    if (listeners.waiting().isEmpty()) {
      return;
    }
    boolean broadcast = !mixed;
    for (Entry entry : entries) {
      if (entry.receiver() == null) {
        broadcast = true;
      } else {
        Listener receiver = listeners.find(entry.receiver());
        if (receiver != null && listeners.waiting().contains(receiver)) {
          wake(receiver);
        }
      }
    }
    if (broadcast) {
      List.copyOf(listeners.waiting()).forEach(this::wake);
    }
  }

  private void wake(Listener listener) {
    listeners.clearWaiting(listener);
    listener.advanced(loop.currentTimeMillis());
    DirectAttachment direct = listener.direct();
    StreamAttachment stream = listener.stream();
    if (direct != null) {
      direct.fill();
    } else if (stream != null) {
      stream.wake();
      link.tell(stream.edge.address, new ChannelResponse.Wake(channelId, stream.stream));
    }
  }
}
