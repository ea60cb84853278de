package io.eric.metrics;

import io.eric.internal.client.ReaderBook;
import org.jspecify.annotations.Nullable;

/**
 * What a hub counts, see {@link Meters}: what has passed, and for every bound how often it has
 * acted. The list is closed, so the number of time series is too: nothing is counted per channel,
 * listener or client. docs/METRICS.md has the same list.
 */
public enum CounterName implements Metric {
  /** Messages appended to logs. */
  PUBLISHED("eric_messages_published_total", "Messages appended to logs"),
  /** Messages written to streams that keep up. */
  DELIVERED_LIVE("eric_messages_delivered_total", "via", "live", Help.DELIVERED),
  /** Messages read from the log by streams that catch up. */
  DELIVERED_CATCHING_UP("eric_messages_delivered_total", "via", "catch_up", Help.DELIVERED),
  /** Messages sent to listeners on the event bus, repeats included. */
  DELIVERED_ON_BUS("eric_messages_delivered_total", "via", "bus", Help.DELIVERED),

  /** More was under way than {@code channel.inFlightMessages} or {@code inFlightBytes}. */
  REFUSED_IN_FLIGHT("eric_publishes_refused_total", "reason", "in_flight", Help.REFUSED),
  /** Overflow policy {@code reject}. */
  REFUSED_LOG_FULL("eric_publishes_refused_total", "reason", "log_full", Help.REFUSED),
  /** Over {@code channel.maxPayload}. */
  REFUSED_TOO_LARGE("eric_publishes_refused_total", "reason", "too_large", Help.REFUSED),
  /** A bad or reserved type, or no such listener. */
  REFUSED_INVALID("eric_publishes_refused_total", "reason", "invalid", Help.REFUSED),
  /** The store failed. */
  REFUSED_STORE("eric_publishes_refused_total", "reason", "store", Help.REFUSED),
  /** Repeats of a publisher's key. */
  REPEATED(
      "eric_publishes_repeated_total",
      "Publishes that repeated a key and were answered with the first one's position"),
  /** {@code channel.keys} was reached. */
  KEYS_FORGOTTEN(
      "eric_keys_forgotten_total",
      "Publishers' keys forgotten before their age because channel.keys was reached"),
  /** A door repeated a publish whose attempt had timed out. */
  ATTEMPTS_REPEATED(
      "eric_publish_attempts_repeated_total",
      "Publishes that a door sent again because an attempt was not answered in time"),
  /** A publish was not answered within {@code publishTimeout}. */
  PUBLISH_TIMEOUTS(
      "eric_publish_timeouts_total", "Publishes given up because no channel answered in time"),

  /** Acknowledgements that had to wait for readers. */
  ACKS_HELD(
      "eric_acks_held_total", "Acknowledgements to publishers held back while readers were behind"),
  /** {@code channel.publishStall} has passed. */
  ACKS_OVERDUE(
      "eric_acks_overdue_total",
      "Held acknowledgements released by channel.publishStall although readers were behind"),

  /** Dropped unread: the log was at its limit. */
  DROPPED_LIMIT("eric_messages_dropped_total", "reason", "limit", Help.DROPPED),
  /** Dropped: a listener's own dispatches had used half of the limit. */
  DROPPED_SHARE("eric_messages_dropped_total", "reason", "share", Help.DROPPED),
  /** Dropped: all logs together were over their budget. */
  DROPPED_BUDGET("eric_messages_dropped_total", "reason", "budget", Help.DROPPED),
  /** Gaps told to listeners, by reason. */
  GAP_OVERFLOW("eric_gaps_total", "reason", "overflow", Help.GAPS),
  /** Gaps of messages that were too old. */
  GAP_EXPIRED("eric_gaps_total", "reason", "expired", Help.GAPS),
  /** Gaps because a client's position was of another life of the log. */
  GAP_EPOCH("eric_gaps_total", "reason", "epoch", Help.GAPS),
  /** Overflow policy {@code disconnect}. */
  LAGGARDS_DISCONNECTED(
      "eric_laggards_disconnected_total", "Streams closed by the overflow policy disconnect"),
  /** Overflow policy {@code remove}. */
  LAGGARDS_REMOVED(
      "eric_laggards_removed_total", "Listeners removed by the overflow policy remove"),
  /** Trims ordered by the budget. */
  BUDGET_TRIMS(
      "eric_log_budget_trims_total", "Times a channel had to trim because of logs.maxBytes"),
  /** {@code channel.maxListeners} or {@code logs.maxListeners}. */
  LISTENERS_REFUSED(
      "eric_listeners_refused_total",
      "Listeners and watchers refused because of channel.maxListeners or logs.maxListeners"),
  /** {@code logs.maxChannels}. */
  CHANNELS_REFUSED_LIMIT("eric_channels_refused_total", "reason", "limit", Help.CHANNELS_REFUSED),
  /** {@code logs.ceilings}. */
  CHANNELS_REFUSED_CEILING(
      "eric_channels_refused_total", "reason", "ceiling", Help.CHANNELS_REFUSED),
  /** More lists wait to be made than may wait. */
  LISTS_REFUSED(
      "eric_lists_refused_total", "Lists refused because too many were being made at a time"),
  /** An edge whose event loop takes nothing any more. */
  EDGES_GIVEN_UP(
      "eric_edges_given_up_total",
      "Times a channel ended all streams of an edge that took nothing any more"),

  /** A listener's stream went to another connection. */
  TAKEOVERS("eric_takeovers_total", "Streams that were taken over by another one"),
  /** Sent again to a bus listener. */
  REDELIVERIES("eric_redeliveries_total", "Times delivery on the event bus failed and began again"),
  /** {@code channel.maxDeliveries}. */
  SKIPPED(
      "eric_messages_skipped_total",
      "Messages given up on the event bus because channel.maxDeliveries was reached"),
  /** {@code channel.noHandlerTimeout}. */
  CONSUMERS_GONE(
      "eric_consumers_gone_total",
      "Listeners on the event bus detached because nobody was at their address"),

  /** The header {@code Host} had a name that is not in {@code http.hosts}. */
  FOREIGN_HOSTS("eric_strangers_refused_total", "reason", "host", Help.STRANGERS),
  /** A page of an origin that is not in {@code http.cors.origins}. */
  FOREIGN_ORIGINS("eric_strangers_refused_total", "reason", "origin", Help.STRANGERS),

  /** See {@link StateErrors#report}. */
  STATE_ERRORS_EVENT("eric_state_errors_total", "what", "event", Help.STATE_ERRORS),
  /** See {@link StateErrors#reportUnknown}. */
  STATE_ERRORS_NEWS("eric_state_errors_total", "what", "news", Help.STATE_ERRORS),

  /** Streams attached. */
  STREAMS_OPENED("eric_streams_opened_total", "Streams opened at the doors"),
  /** See {@link ReaderBook}. */
  STATEMENTS("eric_statements_total", "Times channels were asked to confirm an edge's streams"),
  /** An answer later than half an interval is none. */
  STATEMENTS_UNANSWERED(
      "eric_statements_unanswered_total", "Times a channel did not confirm streams in time"),
  /** Something between an edge and a channel was lost. */
  STREAM_REPAIRS(
      "eric_stream_repairs_total", "Streams brought in line after something was lost on the way"),
  /** Its channel answered nothing. */
  STREAMS_GIVEN_UP(
      "eric_streams_given_up_total", "Streams ended because their channels did not confirm them"),
  /** Without a statement for three intervals. */
  EDGES_FORGOTTEN("eric_edges_forgotten_total", "Times a channel forgot an edge that was silent"),
  /** {@code http.maxStreams}, {@code socket.maxStreams}. */
  STREAMS_REFUSED_LIMIT("eric_streams_refused_total", "reason", "limit", Help.STREAMS_REFUSED),
  /** {@code maxStreamsPerClient}. */
  STREAMS_REFUSED_CLIENT("eric_streams_refused_total", "reason", "client", Help.STREAMS_REFUSED),
  /** The hub drains. */
  STREAMS_REFUSED_DRAINING(
      "eric_streams_refused_total", "reason", "draining", Help.STREAMS_REFUSED),
  /** Streams that lagged. */
  DEMOTIONS("eric_stream_demotions_total", "Live streams that lagged and had to catch up alone"),
  /** {@code edge.writeDeadline}. */
  CLOSED_WRITE_DEADLINE(
      "eric_streams_closed_total", "reason", "write_deadline", Help.STREAMS_CLOSED),
  /** {@code edge.streamMaxAge}. */
  CLOSED_MAX_AGE("eric_streams_closed_total", "reason", "max_age", Help.STREAMS_CLOSED),
  /** Probes of idle streams. */
  HEARTBEATS("eric_heartbeats_total", "Heartbeats written to idle streams"),

  /** Connections of the HTTP door. */
  HTTP_CONNECTIONS("eric_connections_opened_total", "door", "http", Help.CONNECTIONS),
  /** Connections of the socket. */
  SOCKET_CONNECTIONS("eric_connections_opened_total", "door", "socket", Help.CONNECTIONS),
  /** {@code http.maxConnections}. */
  HTTP_CONNECTIONS_REFUSED("eric_connections_refused_total", "reason", "http", Help.TURNED_AWAY),
  /** {@code http.maxConnectionsPerSecond}. */
  HTTP_CONNECTIONS_TOO_FAST(
      "eric_connections_refused_total", "reason", "http_rate", Help.TURNED_AWAY),
  /** {@code http.maxConnectionsPerClient}. */
  HTTP_CONNECTIONS_CLIENT(
      "eric_connections_refused_total", "reason", "http_client", Help.TURNED_AWAY),
  /** {@code socket.maxConnections}, or draining. */
  SOCKET_CONNECTIONS_REFUSED(
      "eric_connections_refused_total", "reason", "socket", Help.TURNED_AWAY),
  /** Its place was needed by another one. */
  SOCKET_RESTING_CLOSED(
      "eric_resting_connections_closed_total",
      "Socket connections without work closed because a new one needed the place"),
  /** {@code http.requestTimeout}. */
  HTTP_DAWDLERS("eric_slow_requests_total", "door", "http", Help.DAWDLERS),
  /** {@code socket.commandTimeout}. */
  SOCKET_DAWDLERS("eric_slow_requests_total", "door", "socket", Help.DAWDLERS),
  /** {@code http.idleTimeout}. */
  IDLE_CLOSED(
      "eric_idle_connections_closed_total", "HTTP connections closed because of http.idleTimeout"),
  /** Answers that nobody reads, over {@code socket.edge.writeDeadline}. */
  SOCKET_ANSWERS_UNREAD("eric_answers_unread_total", "door", "socket", Help.UNREAD),
  /** Answers that nobody reads, over {@code http.edge.writeDeadline}. */
  ANSWERS_UNREAD("eric_answers_unread_total", "door", "http", Help.UNREAD),
  /** {@code http.maxUnsentAnswers}. */
  ANSWERS_OVER_BUDGET(
      "eric_answers_over_budget_total",
      "HTTP connections closed because http.maxUnsentAnswers was reached and theirs were most"),
  /** {@code http.maxUnsentAnswersPerConnection}, or a client that reads slower than it asks. */
  REQUESTS_WAITED(
      "eric_requests_waited_total",
      "Requests that were not looked at before their client had taken earlier answers"),
  /** {@code http.maxResetsPerConnection}. */
  HTTP_RESETS_CLOSED(
      "eric_http_resets_closed_total",
      "HTTP/2 connections closed because of http.maxResetsPerConnection"),
  /** {@code http.maxBody}. */
  BODIES_TOO_LARGE("eric_oversize_total", "what", "body", Help.OVERSIZE),
  /** {@code http.maxHeaderSize}, {@code http.maxInitialLine}. */
  HEADS_TOO_LARGE("eric_oversize_total", "what", "head", Help.OVERSIZE),
  /** {@code socket.maxCommand}. */
  COMMANDS_TOO_LARGE("eric_oversize_total", "what", "command", Help.OVERSIZE),
  /** A message on a WebSocket was longer than the payload limit allows. */
  MESSAGES_TOO_LARGE("eric_oversize_total", "what", "message", Help.OVERSIZE),
  /** {@code http.maxBufferedBodies}. */
  BODIES_REFUSED("eric_requests_refused_total", "reason", "bodies", Help.REQUESTS_REFUSED),
  /** {@code http.maxBufferedBodies}, by a message of a WebSocket. */
  WEBSOCKET_MESSAGES_REFUSED(
      "eric_requests_refused_total", "reason", "websocket", Help.REQUESTS_REFUSED),
  /** {@code http.maxRequests}. */
  REQUESTS_OVER_QUOTA("eric_requests_refused_total", "reason", "quota", Help.REQUESTS_REFUSED),
  /** {@code http.maxInFlightBytesPerConnection}. */
  CONNECTION_FULL("eric_requests_refused_total", "reason", "connection", Help.REQUESTS_REFUSED),
  /** {@code http.maxInFlightPerChannel}, {@code http.maxInFlightBytesPerChannel}. */
  CHANNEL_LANE_FULL("eric_requests_refused_total", "reason", "channel", Help.REQUESTS_REFUSED),
  /** {@code socket.maxInFlight}, {@code socket.maxInFlightBytes}. */
  READS_PAUSED(
      "eric_reads_paused_total",
      "Times a socket connection was not read on because too much of it was under way"),

  /** An event loop was too busy to be asked. */
  SAMPLES_MISSING(
      "eric_samples_missing_total", "Parts of the hub that did not give their gauges in time");

  private final String metric;
  private final @Nullable String label;
  private final @Nullable String labelValue;
  private final String help;

  CounterName(String metric, String help) {
    this(metric, null, null, help);
  }

  CounterName(String metric, @Nullable String label, @Nullable String labelValue, String help) {
    this.metric = metric;
    this.label = label;
    this.labelValue = labelValue;
    this.help = help;
  }

  @Override
  public String metric() {
    return metric;
  }

  @Override
  public @Nullable String label() {
    return label;
  }

  @Override
  public @Nullable String labelValue() {
    return labelValue;
  }

  @Override
  public String help() {
    return help;
  }

  /** Sentences that several constants share: Prometheus wants one per name. */
  private static final class Help {
    static final String CHANNELS_REFUSED = "Channels that clients wanted and were refused";
    static final String DELIVERED = "Messages handed to readers, repeats included";
    static final String UNREAD = "Connections closed because their answers were not read";
    static final String REFUSED = "Messages that channels refused to append";
    static final String DROPPED = "Messages dropped although somebody might not have read them";
    static final String GAPS = "Gaps told to listeners";
    static final String STATE_ERRORS =
        "Events that cannot be and news that nobody takes, ignored: a fault of eric";
    static final String STREAMS_REFUSED = "Streams refused";
    static final String STREAMS_CLOSED = "Streams closed by a limit";
    static final String CONNECTIONS = "Connections accepted";
    static final String TURNED_AWAY = "Connections closed at once because of a limit";
    static final String DAWDLERS =
        "Connections closed because a request or command was not complete in time";
    static final String OVERSIZE = "Requests refused because of their size";
    static final String STRANGERS =
        "Requests refused because of their Host or the page that sent them";
    static final String REQUESTS_REFUSED = "Requests refused because too much was under way";
  }
}
