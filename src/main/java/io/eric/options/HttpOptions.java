package io.eric.options;

import io.eric.Payload;
import io.eric.internal.HostNames;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The settings of the HTTP door. Bounds are hard: what is beyond one is refused, not queued. */
public final class HttpOptions {

  /** Measured: an idle request costs 8 KB, half of it in Vert.x's queue for what is written. */
  private static final int HEAP_PER_REQUEST = 16 << 10;

  private String host = "127.0.0.1";
  private int port = 8080;
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
  private int maxDepth = 128;
  private int maxHeaderSize = 8192;
  private int maxInitialLine = 4096;
  private long attemptTimeout = PublishTimeouts.DEFAULT.attempt();
  private long publishTimeout = PublishTimeouts.DEFAULT.publish();
  private long requestTimeout = 10_000;
  private long idleTimeout = 75_000;
  private int retryFloor = 1000;
  private boolean http2 = true;
  private CorsOptions cors = new CorsOptions();
  private BridgeOptions bridge = new BridgeOptions();
  private EdgeOptions edge = new EdgeOptions();

  /** The defaults. */
  public HttpOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static HttpOptions fromJson(JsonObject json) {
    HttpOptions options = JsonOptions.read(json, HttpOptions.class);
    return options
        .setHost(options.host)
        .setPort(options.port)
        .setHosts(options.hosts)
        .setInstances(options.instances)
        .setAcceptBacklog(options.acceptBacklog)
        .setSendBuffer(options.sendBuffer)
        .setMaxConnections(options.maxConnections)
        .setMaxConnectionsPerSecond(options.maxConnectionsPerSecond)
        .setMaxStreams(options.maxStreams)
        .setMaxStreamsPerClient(options.maxStreamsPerClient)
        .setMaxConnectionsPerClient(options.maxConnectionsPerClient)
        .setMaxRequests(options.maxRequests)
        .setMaxResetsPerConnection(options.maxResetsPerConnection)
        .setMaxUnsentAnswersPerConnection(options.maxUnsentAnswersPerConnection)
        .setMaxUnsentAnswers(options.maxUnsentAnswers)
        .setMaxInFlightPerConnection(options.maxInFlightPerConnection)
        .setMaxInFlightBytesPerConnection(options.maxInFlightBytesPerConnection)
        .setMaxInFlightPerChannel(options.maxInFlightPerChannel)
        .setMaxInFlightBytesPerChannel(options.maxInFlightBytesPerChannel)
        .setMaxBody(options.maxBody)
        .setMaxBufferedBodies(options.maxBufferedBodies)
        .setMaxDepth(options.maxDepth)
        .setMaxHeaderSize(options.maxHeaderSize)
        .setMaxInitialLine(options.maxInitialLine)
        .setRequestTimeout(options.requestTimeout)
        .setIdleTimeout(options.idleTimeout)
        .setRetryFloor(options.retryFloor)
        .setHttp2(options.http2)
        .setCors(JsonOptions.readUnder("cors", options.cors.toJson(), CorsOptions::fromJson))
        .setBridge(
            JsonOptions.readUnder("bridge", options.bridge.toJson(), BridgeOptions::fromJson))
        .setPublishTimeouts(options.publishTimeouts())
        .setEdge(JsonOptions.readUnder("edge", options.edge.toJson(), EdgeOptions::fromJson));
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /** The address to listen on. Default 127.0.0.1: reachable from this machine only. */
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

  /** The TCP port; 0 takes a free one, each verticle another. Default 8080. */
  public int getPort() {
    return port;
  }

  /** See {@link #getPort()}. */
  public HttpOptions setPort(int port) {
    this.port = (int) checked("port", port, 0, 65535);
    return this;
  }

  /**
   * Names under which clients reach the hub, like {@code hub.example.org}, without a port. A
   * request whose {@code Host} is another name is refused with 421, or any page could let its own
   * name point to this machine and speak with the hub. Addresses, {@code localhost}, {@code
   * *.localhost} and {@link #getHost()} need not be listed. Default none.
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
   * How many verticles, each with an event loop of its own, whoever deploys the door shall deploy
   * on this port. Limits that are said to be per verticle hold for each. Default 1; with {@link
   * #getPort port} 0, 1 it is.
   */
  public int getInstances() {
    return instances;
  }

  /** See {@link #getInstances()}. */
  public HttpOptions setInstances(int instances) {
    this.instances = (int) checked("instances", instances, 1, Integer.MAX_VALUE);
    return this;
  }

  /** Connections that the kernel keeps waiting for an accept. Default 4096. */
  public int getAcceptBacklog() {
    return acceptBacklog;
  }

  /** See {@link #getAcceptBacklog()}. */
  public HttpOptions setAcceptBacklog(int acceptBacklog) {
    this.acceptBacklog = (int) checked("acceptBacklog", acceptBacklog, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * The kernel's send buffer per connection, in bytes: what a client that does not read holds at
   * most beside the write queue. Default 64 KiB.
   */
  public int getSendBuffer() {
    return sendBuffer;
  }

  /** See {@link #getSendBuffer()}. */
  public HttpOptions setSendBuffer(int sendBuffer) {
    this.sendBuffer = (int) checked("sendBuffer", sendBuffer, 1024, Integer.MAX_VALUE);
    return this;
  }

  /** Open connections per verticle; further ones are closed at once. Default 20,000. */
  public int getMaxConnections() {
    return maxConnections;
  }

  /** See {@link #getMaxConnections()}. */
  public HttpOptions setMaxConnections(int maxConnections) {
    this.maxConnections = (int) checked("maxConnections", maxConnections, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * New connections per second and verticle, with a burst of one second's worth; further ones are
   * closed at once. 0, the default, is no limit beside {@link #getMaxConnections()}.
   */
  public int getMaxConnectionsPerSecond() {
    return maxConnectionsPerSecond;
  }

  /** See {@link #getMaxConnectionsPerSecond()}. */
  public HttpOptions setMaxConnectionsPerSecond(int maxConnectionsPerSecond) {
    this.maxConnectionsPerSecond =
        (int) checked("maxConnectionsPerSecond", maxConnectionsPerSecond, 0, Integer.MAX_VALUE);
    return this;
  }

  /** Open event streams per verticle; further ones are told to come back later. Default 20,000. */
  public int getMaxStreams() {
    return maxStreams;
  }

  /**
   * Connections per client and verticle, a client as for {@link #getMaxStreamsPerClient()}; further
   * ones are closed at once. 0 is no limit. Default 10000, half of {@link #getMaxConnections()}.
   */
  public int getMaxConnectionsPerClient() {
    return maxConnectionsPerClient;
  }

  /** See {@link #getMaxConnectionsPerClient()}. */
  public HttpOptions setMaxConnectionsPerClient(int maxConnectionsPerClient) {
    this.maxConnectionsPerClient =
        (int) checked("maxConnectionsPerClient", maxConnectionsPerClient, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Requests of HTTP/2 under way per verticle, event streams included; a client, as for {@link
   * #getMaxStreamsPerClient()}, may have half of them. Further ones are reset with REFUSED_STREAM,
   * after which clients may repeat them. 0, the default, is one per 16 KiB of the largest heap that
   * Java may use, divided among the verticles.
   */
  public int getMaxRequests() {
    return maxRequests;
  }

  /** See {@link #getMaxRequests()}. */
  public HttpOptions setMaxRequests(int maxRequests) {
    this.maxRequests = (int) checked("maxRequests", maxRequests, 0, Integer.MAX_VALUE);
    return this;
  }

  /** How many that is on this machine. */
  public int effectiveMaxRequests() {
    return maxRequests == 0
        ? (int) Math.min(Integer.MAX_VALUE, shareOfHeap(HEAP_PER_REQUEST))
        : maxRequests;
  }

  /**
   * Requests that the client of an HTTP/2 connection may reset within 30 seconds before they have
   * an answer; then the connection is closed, because it is an attack (CVE-2023-44487). Resets of
   * event streams do not count: that is how they end. 0 is no limit. Default 200.
   */
  public int getMaxResetsPerConnection() {
    return maxResetsPerConnection;
  }

  /** See {@link #getMaxResetsPerConnection()}. */
  public HttpOptions setMaxResetsPerConnection(int maxResetsPerConnection) {
    this.maxResetsPerConnection =
        (int) checked("maxResetsPerConnection", maxResetsPerConnection, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Bytes of answers that a connection's client may leave untaken; beyond, its further requests
   * wait. One answer may be larger. A client that takes nothing for {@code edge.writeDeadline} is
   * disconnected. Of a WebSocket nothing is read as long as its client has 64 KiB to take. Default
   * 1 MiB.
   */
  public long getMaxUnsentAnswersPerConnection() {
    return maxUnsentAnswersPerConnection;
  }

  /** See {@link #getMaxUnsentAnswersPerConnection()}. */
  public HttpOptions setMaxUnsentAnswersPerConnection(long maxUnsentAnswersPerConnection) {
    this.maxUnsentAnswersPerConnection =
        checked("maxUnsentAnswersPerConnection", maxUnsentAnswersPerConnection, 1, Long.MAX_VALUE);
    return this;
  }

  /**
   * Bytes of answers, and of what is written to WebSockets, that all clients of a verticle together
   * may leave untaken; beyond, the connection that has most of them is closed. 0, the default, is a
   * sixteenth of the largest heap that Java may use, divided among the verticles.
   */
  public long getMaxUnsentAnswers() {
    return maxUnsentAnswers;
  }

  /** See {@link #getMaxUnsentAnswers()}. */
  public HttpOptions setMaxUnsentAnswers(long maxUnsentAnswers) {
    this.maxUnsentAnswers = checked("maxUnsentAnswers", maxUnsentAnswers, 0, Long.MAX_VALUE);
    return this;
  }

  /** How many bytes that is on this machine. */
  public long effectiveMaxUnsentAnswers() {
    return maxUnsentAnswers == 0 ? shareOfHeap(16) : maxUnsentAnswers;
  }

  /** See {@link #getMaxStreams()}. */
  public HttpOptions setMaxStreams(int maxStreams) {
    this.maxStreams = (int) checked("maxStreams", maxStreams, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Open event streams per client and verticle; further ones are told to come back later. A client
   * is an address, or of IPv6 the first 64 bits. 0 is no limit, for a hub behind a proxy: there,
   * all clients have one address. Default 10000, half of {@link #getMaxStreams()}.
   */
  public int getMaxStreamsPerClient() {
    return maxStreamsPerClient;
  }

  /** See {@link #getMaxStreamsPerClient()}. */
  public HttpOptions setMaxStreamsPerClient(int maxStreamsPerClient) {
    this.maxStreamsPerClient =
        (int) checked("maxStreamsPerClient", maxStreamsPerClient, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Requests and streams at a time on one HTTP/2 connection; HTTP/1.1 has one at a time. Default
   * 1024.
   */
  public int getMaxInFlightPerConnection() {
    return maxInFlightPerConnection;
  }

  /** See {@link #getMaxInFlightPerConnection()}. */
  public HttpOptions setMaxInFlightPerConnection(int maxInFlightPerConnection) {
    this.maxInFlightPerConnection =
        (int) checked("maxInFlightPerConnection", maxInFlightPerConnection, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Bytes of bodies of one HTTP/2 connection's requests that are not answered yet; further requests
   * are refused as Unavailable. One request alone is bounded by {@link #getMaxBody()} only. Default
   * 4 MiB.
   */
  public long getMaxInFlightBytesPerConnection() {
    return maxInFlightBytesPerConnection;
  }

  /** See {@link #getMaxInFlightBytesPerConnection()}. */
  public HttpOptions setMaxInFlightBytesPerConnection(long maxInFlightBytesPerConnection) {
    this.maxInFlightBytesPerConnection =
        checked("maxInFlightBytesPerConnection", maxInFlightBytesPerConnection, 1, Long.MAX_VALUE);
    return this;
  }

  /**
   * Messages per channel and verticle that are sent to the channel and not yet acknowledged;
   * further ones are refused as Unavailable. Default 65,536.
   */
  public int getMaxInFlightPerChannel() {
    return maxInFlightPerChannel;
  }

  /** See {@link #getMaxInFlightPerChannel()}. */
  public HttpOptions setMaxInFlightPerChannel(int maxInFlightPerChannel) {
    this.maxInFlightPerChannel =
        (int) checked("maxInFlightPerChannel", maxInFlightPerChannel, 1, Integer.MAX_VALUE);
    return this;
  }

  /** As {@link #getMaxInFlightPerChannel()}, in bytes. Default 16 MiB. */
  public long getMaxInFlightBytesPerChannel() {
    return maxInFlightBytesPerChannel;
  }

  /** See {@link #getMaxInFlightBytesPerChannel()}. */
  public HttpOptions setMaxInFlightBytesPerChannel(long maxInFlightBytesPerChannel) {
    this.maxInFlightBytesPerChannel =
        checked("maxInFlightBytesPerChannel", maxInFlightBytesPerChannel, 1, Long.MAX_VALUE);
    return this;
  }

  /** Longest body of a request, in bytes. Default 1 MiB. */
  public int getMaxBody() {
    return maxBody;
  }

  /** See {@link #getMaxBody()}. */
  public HttpOptions setMaxBody(int maxBody) {
    this.maxBody = (int) checked("maxBody", maxBody, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Bytes of bodies, and of unfinished messages of WebSockets, under way at a time per verticle;
   * further requests with a body are refused as Unavailable, and WebSockets are closed with 1013. A
   * client, as for {@link #getMaxStreamsPerClient()}, may have half of them, or one largest body.
   * 0, the default, is an eighth of the largest heap that Java may use, divided among the
   * verticles.
   */
  public long getMaxBufferedBodies() {
    return maxBufferedBodies;
  }

  /** See {@link #getMaxBufferedBodies()}. */
  public HttpOptions setMaxBufferedBodies(long maxBufferedBodies) {
    this.maxBufferedBodies = checked("maxBufferedBodies", maxBufferedBodies, 0, Long.MAX_VALUE);
    return this;
  }

  /** How many bytes that is on this machine. */
  public long effectiveMaxBufferedBodies() {
    return maxBufferedBodies == 0 ? shareOfHeap(8) : maxBufferedBodies;
  }

  /** How many bytes that is for one client. */
  public long effectiveMaxBufferedBodiesPerClient() {
    return Math.max(effectiveMaxBufferedBodies() / 2, maxBody);
  }

  private long shareOfHeap(int parts) {
    return Runtime.getRuntime().maxMemory() / parts / instances;
  }

  /** How deep a payload may nest. Default 128. */
  public int getMaxDepth() {
    return maxDepth;
  }

  /** See {@link #getMaxDepth()}. */
  public HttpOptions setMaxDepth(int maxDepth) {
    this.maxDepth = (int) checked("maxDepth", maxDepth, 1, Payload.MAX_DEPTH);
    return this;
  }

  /** Longest head of a request without its first line, in bytes. Default 8 KiB. */
  public int getMaxHeaderSize() {
    return maxHeaderSize;
  }

  /** See {@link #getMaxHeaderSize()}. */
  public HttpOptions setMaxHeaderSize(int maxHeaderSize) {
    this.maxHeaderSize = (int) checked("maxHeaderSize", maxHeaderSize, 256, Integer.MAX_VALUE);
    return this;
  }

  /** Longest first line of a request, in bytes. Default 4 KiB. */
  public int getMaxInitialLine() {
    return maxInitialLine;
  }

  /** See {@link #getMaxInitialLine()}. */
  public HttpOptions setMaxInitialLine(int maxInitialLine) {
    this.maxInitialLine = (int) checked("maxInitialLine", maxInitialLine, 64, Integer.MAX_VALUE);
    return this;
  }

  /**
   * How long a client may take to send one request, head and body, in milliseconds; then the
   * connection is closed. Default 10 s.
   */
  public long getRequestTimeout() {
    return requestTimeout;
  }

  /** See {@link #getRequestTimeout()}. */
  public HttpOptions setRequestTimeout(long requestTimeout) {
    this.requestTimeout = checked("requestTimeout", requestTimeout, 1, Long.MAX_VALUE);
    return this;
  }

  /**
   * How long a connection may stay open between requests, in milliseconds. Open streams are no
   * idling. Default 75 s.
   */
  public long getIdleTimeout() {
    return idleTimeout;
  }

  /** See {@link #getIdleTimeout()}. */
  public HttpOptions setIdleTimeout(long idleTimeout) {
    this.idleTimeout = checked("idleTimeout", idleTimeout, 1, Long.MAX_VALUE);
    return this;
  }

  /**
   * The least that event streams tell a client to wait before it reconnects, in milliseconds: real
   * EventSources obey. Default 1 s.
   */
  public int getRetryFloor() {
    return retryFloor;
  }

  /** See {@link #getRetryFloor()}. */
  public HttpOptions setRetryFloor(int retryFloor) {
    this.retryFloor = (int) checked("retryFloor", retryFloor, 1, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Whether HTTP/2 in clear text (by prior knowledge, or by an upgrade whose head is in order) is
   * served beside HTTP/1.1. Default true.
   */
  public boolean isHttp2() {
    return http2;
  }

  /** See {@link #isHttp2()}. */
  public HttpOptions setHttp2(boolean http2) {
    this.http2 = http2;
    return this;
  }

  /** Pages of other origins that may come in. Default none. */
  public CorsOptions getCors() {
    return cors;
  }

  /** See {@link #getCors()}. */
  public HttpOptions setCors(CorsOptions cors) {
    this.cors = cors;
    return this;
  }

  /**
   * How long a publish may take: {@code attemptTimeout} and {@code publishTimeout}. An attempt
   * lasts longer than a channel's {@code publishStall}. Default 2 s and 5 s.
   */
  public PublishTimeouts publishTimeouts() {
    return new PublishTimeouts(attemptTimeout, publishTimeout);
  }

  /** See {@link #publishTimeouts()}. */
  public HttpOptions setPublishTimeouts(PublishTimeouts timeouts) {
    this.attemptTimeout = timeouts.attempt();
    this.publishTimeout = timeouts.publish();
    return this;
  }

  /** The event bus for browsers and Node. */
  public BridgeOptions getBridge() {
    return bridge;
  }

  /** See {@link #getBridge()}. */
  public HttpOptions setBridge(BridgeOptions bridge) {
    this.bridge = bridge;
    return this;
  }

  /** How streams are treated: heartbeat, write deadline, greatest age. */
  public EdgeOptions getEdge() {
    return edge;
  }

  /** See {@link #getEdge()}. */
  public HttpOptions setEdge(EdgeOptions edge) {
    this.edge = edge;
    return this;
  }

  private static long checked(String name, long value, long minimum, long maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", it must be " + minimum + " to " + maximum);
    }
    return value;
  }
}
