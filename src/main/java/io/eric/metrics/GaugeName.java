package io.eric.metrics;

/**
 * The gauges of a hub, which describe the present moment; see {@link Meters}. They are sums over
 * the hub, never per channel. Immutable, so safe for any thread.
 */
public enum GaugeName {
  /** Open channels. */
  CHANNELS("eric_channels", "Open channels"),
  /** Channels that do not answer, which makes {@code /healthz} DOWN. */
  CHANNELS_SILENT("eric_channels_silent", "Channels that do not answer, of which /healthz says"),
  /** Listeners that are not started. */
  LISTENERS_STOPPED("eric_listeners", "state", "stopped", Help.LISTENERS),
  /** Listeners that are pushed to. */
  LISTENERS_LIVE("eric_listeners", "state", "live", Help.LISTENERS),
  /** Listeners that read what they have missed. */
  LISTENERS_CATCHING_UP("eric_listeners", "state", "catching_up", Help.LISTENERS),
  /** Started listeners without a stream. */
  LISTENERS_DETACHED("eric_listeners", "state", "detached", Help.LISTENERS),
  /** Streams at the doors that are pushed to. */
  STREAMS_LIVE("eric_streams", "state", "live", Help.STREAMS),
  /** Streams at the doors that read what they have missed. */
  STREAMS_CATCHING_UP("eric_streams", "state", "catching_up", Help.STREAMS),
  /** Channels that do not confirm their streams, which makes {@code /healthz} DOWN. */
  CHANNELS_UNCONFIRMED(
      "eric_channels_unconfirmed",
      "Channels that do not confirm their streams, of which /healthz says"),
  /** Streams whose channels have not confirmed them. */
  STREAMS_UNCONFIRMED(
      "eric_streams_unconfirmed",
      "Streams at the doors that were attached anew and not confirmed since, or not for two"
          + " intervals"),
  /** Messages whose publishers wait for the acknowledgement. */
  IN_FLIGHT("eric_publishes_in_flight", "Messages taken by channels and not yet acknowledged"),
  /** The bytes of the messages whose publishers wait. */
  IN_FLIGHT_BYTES(
      "eric_publishes_in_flight_bytes",
      "Bytes of the messages taken by channels and not yet acknowledged"),
  /** Callers whose commands for channels of other nodes are not answered. */
  FORWARDS_WAITING(
      "eric_forwards_waiting", "Commands for channels of other nodes that are not answered"),
  /** The bytes of these commands. */
  FORWARDS_WAITING_BYTES(
      "eric_forwards_waiting_bytes",
      "Bytes of the commands for channels of other nodes that are not answered"),
  /** Acknowledgements held back now. */
  ACKS_HELD("eric_acks_waiting", "Acknowledgements held back at this moment"),
  /** Messages in all logs. */
  LOG_MESSAGES("eric_log_messages", "Messages kept in all logs"),
  /** Bytes in all logs. */
  LOG_BYTES("eric_log_bytes", "Bytes of the messages kept in all logs"),
  /** Bytes that count against the budget. */
  LOG_BUDGET_USED(
      "eric_log_budget_used_bytes", "Bytes of heap that logs use, as logs.maxBytes counts"),
  /** The budget for the bytes of all logs. */
  LOG_BUDGET(
      "eric_log_budget_bytes", "What logs.maxBytes allows, in a cluster the smallest of all nodes"),
  /** Connections of the HTTP door. */
  HTTP_CONNECTIONS("eric_connections", "door", "http", Help.CONNECTIONS),
  /** Connections of the socket. */
  SOCKET_CONNECTIONS("eric_connections", "door", "socket", Help.CONNECTIONS),
  /** Other nodes that this one is connected to. */
  LINKS_UP("eric_links", "state", "up", Help.LINKS),
  /** Other nodes that this one is not connected to. */
  LINKS_DOWN("eric_links", "state", "down", Help.LINKS),
  /** The bytes that wait for other nodes. */
  LINK_OUTBOX_BYTES("eric_link_waiting_bytes", "Bytes that wait to be sent to other nodes"),
  /** Requests to other nodes without an answer yet. */
  LINK_REQUESTS("eric_link_requests", "Requests to other nodes that wait for their answers"),
  /** The bytes of bodies that are being read. */
  BUFFERED_BODIES(
      "eric_http_buffered_body_bytes",
      "Bytes of HTTP bodies and WebSocket messages that are being read"),
  /** The bytes of answers that wait for their clients. */
  UNSENT_ANSWERS("eric_http_unsent_answer_bytes", "Bytes of answers that clients have not taken"),
  /** Groups that this node leads. */
  GROUPS_LED("eric_groups", "role", "leader", Help.GROUPS),
  /** Groups whose leader is another node. */
  GROUPS_FOLLOWED("eric_groups", "role", "follower", Help.GROUPS),
  /** Groups of which this node knows no leader. */
  GROUPS_WITHOUT_LEADER("eric_groups", "role", "leaderless", Help.GROUPS),
  /** What the followers of this node's groups lack. */
  GROUP_ENTRIES_BEHIND(
      "eric_group_entries_behind", "Entries that followers of groups that this node leads lack"),
  /** What is committed and not yet applied here. */
  GROUP_UNAPPLIED(
      "eric_group_entries_unapplied", "Committed entries that this node has not applied yet");

  @SuppressWarnings("ImmutableEnumChecker") // it does not know that a record of texts is immutable
  private final Metric metric;

  GaugeName(String name, String help) {
    this.metric = new Metric(name, help);
  }

  GaugeName(String name, String label, String labelValue, String help) {
    this.metric = new Metric(name, label, labelValue, help);
  }

  /** Returns the metric's name and description. */
  public Metric metric() {
    return metric;
  }

  private static final class Help {
    static final String LISTENERS = "Listeners by state, watchers included";
    static final String STREAMS = "Streams at the doors by state";
    static final String LINKS = "Other nodes by whether this node is connected to them";
    static final String GROUPS = "Groups of the cluster by this node's role in them";
    static final String CONNECTIONS = "Open connections";
  }
}
