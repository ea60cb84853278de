package io.eric.options;

import io.vertx.core.json.JsonObject;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * The settings of a {@link io.eric.socket.SocketServer SocketServer}. Times are in milliseconds,
 * sizes in bytes.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class SocketOptions extends DoorOptions<SocketOptions> {

  /** By default one connection in 16 is kept for commands. */
  private static final int PARTS_FOR_COMMANDS = 16;

  private String path = "eric.sock";
  private transient boolean hasOwnPath; // not a setting
  private String mode = "0600";
  private int maxConnections = 1024;
  private int maxStreams;
  private int maxCommand = 1 << 20;
  private long commandTimeout = 10_000;
  private int maxInFlight = 1024;
  private int maxInFlightBytes = 4 << 20;

  /** Creates options that have the defaults. */
  public SocketOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public SocketOptions(JsonObject json) {
    read(json);
  }

  /** Copies options. */
  public SocketOptions(SocketOptions other) {
    this(other.toJson());
  }

  @Override
  SocketOptions self() {
    return this;
  }

  /**
   * Returns the socket's file, which is not blank; a relative path is resolved against the working
   * directory. The default is {@code eric.sock} there, because in a directory that all users may
   * write to, such as {@code /tmp}, another user could take a fixed name first. Of the nodes that
   * share a {@link ClusterOptions#getDirectory cluster directory}, those of the second slot and the
   * ones after it take {@code eric-2.sock} and so on by default.
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
    hasOwnPath = true;
    return this;
  }

  /** Returns whether the file was set, be it to its default. A copy of options has it set. */
  public boolean hasOwnPath() {
    return hasOwnPath;
  }

  /**
   * Returns the file's permissions: three octal digits, which a 0 may precede. A user that may
   * write may connect. The default is 0600.
   */
  public String getMode() {
    return mode;
  }

  /** See {@link #getMode()}. */
  public SocketOptions setMode(String mode) {
    Range.require(
        Objects.requireNonNull(mode, "mode").matches("0?[0-7]{3}"),
        "mode",
        mode,
        "octal, such as 0600");
    this.mode = mode;
    return this;
  }

  /**
   * Returns how many connections may be open. A further one replaces the connection that has rested
   * longest between commands, if that is at least {@code commandTimeout}; otherwise the further one
   * is told {@code Unavailable}. The minimum is 1, the default 1024.
   */
  public int getMaxConnections() {
    return maxConnections;
  }

  /** See {@link #getMaxConnections()}. */
  public SocketOptions setMaxConnections(int maxConnections) {
    this.maxConnections = Range.atLeast("maxConnections", maxConnections, 1);
    return this;
  }

  /**
   * Returns how many of the connections may be streams ({@code l}, {@code w}), so that commands get
   * through regardless of the number of streams; a further one is told {@code Unavailable} and
   * closed. 0, the minimum and default, means fifteen sixteenths: 960 of 1024.
   */
  public int getMaxStreams() {
    return maxStreams;
  }

  /** See {@link #getMaxStreams()}. */
  public SocketOptions setMaxStreams(int maxStreams) {
    this.maxStreams = Range.atLeast("maxStreams", maxStreams, 0);
    return this;
  }

  /**
   * Returns the number of streams that {@link #getMaxStreams()} means, which is never more than
   * {@link #getMaxConnections()}.
   */
  public int effectiveMaxStreams() {
    return maxStreams == 0
        ? maxConnections - maxConnections / PARTS_FOR_COMMANDS
        : Math.min(maxStreams, maxConnections);
  }

  /** Returns how long a command may be. The minimum is 64, the default 1 MiB. */
  public int getMaxCommand() {
    return maxCommand;
  }

  /** See {@link #getMaxCommand()}. */
  public SocketOptions setMaxCommand(int maxCommand) {
    this.maxCommand = Range.atLeast("maxCommand", maxCommand, 64);
    return this;
  }

  /**
   * Returns how long a command may take to arrive, counted from its first byte, or for the first
   * command of a connection from the connect. The check may be late by a quarter of this time. The
   * range is 1 ms to ten years, the default 10 s.
   */
  public long getCommandTimeout() {
    return commandTimeout;
  }

  /** See {@link #getCommandTimeout()}. */
  public SocketOptions setCommandTimeout(long commandTimeout) {
    this.commandTimeout = Range.between("commandTimeout", commandTimeout, 1, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns how many commands of one connection may be under way; at this limit the connection is
   * not read. The minimum is 1, the default 1024.
   */
  public int getMaxInFlight() {
    return maxInFlight;
  }

  /** See {@link #getMaxInFlight()}. */
  public SocketOptions setMaxInFlight(int maxInFlight) {
    this.maxInFlight = Range.atLeast("maxInFlight", maxInFlight, 1);
    return this;
  }

  /**
   * Returns how many bytes of one connection's commands may be under way; beyond that the
   * connection is not read. A larger command gets through alone. The minimum is 1, the default 4
   * MiB.
   */
  public int getMaxInFlightBytes() {
    return maxInFlightBytes;
  }

  /** See {@link #getMaxInFlightBytes()}. */
  public SocketOptions setMaxInFlightBytes(int maxInFlightBytes) {
    this.maxInFlightBytes = Range.atLeast("maxInFlightBytes", maxInFlightBytes, 1);
    return this;
  }

  /** Returns {@link #getMode()} as the set that Java's file API takes. */
  public Set<PosixFilePermission> permissions() {
    int bits = Integer.parseInt(mode, 8);
    StringBuilder text = new StringBuilder();
    for (int bit = 8; bit >= 0; bit--) {
      text.append((bits >> bit & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
    }
    return PosixFilePermissions.fromString(text.toString());
  }
}
