package io.eric.app.cli;

import io.eric.app.EricVerticle;
import io.eric.app.StartFailure;
import io.eric.cluster.ClusteredVertx;
import io.eric.cluster.StartAttempts;
import io.eric.internal.IoReason;
import io.eric.internal.OptionalDependency;
import io.eric.options.EricOptions;
import io.eric.options.SettingPaths;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Runs a hub as the purpose of the process, until a signal; it has the options that say how. */
final class ServedHub {

  private static final String CACHE = "vertx.cacheDirBase";
  private static final String ADDRESSES = "networkaddress.cache.ttl";
  private static final String FORMER_ADDRESSES = "sun.net.inetaddr.ttl";
  private static final String ADDRESSES_TTL_S = "5";
  private static final Pattern NUMBER = Pattern.compile("-?\\d+");
  private static final String TEMPORARY = "java.io.tmpdir";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings as JSON; conf/eric.json is read if it exists and none is given.")
  private @Nullable Path config;

  @Option(names = "--http-host", paramLabel = "HOST", description = "Where to serve HTTP.")
  private @Nullable String httpHost;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Where to serve HTTP; 0 takes any free port.")
  private @Nullable Integer httpPort;

  @Option(names = "--socket", paramLabel = "PATH", description = "Where to serve the Unix socket.")
  private @Nullable String socket;

  @Option(
      names = "--cluster",
      description =
          "Be one of several nodes: those on this machine, unless cluster.members says more.")
  private boolean cluster;

  @Option(
      names = "--cluster-members",
      paramLabel = "NODES",
      description =
          "Be one of these nodes, like a.example,b.example,c.example, or one of so many on this"
              + " machine, like 3; implies --cluster.")
  private @Nullable String clusterMembers;

  @Option(
      names = "--cluster-directory",
      paramLabel = "DIRECTORY",
      description = "Where the nodes keep their messages; implies --cluster.")
  private @Nullable String clusterDirectory;

  /**
   * Returns the settings, with all layers combined.
   *
   * @throws IllegalArgumentException naming the layer and the setting that is wrong
   */
  EricOptions options() {
    return Configuration.load(config, System.getenv(), commandLine());
  }

  /**
   * Runs a hub and prints one line when it is ready. It never returns, because the signal ends the
   * process.
   */
  void run(EricOptions options, @Nullable CommandSpec command) throws Exception {
    if (options.getCluster().isEnabled()) {
      OptionalDependency.HAZELCAST.require("cluster.enabled is true");
      lookAddressesUpAgain();
    }
    FileLimit.current().warnIfShort(options);
    refuseTemporaryDirectory();
    EricVerticle hub =
        options.getCluster().isEnabled()
            ? StartAttempts.untilStarted(() -> start(options))
            : start(options);
    if (command != null) {
      PrintWriter out = command.commandLine().getOut();
      out.println(ReadyLine.of(options, hub.httpPort(), hub.socketPath()));
      out.flush();
    }
    new CountDownLatch(1).await();
  }

  /**
   * Has names of other nodes looked up again after five seconds, for instance because Kubernetes
   * starts a node again under another address. By default the JVM keeps an address for thirty, and
   * gRPC, which reads the system property of the same name, does so, too.
   */
  private static void lookAddressesUpAgain() {
    if (Security.getProperty(ADDRESSES) == null && System.getProperty(FORMER_ADDRESSES) == null) {
      Security.setProperty(ADDRESSES, ADDRESSES_TTL_S);
    }
    if (System.getProperty(ADDRESSES) == null) {
      System.setProperty(ADDRESSES, ADDRESSES_TTL_S);
    }
  }

  private static EricVerticle start(EricOptions options) throws Exception {
    Vertx vertx = vertx(options);
    EricVerticle hub = new EricVerticle(options);
    Shutdown shutdown = new Shutdown(vertx, hub, options.getShutdown());
    shutdown.onSignal();
    hub.failureHandler(shutdown::afterFailure);
    try {
      Await.forResult(vertx.deployVerticle(hub));
    } catch (Exception e) {
      shutdown.afterFailedStart();
      throw e;
    }
    return hub;
  }

  private static Vertx vertx(EricOptions options) throws Exception {
    int eventLoops = options.getServer().effectiveEventLoops();
    VertxOptions settings = new VertxOptions().setEventLoopPoolSize(eventLoops);
    if (!options.getCluster().isEnabled()) {
      return Vertx.vertx(settings);
    }
    try {
      return Await.forResult(ClusteredVertx.start(settings, options.getCluster()));
    } catch (IllegalArgumentException e) {
      throw e; // the message names the wrong setting
    } catch (Exception e) {
      String from = options.getCluster().getHost() + ", port " + options.getCluster().getPort();
      throw new StartFailure("cluster.host", "no cluster can be joined from " + from, e);
    }
  }

  /**
   * Refuses a temporary directory that cannot be written. Vert.x unpacks files of the jar there,
   * and does not report it when it cannot.
   */
  private static void refuseTemporaryDirectory() {
    String property = CACHE;
    String directory = System.getProperty(CACHE);
    if (directory == null) {
      property = TEMPORARY;
      directory = System.getProperty(TEMPORARY, ".");
    }
    try {
      Files.delete(Files.createTempDirectory(Files.createDirectories(Path.of(directory)), "eric"));
    } catch (IOException e) {
      throw new IllegalStateException(
          "system property "
              + property
              + ": no directory can be made in "
              + directory
              + ": "
              + IoReason.withoutPath(e)
              + "; name another one by java -D"
              + property
              + "=DIRECTORY",
          e);
    }
  }

  private JsonObject commandLine() {
    JsonObject settings = new JsonObject();
    if (httpHost != null) {
      SettingPaths.put(settings, "http.host", httpHost);
    }
    if (httpPort != null) {
      SettingPaths.put(settings, "http.port", httpPort);
    }
    if (cluster || clusterMembers != null || clusterDirectory != null) {
      SettingPaths.put(settings, "cluster.enabled", true);
    }
    if (clusterMembers != null) {
      putMembers(settings, clusterMembers);
    }
    if (clusterDirectory != null) {
      SettingPaths.put(settings, "cluster.directory", clusterDirectory);
    }
    if (socket != null) {
      SettingPaths.put(settings, "socket.path", socket);
    }
    return settings;
  }

  /** A number replaces members that a layer below names, because it says where the nodes are. */
  private static void putMembers(JsonObject settings, String text) {
    if (NUMBER.matcher(text).matches()) {
      BigInteger size = new BigInteger(text);
      if (size.signum() == 0) { // as a setting it would mean that nothing is said
        throw new IllegalArgumentException("--cluster-members is 0, it must be 1, 2, 3 or 5");
      }
      SettingPaths.put(settings, "cluster.size", size);
      SettingPaths.put(settings, "cluster.members", new JsonArray());
    } else {
      JsonArray members = new JsonArray();
      for (String member : text.split(",", -1)) {
        members.add(member.strip());
      }
      SettingPaths.put(settings, "cluster.members", members);
    }
  }
}
