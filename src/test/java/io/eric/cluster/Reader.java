package io.eric.cluster;

import io.eric.cluster.history.History;
import io.eric.cluster.history.Reading;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An EventSource: when its stream ends, it goes on at another node after what it has seen. */
final class Reader implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

  /**
   * How long it bears silence. By docs/STREAMS.md, a stream that is not confirmed ends after twice
   * two intervals of a second, five seconds between them, and one interval over which ends spread.
   */
  private static final int PATIENCE_MS = 15_000;

  private final List<Node> nodes;
  private final String channel;
  private final String listener;
  private final History history;
  private final Map<Node, Integer> lostAt = new ConcurrentHashMap<>();
  private int turn;
  private @Nullable String lastId;
  private volatile boolean isConnected;
  private volatile boolean isStopped;

  Reader(List<Node> nodes, String channel, String listener, int firstNode, History history) {
    this.nodes = nodes;
    this.channel = channel;
    this.listener = listener;
    this.turn = firstNode;
    this.history = history;
  }

  /** Whether it had a stream at some time. */
  boolean isConnected() {
    return isConnected;
  }

  int lostAt(Node node) {
    return lostAt.getOrDefault(node, 0);
  }

  void stop() {
    isStopped = true;
  }

  @Override
  public void run() {
    try {
      while (!isStopped) {
        Node node = nodes.get(turn++ % nodes.size());
        String url = node.url();
        if (url != null) {
          follow(node, url);
        }
        Thread.sleep(50); // less than a client waits, so that more of them meet a fault
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(Node node, String url) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + "/stream/" + channel + '/' + listener));
    if (lastId != null) {
      request.header("last-event-id", lastId);
    }
    try (Lines lines = Lines.open(request.build(), PATIENCE_MS)) {
      Reading reading =
          history.opened(channel, listener, node.number, lastId, System.currentTimeMillis());
      isConnected = true;
      Reading.End end = read(lines, reading);
      reading.ended(isStopped ? Reading.End.CLOSED : end, System.currentTimeMillis());
      if (!isStopped) {
        lostAt.merge(node, 1, Integer::sum);
      }
    } catch (Lines.Refused e) {
      if (e.status != 503) {
        String who = listener + " of " + channel + " at node " + node.number;
        history.refused(e.status, who, System.currentTimeMillis());
      }
    } catch (IOException notOpened) {
      LOG.debug("{} of {} tries another node", listener, channel, notOpened);
    }
  }

  private Reading.End read(Lines lines, Reading reading) {
    String event = null;
    String id = null;
    String data = null;
    try {
      for (String line = lines.next(); line != null && !isStopped; line = lines.next()) {
        long now = System.currentTimeMillis();
        if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.startsWith(":")) {
          reading.heartbeat(now);
        } else if (line.isEmpty() && event != null) {
          reading.event(id, event, String.valueOf(data), now);
          lastId = id == null ? lastId : id;
          event = null;
          id = null;
          data = null;
        }
      }
      return Reading.End.BROKEN;
    } catch (SocketTimeoutException e) {
      return Reading.End.SILENT;
    } catch (IOException e) {
      return Reading.End.BROKEN;
    }
  }
}
