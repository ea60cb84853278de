package io.eric.options;

import io.eric.internal.HostNames;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The settings of the HTTP door. Times are in milliseconds, sizes in bytes. Limits are hard: unless
 * a limit says otherwise, what exceeds it is refused and not queued. In limits per client, a client
 * is an IPv4 address or the first 64 bits of an IPv6 address.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class HttpOptions extends DoorOptions<HttpOptions> {

  /** An idle request was measured at 8 KB, half of it in Vert.x's queue for what is written. */
  private static final int HEAP_PER_REQUEST = 16 << 10;

  private String host = "127.0.0.1";
  private int port = 8080;
  private transient boolean hasOwnPort; // not a setting
  private List<String> hosts = List.of();
  private int instances = 1;
  private int acceptBacklog = 4096;
  private int sendBuffer = 65536;
  private int maxConnections = 20000;
  private int maxConnectionsPerSecond;
  private int maxStreams = 20000;
  private int maxStreamsPerClient = 10000;
  private int maxConnectionsPerClient = 10000;
  private int maxRequests;
  private int maxResetsPerConnection = 200;
  private long maxUnsentAnswersPerConnection = 1L << 20;
  private long maxUnsentAnswers;
  private int maxInFlightPerConnection = 1024;
  private long maxInFlightBytesPerConnection = 4L << 20;
  private int maxInFlightPerChannel = 65536;
  private long maxInFlightBytesPerChannel = 16L << 20;
  private int maxBody = 1 << 20;
  private long maxBufferedBodies;
  private int maxHeaderSize = 8192;
  private int maxInitialLine = 4096;
  private long requestTimeout = 10_000;
  private long idleTimeout = 75_000;
  private int retryFloor = 1000;
  private boolean http2 = true;
  private CorsOptions cors = new CorsOptions();
  private BridgeOptions bridge = new BridgeOptions();

  /** Creates options that have the defaults. */
  public HttpOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public HttpOptions(JsonObject json) {
    read(json);
  }

  /** Copies options. */
  public HttpOptions(HttpOptions other) {
    this(other.toJson());
  }

  @Override
  HttpOptions self() {
    return this;
  }

  /**
   * Returns the address to listen on, which is not blank. The default is 127.0.0.1, which only this
   * machine reaches.
   */
  public String getHost() {
    return host;
  }

  /** See {@link #getHost()}. */
  public HttpOptions setHost(String host) {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host is blank");
    }
    this.host = host;
    return this;
  }

  /**
   * Returns the TCP port; with 0, each verticle takes a free one of its own. The range is 0 to
   * 65535, the default 8080. Of the nodes that share a {@link ClusterOptions#getDirectory cluster
   * directory}, those of the second slot and the ones after it take 8081 and so on by default.
   */
  public int getPort() {
    return port;
  }

  /** See {@link #getPort()}. */
  public HttpOptions setPort(int port) {
    this.port = Range.between("port", port, 0, 65535);
    hasOwnPort = true;
    return this;
  }

  /** Returns whether the port was set, be it to its default. A copy of options has it set. */
  public boolean hasOwnPort() {
    return hasOwnPort;
  }

  /**
   * Returns the names under which clients reach the hub, such as {@code hub.example.org}, without a
   * port. A request whose {@code Host} is another name is refused with 421; otherwise any page
   * could point its own name at this machine and talk to the hub. Addresses, {@code localhost},
   * {@code *.localhost} and {@link #getHost()} need not be listed. The default is none.
   */
  public List<String> getHosts() {
    return hosts;
  }

  /** See {@link #getHosts()}. */
  public HttpOptions setHosts(List<String> hosts) {
    this.hosts = HostNames.checked("hosts", hosts);
    return this;
  }

  /**
   * Returns how many verticles, each with an event loop of its own, are to be deployed on this
   * port. Limits that are per verticle apply to each of them. With {@link #getPort port} 0 it must
   * be 1, otherwise the hub does not start. The minimum is 1, the default 1.
   */
  public int getInstances() {
    return instances;
  }

  /** See {@link #getInstances()}. */
  public HttpOptions setInstances(int instances) {
    this.instances = Range.between("instances", instances, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many connections the kernel keeps waiting to be accepted. The minimum is 1, the
   * default 4096.
   */
  public int getAcceptBacklog() {
    return acceptBacklog;
  }

  /** See {@link #getAcceptBacklog()}. */
  public HttpOptions setAcceptBacklog(int acceptBacklog) {
    this.acceptBacklog = Range.between("acceptBacklog", acceptBacklog, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns the size of the kernel's send buffer per connection: what a client that does not read
   * occupies at most beside the write queue. The minimum is 1024, the default 64 KiB.
   */
  public int getSendBuffer() {
    return sendBuffer;
  }

  /** See {@link #getSendBuffer()}. */
  public HttpOptions setSendBuffer(int sendBuffer) {
    this.sendBuffer = Range.between("sendBuffer", sendBuffer, 1024, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many connections may be open per verticle; further ones are closed at once. The
   * minimum is 1, the default 20,000.
   */
  public int getMaxConnections() {
    return maxConnections;
  }

  /** See {@link #getMaxConnections()}. */
  public HttpOptions setMaxConnections(int maxConnections) {
    this.maxConnections = Range.between("maxConnections", maxConnections, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many new connections are accepted per second and verticle, with a burst of one
   * second's worth; further ones are closed at once. 0, the minimum and default, means that only
   * {@link #getMaxConnections()} limits them.
   */
  public int getMaxConnectionsPerSecond() {
    return maxConnectionsPerSecond;
  }

  /** See {@link #getMaxConnectionsPerSecond()}. */
  public HttpOptions setMaxConnectionsPerSecond(int maxConnectionsPerSecond) {
    this.maxConnectionsPerSecond =
        Range.between("maxConnectionsPerSecond", maxConnectionsPerSecond, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many connections a client may have per verticle; further ones are closed at once. 0
   * means no limit. The minimum is 0, the default 10,000, half of {@link #getMaxConnections()}.
   */
  public int getMaxConnectionsPerClient() {
    return maxConnectionsPerClient;
  }

  /** See {@link #getMaxConnectionsPerClient()}. */
  public HttpOptions setMaxConnectionsPerClient(int maxConnectionsPerClient) {
    this.maxConnectionsPerClient =
        Range.between("maxConnectionsPerClient", maxConnectionsPerClient, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many event streams may be open per verticle; further ones are told to come back
   * later. The minimum is 0, the default 20,000.
   */
  public int getMaxStreams() {
    return maxStreams;
  }

  /** See {@link #getMaxStreams()}. */
  public HttpOptions setMaxStreams(int maxStreams) {
    this.maxStreams = Range.between("maxStreams", maxStreams, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many event streams a client may have open per verticle; further ones are told to
   * come back later. 0 means no limit, for a hub behind a proxy, where all clients have one
   * address. The minimum is 0, the default 10,000, half of {@link #getMaxStreams()}.
   */
  public int getMaxStreamsPerClient() {
    return maxStreamsPerClient;
  }

  /** See {@link #getMaxStreamsPerClient()}. */
  public HttpOptions setMaxStreamsPerClient(int maxStreamsPerClient) {
    this.maxStreamsPerClient =
        Range.between("maxStreamsPerClient", maxStreamsPerClient, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many HTTP/2 requests, event streams included, may be under way per verticle; a
   * client may have half of them. Further ones are reset with REFUSED_STREAM, after which clients
   * may repeat them. 0, the minimum and default, means one per 16 KiB of the largest heap that Java
   * may use, divided among the verticles.
   */
  public int getMaxRequests() {
    return maxRequests;
  }

  /** See {@link #getMaxRequests()}. */
  public HttpOptions setMaxRequests(int maxRequests) {
    this.maxRequests = Range.between("maxRequests", maxRequests, 0, Integer.MAX_VALUE);
    return this;
  }

  /** Returns the number of requests that {@link #getMaxRequests()} means on this machine. */
  public int effectiveMaxRequests() {
    return maxRequests == 0
        ? (int) Math.min(Integer.MAX_VALUE, shareOfHeap(HEAP_PER_REQUEST))
        : maxRequests;
  }

  /**
   * Returns how many requests the client of an HTTP/2 connection may reset within 30 seconds before
   * they are answered. Beyond that the connection is closed, because this is an attack
   * (CVE-2023-44487). Resets of event streams do not count, since streams end that way. 0 means no
   * limit. The minimum is 0, the default 200.
   */
  public int getMaxResetsPerConnection() {
    return maxResetsPerConnection;
  }

  /** See {@link #getMaxResetsPerConnection()}. */
  public HttpOptions setMaxResetsPerConnection(int maxResetsPerConnection) {
    this.maxResetsPerConnection =
        Range.between("maxResetsPerConnection", maxResetsPerConnection, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many bytes of answers a connection's client may leave unread; beyond that, its
   * further requests wait. A single answer may be larger. A client that reads nothing for {@code
   * edge.writeDeadline} is disconnected. Nothing is read from a WebSocket while 64 KiB wait for its
   * client. The minimum is 1, the default 1 MiB.
   */
  public long getMaxUnsentAnswersPerConnection() {
    return maxUnsentAnswersPerConnection;
  }

  /** See {@link #getMaxUnsentAnswersPerConnection()}. */
  public HttpOptions setMaxUnsentAnswersPerConnection(long maxUnsentAnswersPerConnection) {
    this.maxUnsentAnswersPerConnection =
        Range.between(
            "maxUnsentAnswersPerConnection", maxUnsentAnswersPerConnection, 1, Long.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many bytes of answers and of WebSocket messages all clients of a verticle together
   * may leave unread; beyond that, the connection that has most of them is closed. 0, the minimum
   * and default, means a sixteenth of the largest heap that Java may use, divided among the
   * verticles.
   */
  public long getMaxUnsentAnswers() {
    return maxUnsentAnswers;
  }

  /** See {@link #getMaxUnsentAnswers()}. */
  public HttpOptions setMaxUnsentAnswers(long maxUnsentAnswers) {
    this.maxUnsentAnswers = Range.between("maxUnsentAnswers", maxUnsentAnswers, 0, Long.MAX_VALUE);
    return this;
  }

  /** Returns the number of bytes that {@link #getMaxUnsentAnswers()} means on this machine. */
  public long effectiveMaxUnsentAnswers() {
    return maxUnsentAnswers == 0 ? shareOfHeap(16) : maxUnsentAnswers;
  }

  /**
   * Returns how many requests and streams one HTTP/2 connection may have at a time; an HTTP/1.1
   * connection has one. The minimum is 1, the default 1024.
   */
  public int getMaxInFlightPerConnection() {
    return maxInFlightPerConnection;
  }

  /** See {@link #getMaxInFlightPerConnection()}. */
  public HttpOptions setMaxInFlightPerConnection(int maxInFlightPerConnection) {
    this.maxInFlightPerConnection =
        Range.between("maxInFlightPerConnection", maxInFlightPerConnection, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many bytes the bodies of one HTTP/2 connection's unanswered requests may have;
   * further requests are refused as Unavailable. A single request is limited by {@link
   * #getMaxBody()} only. The minimum is 1, the default 4 MiB.
   */
  public long getMaxInFlightBytesPerConnection() {
    return maxInFlightBytesPerConnection;
  }

  /** See {@link #getMaxInFlightBytesPerConnection()}. */
  public HttpOptions setMaxInFlightBytesPerConnection(long maxInFlightBytesPerConnection) {
    this.maxInFlightBytesPerConnection =
        Range.between(
            "maxInFlightBytesPerConnection", maxInFlightBytesPerConnection, 1, Long.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many messages per channel and verticle may be sent to the channel and not yet
   * acknowledged; further ones are refused as Unavailable. The minimum is 1, the default 65,536.
   */
  public int getMaxInFlightPerChannel() {
    return maxInFlightPerChannel;
  }

  /** See {@link #getMaxInFlightPerChannel()}. */
  public HttpOptions setMaxInFlightPerChannel(int maxInFlightPerChannel) {
    this.maxInFlightPerChannel =
        Range.between("maxInFlightPerChannel", maxInFlightPerChannel, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many bytes the messages of {@link #getMaxInFlightPerChannel()} may have. The
   * minimum is 1, the default 16 MiB.
   */
  public long getMaxInFlightBytesPerChannel() {
    return maxInFlightBytesPerChannel;
  }

  /** See {@link #getMaxInFlightBytesPerChannel()}. */
  public HttpOptions setMaxInFlightBytesPerChannel(long maxInFlightBytesPerChannel) {
    this.maxInFlightBytesPerChannel =
        Range.between("maxInFlightBytesPerChannel", maxInFlightBytesPerChannel, 1, Long.MAX_VALUE);
    return this;
  }

  /** Returns how long a request's body may be. The minimum is 1, the default 1 MiB. */
  public int getMaxBody() {
    return maxBody;
  }

  /** See {@link #getMaxBody()}. */
  public HttpOptions setMaxBody(int maxBody) {
    this.maxBody = Range.between("maxBody", maxBody, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how many bytes of bodies and of unfinished WebSocket messages may be under way per
   * verticle. Further requests with a body are refused as Unavailable, and WebSockets are closed
   * with 1013. A client may have half of the bytes, or one body of the greatest length. 0, the
   * minimum and default, means an eighth of the largest heap that Java may use, divided among the
   * verticles.
   */
  public long getMaxBufferedBodies() {
    return maxBufferedBodies;
  }

  /** See {@link #getMaxBufferedBodies()}. */
  public HttpOptions setMaxBufferedBodies(long maxBufferedBodies) {
    this.maxBufferedBodies =
        Range.between("maxBufferedBodies", maxBufferedBodies, 0, Long.MAX_VALUE);
    return this;
  }

  /** Returns the number of bytes that {@link #getMaxBufferedBodies()} means on this machine. */
  public long effectiveMaxBufferedBodies() {
    return maxBufferedBodies == 0 ? shareOfHeap(8) : maxBufferedBodies;
  }

  /** Returns how many of {@link #effectiveMaxBufferedBodies()} one client may have. */
  public long effectiveMaxBufferedBodiesPerClient() {
    return Math.max(effectiveMaxBufferedBodies() / 2, maxBody);
  }

  private long shareOfHeap(int parts) {
    return Runtime.getRuntime().maxMemory() / parts / instances;
  }

  /**
   * Returns how long a request's head may be without its first line. The minimum is 256, the
   * default 8 KiB.
   */
  public int getMaxHeaderSize() {
    return maxHeaderSize;
  }

  /** See {@link #getMaxHeaderSize()}. */
  public HttpOptions setMaxHeaderSize(int maxHeaderSize) {
    this.maxHeaderSize = Range.between("maxHeaderSize", maxHeaderSize, 256, Integer.MAX_VALUE);
    return this;
  }

  /** Returns how long a request's first line may be. The minimum is 64, the default 4 KiB. */
  public int getMaxInitialLine() {
    return maxInitialLine;
  }

  /** See {@link #getMaxInitialLine()}. */
  public HttpOptions setMaxInitialLine(int maxInitialLine) {
    this.maxInitialLine = Range.between("maxInitialLine", maxInitialLine, 64, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Returns how long a client may take to send one request, head and body, before the connection is
   * closed. The same time holds for a message on a WebSocket. The range is 1 ms to ten years, the
   * default 10 s.
   */
  public long getRequestTimeout() {
    return requestTimeout;
  }

  /** See {@link #getRequestTimeout()}. */
  public HttpOptions setRequestTimeout(long requestTimeout) {
    this.requestTimeout = Range.between("requestTimeout", requestTimeout, 1, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns how long a connection may stay open between requests. A connection with an open stream
   * is not idle. The range is 1 ms to ten years, the default 75 s.
   */
  public long getIdleTimeout() {
    return idleTimeout;
  }

  /** See {@link #getIdleTimeout()}. */
  public HttpOptions setIdleTimeout(long idleTimeout) {
    this.idleTimeout = Range.between("idleTimeout", idleTimeout, 1, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns the least time that event streams tell a client to wait before it reconnects, because a
   * browser's EventSource obeys even a channel's very short one. Up to half of the time is added at
   * random. The range is 1 ms to one week, the default 1 s.
   */
  public int getRetryFloor() {
    return retryFloor;
  }

  /** See {@link #getRetryFloor()}. */
  public HttpOptions setRetryFloor(int retryFloor) {
    this.retryFloor = Range.between("retryFloor", retryFloor, 1, Range.ONE_WEEK_MS);
    return this;
  }

  /**
   * Returns whether HTTP/2 in clear text, by prior knowledge or by an upgrade whose head is in
   * order, is served beside HTTP/1.1. The default is true.
   */
  public boolean isHttp2() {
    return http2;
  }

  /** See {@link #isHttp2()}. */
  public HttpOptions setHttp2(boolean http2) {
    this.http2 = http2;
    return this;
  }

  /**
   * Returns which pages of other origins may use the door. The default is that of {@link
   * CorsOptions}: none.
   */
  public CorsOptions getCors() {
    return cors;
  }

  /** See {@link #getCors()}. */
  public HttpOptions setCors(CorsOptions cors) {
    this.cors = cors;
    return this;
  }

  /**
   * Returns the settings of the event bus bridge. The default is that of {@link BridgeOptions}: the
   * bridge is served.
   */
  public BridgeOptions getBridge() {
    return bridge;
  }

  /** See {@link #getBridge()}. */
  public HttpOptions setBridge(BridgeOptions bridge) {
    this.bridge = bridge;
    return this;
  }
}
