package io.eric.http;

import io.eric.JsonOptions;
import io.eric.Payload;
import io.eric.bus.PublishTimeouts;
import io.eric.edge.EdgeOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The settings of the HTTP door. Bounds are hard: what is beyond one is refused, not queued. */
public final class HttpOptions {

  private String host = "127.0.0.1";
  private int port = 8080;
  private List<String> hosts = List.of();
  private int instances = 1;
  private int acceptBacklog = 4096;
  private int sendBuffer = 65536;
  private int maxConnections = 20000;
  private int maxConnectionsPerSecond;
  private int maxStreams = 20000;
  private int maxStreamsPerClient;
  private int maxInFlightPerConnection = 1024;
  private long maxInFlightBytesPerConnection = 4L << 20;
  private int maxInFlightPerChannel = 65536;
  private long maxInFlightBytesPerChannel = 16L << 20;
  private int maxBody = 1 << 20;
  private long maxBufferedBodies = 64L << 20;
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
   * on this port. Limits that are said to be per verticle hold for each. Default 1.
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

  /** See {@link #getMaxStreams()}. */
  public HttpOptions setMaxStreams(int maxStreams) {
    this.maxStreams = (int) checked("maxStreams", maxStreams, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * Open event streams per client address and verticle; further ones are told to come back later.
   * 0, the default, is no limit: behind a proxy all clients have one address.
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
   * Bytes of bodies under way at a time per verticle; further requests with a body are refused as
   * Unavailable. Default 64 MiB.
   */
  public long getMaxBufferedBodies() {
    return maxBufferedBodies;
  }

  /** See {@link #getMaxBufferedBodies()}. */
  public HttpOptions setMaxBufferedBodies(long maxBufferedBodies) {
    this.maxBufferedBodies = checked("maxBufferedBodies", maxBufferedBodies, 1, Long.MAX_VALUE);
    return this;
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
   * Whether HTTP/2 in clear text (by prior knowledge or upgrade) is served beside HTTP/1.1. Default
   * true.
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
