package io.eric.internal.edge;

import io.eric.internal.Loop;
import io.eric.internal.client.ChannelLink;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.metrics.Meters;
import io.eric.options.EdgeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** An edge on a node of the simulated network: all of it but its address on an event bus. */
public final class SimulatedEdge {

  private final Edge edge;

  /** An edge that makes statements and sends heartbeats at these intervals, in milliseconds. */
  public SimulatedEdge(
      Loop loop,
      ChannelLink channels,
      Meters meters,
      StreamFormat format,
      long confirmInterval,
      long heartbeat) {
    this.edge =
        new Edge(
            loop,
            channels,
            meters,
            () -> true,
            unused -> {
              throw new UnsupportedOperationException("it has no address");
            },
            format,
            new EdgeOptions()
                .setHeartbeat(heartbeat)
                .setConfirmInterval(confirmInterval)
                .setStreamMaxAge(0));
  }

  /** Where channels reach it. */
  public String address() {
    return edge.address;
  }

  /** Opens a stream, as a door does. */
  public EdgeStream open(String channel, String listener, String after) {
    return edge.open(channel, listener, after);
  }

  /** Takes what a channel says. */
  public void told(ChannelResponse news) {
    edge.told(news);
  }

  /** A channel ends a stream. */
  public boolean end(ChannelResponse.End end, LongConsumer answer) {
    return edge.end(end, answer);
  }

  /** A channel asks whether a stream is here. */
  public boolean wants(ChannelResponse.StillWanted question) {
    return edge.wants(question);
  }

  /** What it says of its health. */
  public List<String> troubles() {
    return edge.unconfirmed.troubles();
  }

  /** A channel has another owner. */
  public void moved(OwnerChanged move) {
    edge.moved(move);
  }

  /** What it takes its streams to do: "channel: address number: state". */
  public List<String> streams() {
    List<String> all = new ArrayList<>();
    for (ChannelStreams channel : edge.channels.values()) {
      for (EdgeStream stream : channel.streams()) {
        all.add(
            channel.id
                + ": "
                + edge.address
                + " "
                + stream.number()
                + ": "
                + stream.reader().state());
      }
    }
    return all;
  }
}
