package io.eric.options;

import io.eric.Payload;
import io.eric.socket.SocketServer;
import io.vertx.core.json.JsonObject;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * What a {@link SocketServer} serves, and its limits. Times are in milliseconds, sizes in bytes.
 */
public final class SocketOptions {

  private String path = "eric.sock";
  private String mode = "0600";

  /** By default one connection in 16 is kept for commands. */
  private static final int PARTS_FOR_COMMANDS = 16;

  private int maxConnections = 1024;
  private int maxStreams;
  private int maxCommand = 1 << 20;
  private int maxDepth = Payload.DEFAULT_MAX_DEPTH;
  private long commandTimeout = 10_000;
  private int maxInFlight = 1024;
  private int maxInFlightBytes = 4 << 20;
  private long attemptTimeout = PublishTimeouts.DEFAULT.attempt();
  private long publishTimeout = PublishTimeouts.DEFAULT.publish();
  private EdgeOptions edge = new EdgeOptions();

  /** The defaults. */
  public SocketOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static SocketOptions fromJson(JsonObject json) {
    SocketOptions options = JsonOptions.read(json, SocketOptions.class);
    return options
        .setPath(options.path)
        .setMode(options.mode)
        .setMaxConnections(options.maxConnections)
        .setMaxStreams(options.maxStreams)
        .setMaxCommand(options.maxCommand)
        .setMaxDepth(options.maxDepth)
        .setCommandTimeout(options.commandTimeout)
        .setMaxInFlight(options.maxInFlight)
        .setMaxInFlightBytes(options.maxInFlightBytes)
        .setPublishTimeouts(options.publishTimeouts())
        .setEdge(JsonOptions.readUnder("edge", options.edge.toJson(), EdgeOptions::fromJson));
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * The socket's file; a relative path counts from the working directory. Default {@code eric.sock}
   * there: a fixed name in a directory that everybody may write to, such as {@code /tmp}, would let
   * others take it first.
   */
  public String getPath() {
    return path;
  }

  /** See {@link #getPath()}. */
  public SocketOptions setPath(String path) {
    if (Objects.requireNonNull(path, "path").isBlank()) {
      throw new IllegalArgumentException("path must not be empty");
    }
    this.path = path;
    return this;
  }

  /** The file's permissions, in octal: a user that may write may connect. Default 0600. */
  public String getMode() {
    return mode;
  }

  /** See {@link #getMode()}. */
  public SocketOptions setMode(String mode) {
    if (!Objects.requireNonNull(mode, "mode").matches("0?[0-7]{3}")) {
      throw new IllegalArgumentException("mode is " + mode + ", it must be octal, such as 0600");
    }
    this.mode = mode;
    return this;
  }

  /**
   * How many connections may be open. One more takes the place of the one that has rested longest
   * between commands, for at least {@code commandTimeout}; if there is none, it is told {@code
   * Unavailable}. Default 1024.
   */
  public int getMaxConnections() {
    return maxConnections;
  }

  /** See {@link #getMaxConnections()}. */
  public SocketOptions setMaxConnections(int maxConnections) {
    this.maxConnections = (int) atLeast("maxConnections", maxConnections, 1);
    return this;
  }

  /**
   * How many of the connections may be streams ({@code l}, {@code w}), so that commands get through
   * however many there are; one more is told {@code Unavailable} and closed. 0, the default, is all
   * but one of sixteen: 960 of 1024.
   */
  public int getMaxStreams() {
    return maxStreams;
  }

  /** See {@link #getMaxStreams()}. */
  public SocketOptions setMaxStreams(int maxStreams) {
    this.maxStreams = (int) atLeast("maxStreams", maxStreams, 0);
    return this;
  }

  public int effectiveMaxStreams() {
    return maxStreams == 0
        ? maxConnections - maxConnections / PARTS_FOR_COMMANDS
        : Math.min(maxStreams, maxConnections);
  }

  /** The longest command. Default 1 MiB. */
  public int getMaxCommand() {
    return maxCommand;
  }

  /** See {@link #getMaxCommand()}. */
  public SocketOptions setMaxCommand(int maxCommand) {
    this.maxCommand = (int) atLeast("maxCommand", maxCommand, 64);
    return this;
  }

  /** How deep a payload may nest. Default 128. */
  public int getMaxDepth() {
    return maxDepth;
  }

  /** See {@link #getMaxDepth()}. */
  public SocketOptions setMaxDepth(int maxDepth) {
    if (maxDepth < 1 || maxDepth > Payload.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "maxDepth is " + maxDepth + ", it must be 1 to " + Payload.MAX_DEPTH);
    }
    this.maxDepth = maxDepth;
    return this;
  }

  /**
   * How long a command may take to arrive, from its first byte (the first of a connection: from the
   * connect); found out at most a quarter of it late. Default 10 s.
   */
  public long getCommandTimeout() {
    return commandTimeout;
  }

  /** See {@link #getCommandTimeout()}. */
  public SocketOptions setCommandTimeout(long commandTimeout) {
    this.commandTimeout = atLeast("commandTimeout", commandTimeout, 1);
    return this;
  }

  /**
   * How many commands of one connection may be under way; beyond, the connection is not read.
   * Default 1024.
   */
  public int getMaxInFlight() {
    return maxInFlight;
  }

  /** See {@link #getMaxInFlight()}. */
  public SocketOptions setMaxInFlight(int maxInFlight) {
    this.maxInFlight = (int) atLeast("maxInFlight", maxInFlight, 1);
    return this;
  }

  /**
   * How many bytes of one connection's commands may be under way (a single larger command is let
   * through alone); beyond, the connection is not read. Default 4 MiB.
   */
  public int getMaxInFlightBytes() {
    return maxInFlightBytes;
  }

  /** See {@link #getMaxInFlightBytes()}. */
  public SocketOptions setMaxInFlightBytes(int maxInFlightBytes) {
    this.maxInFlightBytes = (int) atLeast("maxInFlightBytes", maxInFlightBytes, 1);
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
  public SocketOptions setPublishTimeouts(PublishTimeouts timeouts) {
    this.attemptTimeout = timeouts.attempt();
    this.publishTimeout = timeouts.publish();
    return this;
  }

  /** How streams are treated; its write deadline holds for answers too. */
  public EdgeOptions getEdge() {
    return edge;
  }

  /** See {@link #getEdge()}. */
  public SocketOptions setEdge(EdgeOptions edge) {
    this.edge = Objects.requireNonNull(edge, "edge");
    return this;
  }

  /** The mode as Java's permission sets are made of: {@code rw-------}. */
  public java.util.Set<java.nio.file.attribute.PosixFilePermission> permissions() {
    int bits = Integer.parseInt(mode, 8);
    StringBuilder text = new StringBuilder();
    for (int bit = 8; bit >= 0; bit--) {
      text.append((bits >> bit & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
    }
    return PosixFilePermissions.fromString(text.toString());
  }

  private static long atLeast(String name, long value, long minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", it must be at least " + minimum);
    }
    return value;
  }
}
