package io.eric.metrics;

/**
 * The counters of a hub, see {@link Meters}. They count what has passed, and for every bound how
 * often it has acted. The list is closed, and nothing is counted per channel, listener or client,
 * so the number of time series is limited. docs/METRICS.md has the same list. Immutable, so safe
 * for any thread.
 */
public enum CounterName {
  /** Messages appended to logs. */
  PUBLISHED("eric_messages_published_total", "Messages appended to logs"),
  /** Messages written to streams that keep up. */
  DELIVERED_LIVE("eric_messages_delivered_total", "via", "live", Help.DELIVERED),
  /** Messages read from the log by streams that catch up. */
  DELIVERED_CATCHING_UP("eric_messages_delivered_total", "via", "catch_up", Help.DELIVERED),
  /** Messages sent to listeners on the event bus, repeats included. */
  DELIVERED_ON_BUS("eric_messages_delivered_total", "via", "bus", Help.DELIVERED),

  /**
   * Messages refused because more was under way than {@code channel.inFlightMessages} or {@code
   * inFlightBytes} allow.
   */
  REFUSED_IN_FLIGHT("eric_publishes_refused_total", "reason", "in_flight", Help.REFUSED),
  /** Messages refused by the overflow policy {@code reject}. */
  REFUSED_LOG_FULL("eric_publishes_refused_total", "reason", "log_full", Help.REFUSED),
  /** Messages refused because their payload was over {@code channel.maxPayload}. */
  REFUSED_TOO_LARGE("eric_publishes_refused_total", "reason", "too_large", Help.REFUSED),
  /** Messages refused because of a bad or reserved type, or an unknown listener. */
  REFUSED_INVALID("eric_publishes_refused_total", "reason", "invalid", Help.REFUSED),
  /** Messages refused because the store failed. */
  REFUSED_STORE("eric_publishes_refused_total", "reason", "store", Help.REFUSED),
  /** Publishes that repeated a key. */
  REPEATED(
      "eric_publishes_repeated_total",
      "Publishes that repeated a key and were answered with the first one's position"),
  /** Keys forgotten because {@code channel.keys} was reached. */
  KEYS_FORGOTTEN(
      "eric_keys_forgotten_total",
      "Publishers' keys forgotten before their age because channel.keys was reached"),
  /** Publishes that a door repeated because an attempt had timed out. */
  ATTEMPTS_REPEATED(
      "eric_publish_attempts_repeated_total",
      "Publishes that a door sent again because an attempt was not answered in time"),
  /** Publishes that were not answered within {@code publishTimeout}. */
  PUBLISH_TIMEOUTS(
      "eric_publish_timeouts_total", "Publishes given up because no channel answered in time"),

  /** Acknowledgements that had to wait for readers. */
  ACKS_HELD(
      "eric_acks_held_total", "Acknowledgements to publishers held back while readers were behind"),
  /** Acknowledgements released because {@code channel.publishStall} had passed. */
  ACKS_OVERDUE(
      "eric_acks_overdue_total",
      "Held acknowledgements released by channel.publishStall although readers were behind"),

  /** Messages dropped unread because the log was at its limit. */
  DROPPED_LIMIT("eric_messages_dropped_total", "reason", "limit", Help.DROPPED),
  /** Messages dropped because a listener's own dispatches had used half of the limit. */
  DROPPED_SHARE("eric_messages_dropped_total", "reason", "share", Help.DROPPED),
  /** Messages dropped because all logs together were over their budget. */
  DROPPED_BUDGET("eric_messages_dropped_total", "reason", "budget", Help.DROPPED),
  /** Gaps because the log was at its limit or budget. */
  GAP_OVERFLOW("eric_gaps_total", "reason", "overflow", Help.GAPS),
  /** Gaps of messages that were too old. */
  GAP_EXPIRED("eric_gaps_total", "reason", "expired", Help.GAPS),
  /** Gaps because a client's position belonged to another life of the log. */
  GAP_EPOCH("eric_gaps_total", "reason", "epoch", Help.GAPS),
  /** Streams closed by the overflow policy {@code disconnect}. */
  LAGGARDS_DISCONNECTED(
      "eric_laggards_disconnected_total", "Streams closed by the overflow policy disconnect"),
  /** Listeners removed by the overflow policy {@code remove}. */
  LAGGARDS_REMOVED(
      "eric_laggards_removed_total", "Listeners removed by the overflow policy remove"),
  /** Trims that {@code logs.maxBytes} required. */
  BUDGET_TRIMS(
      "eric_log_budget_trims_total", "Times a channel had to trim because of logs.maxBytes"),
  /** Listeners refused because of {@code channel.maxListeners} or {@code logs.maxListeners}. */
  LISTENERS_REFUSED(
      "eric_listeners_refused_total",
      "Listeners and watchers refused because of channel.maxListeners or logs.maxListeners"),
  /** Channels refused because of {@code logs.maxChannels}. */
  CHANNELS_REFUSED_LIMIT("eric_channels_refused_total", "reason", "limit", Help.CHANNELS_REFUSED),
  /** Channels refused because of {@code logs.ceilings}. */
  CHANNELS_REFUSED_CEILING(
      "eric_channels_refused_total", "reason", "ceiling", Help.CHANNELS_REFUSED),
  /** Lists refused because too many were waiting to be built. */
  LISTS_REFUSED(
      "eric_lists_refused_total", "Lists refused because too many were being made at a time"),
  /** Edges given up because their event loop took nothing any more. */
  EDGES_GIVEN_UP(
      "eric_edges_given_up_total",
      "Times a channel ended all streams of an edge that took nothing any more"),

  /** Listeners whose stream went to another connection. */
  TAKEOVERS("eric_takeovers_total", "Streams that were taken over by another one"),
  /** Deliveries to bus listeners that began again. */
  REDELIVERIES("eric_redeliveries_total", "Times delivery on the event bus failed and began again"),
  /** Messages given up because {@code channel.maxDeliveries} was reached. */
  SKIPPED(
      "eric_messages_skipped_total",
      "Messages given up on the event bus because channel.maxDeliveries was reached"),
  /** Bus listeners detached because {@code channel.noHandlerTimeout} had passed. */
  CONSUMERS_GONE(
      "eric_consumers_gone_total",
      "Listeners on the event bus detached because their address had no handler"),

  /** Requests whose header {@code Host} had a name that is not in {@code http.hosts}. */
  FOREIGN_HOSTS("eric_strangers_refused_total", "reason", "host", Help.STRANGERS),
  /** Requests from a page of an origin that is not in {@code http.cors.origins}. */
  FOREIGN_ORIGINS("eric_strangers_refused_total", "reason", "origin", Help.STRANGERS),

  /** Connections to other nodes that came up. */
  LINK_CONNECTIONS("eric_link_connections_total", "Connections to other nodes that came up"),
  /** Connections to other nodes that were lost. */
  LINKS_LOST("eric_link_connections_lost_total", "Connections to other nodes that were lost"),
  /** Greetings that were not accepted: another version or cluster, or an unknown node. */
  LINK_REFUSED_GREETING("eric_link_strangers_refused_total", "reason", "greeting", Help.LINKS),
  /** Connections to the nodes' port whose first bytes were not those of a node. */
  LINK_REFUSED_GARBAGE("eric_link_strangers_refused_total", "reason", "garbage", Help.LINKS),
  /** Connections to the nodes' port that did not greet in time. */
  LINK_REFUSED_SILENT("eric_link_strangers_refused_total", "reason", "silent", Help.LINKS),
  /** The oldest connections without a greeting, closed because there were too many. */
  LINK_REFUSED_LIMIT("eric_link_strangers_refused_total", "reason", "limit", Help.LINKS),
  /** Messages to other nodes dropped because too much was waiting. */
  LINK_DROPPED_FULL("eric_link_messages_dropped_total", "reason", "full", Help.LINK_DROPPED),
  /** Messages dropped because there was no connection to their node. */
  LINK_DROPPED_DOWN("eric_link_messages_dropped_total", "reason", "down", Help.LINK_DROPPED),
  /** Messages to other nodes dropped because of their size. */
  LINK_DROPPED_TOO_LARGE(
      "eric_link_messages_dropped_total", "reason", "too_large", Help.LINK_DROPPED),
  /** Frames of other nodes that this version does not understand. */
  LINK_FRAMES_IGNORED(
      "eric_link_frames_ignored_total", "Frames of other nodes that were not understood"),

  /** See {@link StateErrors#report}. */
  STATE_ERRORS_EVENT("eric_state_errors_total", "what", "event", Help.STATE_ERRORS),
  /** See {@link StateErrors#reportUnknown}. */
  STATE_ERRORS_NEWS("eric_state_errors_total", "what", "news", Help.STATE_ERRORS),

  /** Streams that were attached. */
  STREAMS_OPENED("eric_streams_opened_total", "Streams opened at the doors"),
  /** Statements made; see {@link io.eric.internal.client.ReaderBook ReaderBook}. */
  STATEMENTS("eric_statements_total", "Times channels were asked to confirm an edge's streams"),
  /** Statements without an answer. An answer that is later than half an interval does not count. */
  STATEMENTS_UNANSWERED(
      "eric_statements_unanswered_total", "Times a channel did not confirm streams in time"),
  /** Streams repaired because something between an edge and a channel was lost. */
  STREAM_REPAIRS(
      "eric_stream_repairs_total", "Streams brought in line after something was lost on the way"),
  /** Streams ended because their channel did not answer. */
  STREAMS_GIVEN_UP(
      "eric_streams_given_up_total", "Streams ended because their channels did not confirm them"),
  /** Edges forgotten because they made no statement for three intervals. */
  EDGES_FORGOTTEN("eric_edges_forgotten_total", "Times a channel forgot an edge that was silent"),
  /** Streams refused because of {@code http.maxStreams} or {@code socket.maxStreams}. */
  STREAMS_REFUSED_LIMIT("eric_streams_refused_total", "reason", "limit", Help.STREAMS_REFUSED),
  /** Streams refused because of {@code maxStreamsPerClient}. */
  STREAMS_REFUSED_CLIENT("eric_streams_refused_total", "reason", "client", Help.STREAMS_REFUSED),
  /** Streams refused because the hub was draining. */
  STREAMS_REFUSED_DRAINING(
      "eric_streams_refused_total", "reason", "draining", Help.STREAMS_REFUSED),
  /** Live streams that lagged and left the live ones. */
  DEMOTIONS("eric_stream_demotions_total", "Live streams that lagged and had to catch up alone"),
  /** Streams closed because of {@code edge.writeDeadline}. */
  CLOSED_WRITE_DEADLINE(
      "eric_streams_closed_total", "reason", "write_deadline", Help.STREAMS_CLOSED),
  /** Streams closed because of {@code edge.streamMaxAge}. */
  CLOSED_MAX_AGE("eric_streams_closed_total", "reason", "max_age", Help.STREAMS_CLOSED),
  /** Heartbeats, which probe idle streams. */
  HEARTBEATS("eric_heartbeats_total", "Heartbeats written to idle streams"),

  /** Connections of the HTTP door. */
  HTTP_CONNECTIONS("eric_connections_opened_total", "door", "http", Help.CONNECTIONS),
  /** Connections of the socket. */
  SOCKET_CONNECTIONS("eric_connections_opened_total", "door", "socket", Help.CONNECTIONS),
  /** Connections refused because of {@code http.maxConnections}. */
  HTTP_CONNECTIONS_REFUSED("eric_connections_refused_total", "reason", "http", Help.TURNED_AWAY),
  /** Connections refused because of {@code http.maxConnectionsPerSecond}. */
  HTTP_CONNECTIONS_TOO_FAST(
      "eric_connections_refused_total", "reason", "http_rate", Help.TURNED_AWAY),
  /** Connections refused because of {@code http.maxConnectionsPerClient}. */
  HTTP_CONNECTIONS_CLIENT(
      "eric_connections_refused_total", "reason", "http_client", Help.TURNED_AWAY),
  /**
   * Connections refused because of {@code socket.maxConnections}, or because the hub was draining.
   */
  SOCKET_CONNECTIONS_REFUSED(
      "eric_connections_refused_total", "reason", "socket", Help.TURNED_AWAY),
  /** Connections closed because another one needed their place. */
  SOCKET_RESTING_CLOSED(
      "eric_resting_connections_closed_total",
      "Socket connections without work closed because a new one needed the place"),
  /** Connections closed because of {@code http.requestTimeout}. */
  HTTP_DAWDLERS("eric_slow_requests_total", "door", "http", Help.DAWDLERS),
  /** Connections closed because of {@code socket.commandTimeout}. */
  SOCKET_DAWDLERS("eric_slow_requests_total", "door", "socket", Help.DAWDLERS),
  /** Connections closed because of {@code http.idleTimeout}. */
  IDLE_CLOSED(
      "eric_idle_connections_closed_total", "HTTP connections closed because of http.idleTimeout"),
  /** Connections whose answers were not read within {@code socket.edge.writeDeadline}. */
  SOCKET_ANSWERS_UNREAD("eric_answers_unread_total", "door", "socket", Help.UNREAD),
  /** Connections whose answers were not read within {@code http.edge.writeDeadline}. */
  ANSWERS_UNREAD("eric_answers_unread_total", "door", "http", Help.UNREAD),
  /** Connections closed because of {@code http.maxUnsentAnswers}. */
  ANSWERS_OVER_BUDGET(
      "eric_answers_over_budget_total",
      "HTTP connections closed because http.maxUnsentAnswers was reached and theirs were most"),
  /**
   * Requests that waited because of {@code http.maxUnsentAnswersPerConnection}, or because their
   * client reads more slowly than it asks.
   */
  REQUESTS_WAITED(
      "eric_requests_waited_total",
      "Requests that were not looked at before their client had taken earlier answers"),
  /** Connections closed because of {@code http.maxResetsPerConnection}. */
  HTTP_RESETS_CLOSED(
      "eric_http_resets_closed_total",
      "HTTP/2 connections closed because of http.maxResetsPerConnection"),
  /** Bodies refused because of {@code http.maxBody}. */
  BODIES_TOO_LARGE("eric_oversize_total", "what", "body", Help.OVERSIZE),
  /** Requests refused because of {@code http.maxHeaderSize} or {@code http.maxInitialLine}. */
  HEADS_TOO_LARGE("eric_oversize_total", "what", "head", Help.OVERSIZE),
  /** Commands refused because of {@code socket.maxCommand}. */
  COMMANDS_TOO_LARGE("eric_oversize_total", "what", "command", Help.OVERSIZE),
  /** WebSocket messages that were longer than the payload limit allows. */
  MESSAGES_TOO_LARGE("eric_oversize_total", "what", "message", Help.OVERSIZE),
  /** Requests refused because of {@code http.maxBufferedBodies}. */
  BODIES_REFUSED("eric_requests_refused_total", "reason", "bodies", Help.REQUESTS_REFUSED),
  /** WebSocket messages refused because of {@code http.maxBufferedBodies}. */
  WEBSOCKET_MESSAGES_REFUSED(
      "eric_requests_refused_total", "reason", "websocket", Help.REQUESTS_REFUSED),
  /** Requests refused because of {@code http.maxRequests}. */
  REQUESTS_OVER_QUOTA("eric_requests_refused_total", "reason", "quota", Help.REQUESTS_REFUSED),
  /** Requests refused because of {@code http.maxInFlightBytesPerConnection}. */
  CONNECTION_FULL("eric_requests_refused_total", "reason", "connection", Help.REQUESTS_REFUSED),
  /**
   * Requests refused because of {@code http.maxInFlightPerChannel} or {@code
   * http.maxInFlightBytesPerChannel}.
   */
  CHANNEL_WINDOW_FULL("eric_requests_refused_total", "reason", "channel", Help.REQUESTS_REFUSED),
  /** Commands refused because too many waited for one channel of another node. */
  FORWARDS_REFUSED_CHANNEL("eric_forwards_refused_total", "reason", "channel", Help.FORWARDS),
  /** Commands refused because those that waited for channels of other nodes had too many bytes. */
  FORWARDS_REFUSED_BYTES("eric_forwards_refused_total", "reason", "bytes", Help.FORWARDS),
  /** Pauses in reading because of {@code socket.maxInFlight} or {@code socket.maxInFlightBytes}. */
  READS_PAUSED(
      "eric_reads_paused_total",
      "Times a socket connection was not read on because too much of it was under way"),

  /** Parts of the hub whose event loop was too busy to be asked. */
  SAMPLES_MISSING(
      "eric_samples_missing_total", "Parts of the hub that did not give their gauges in time"),

  /** Bytes of entries that a majority has and this node, as the leader, has appended. */
  GROUP_APPENDED_BYTES(
      "eric_group_appended_bytes_total",
      "Bytes of entries that this node has committed to its groups' logs as their leader"),
  /** Entries of all groups that were applied. */
  GROUP_ENTRIES_APPLIED(
      "eric_group_entries_applied_total", "Entries of groups' logs applied on this node"),
  /** Snapshots that this node has written of its groups. */
  GROUP_SNAPSHOTS_WRITTEN("eric_group_snapshots_total", "by", "node", Help.SNAPSHOTS),
  /** Snapshots that leaders have sent because this node was far behind. */
  GROUP_SNAPSHOTS_INSTALLED("eric_group_snapshots_total", "by", "leader", Help.SNAPSHOTS),
  /** The bytes of snapshots that this node has written. */
  GROUP_SNAPSHOT_BYTES(
      "eric_group_snapshot_bytes_total", "Bytes of the snapshots that this node has written"),
  /** How long they took. */
  GROUP_SNAPSHOT_MS(
      "eric_group_snapshot_milliseconds_total",
      "Milliseconds in which this node has written snapshots"),
  /** Leaderships given up because Ratis could not go on with them. */
  GROUPS_GIVEN_UP(
      "eric_groups_given_up_total",
      "Times this node gave up the lead of a group because a follower was not fed any more, or"
          + " because a hand-over that had failed was not forgotten");

  @SuppressWarnings("ImmutableEnumChecker") // it does not know that a record of texts is immutable
  private final Metric metric;

  CounterName(String name, String help) {
    this.metric = new Metric(name, help);
  }

  CounterName(String name, String label, String labelValue, String help) {
    this.metric = new Metric(name, label, labelValue, help);
  }

  /** Returns the metric's name and description. */
  public Metric metric() {
    return metric;
  }

  /** Sentences that several constants share, because Prometheus wants one sentence per name. */
  private static final class Help {
    static final String CHANNELS_REFUSED = "Channels that clients wanted and were refused";
    static final String DELIVERED = "Messages handed to readers, repeats included";
    static final String UNREAD = "Connections closed because their answers were not read";
    static final String REFUSED = "Messages that channels refused to append";
    static final String DROPPED = "Messages dropped although a listener might not have read them";
    static final String GAPS = "Gaps told to listeners";
    static final String STATE_ERRORS =
        "Events that cannot be and news that no part takes, ignored: a fault of eric";
    static final String LINKS = "Connections to the port for other nodes that were refused";
    static final String LINK_DROPPED =
        "Requests, answers and deliveries to other nodes that were not sent";
    static final String STREAMS_REFUSED = "Streams refused";
    static final String STREAMS_CLOSED = "Streams closed by a limit";
    static final String CONNECTIONS = "Connections accepted";
    static final String TURNED_AWAY = "Connections closed at once because of a limit";
    static final String DAWDLERS =
        "Connections closed because a request or command was not complete in time";
    static final String OVERSIZE = "Requests refused because of their size";
    static final String STRANGERS =
        "Requests refused because of their Host or the page that sent them";
    static final String SNAPSHOTS = "Snapshots of groups, written by this node or sent by a leader";
    static final String FORWARDS =
        "Commands for channels of other nodes refused because too much waited";
    static final String REQUESTS_REFUSED = "Requests refused because too much was under way";
  }
}
