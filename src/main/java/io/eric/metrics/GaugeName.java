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
  LOG_BUDGET("eric_log_budget_bytes", "What logs.maxBytes allows"),
  /** Connections of the HTTP door. */
  HTTP_CONNECTIONS("eric_connections", "door", "http", Help.CONNECTIONS),
  /** Connections of the socket. */
  SOCKET_CONNECTIONS("eric_connections", "door", "socket", Help.CONNECTIONS),
  /** The bytes of bodies that are being read. */
  BUFFERED_BODIES(
      "eric_http_buffered_body_bytes",
      "Bytes of HTTP bodies and WebSocket messages that are being read"),
  /** The bytes of answers that wait for their clients. */
  UNSENT_ANSWERS("eric_http_unsent_answer_bytes", "Bytes of answers that clients have not taken");

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
    static final String CONNECTIONS = "Open connections";
  }
}
