package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.testing.ClassArchive;
import io.eric.testing.NameServer;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * The StatefulSet of docs/CLUSTER.md without Kubernetes: its pods are network namespaces, which get
 * the environment that it says, a name, a volume that stays, and an address that does not.
 */
@RequiresCommand({"curl", "ip"})
class KubernetesExampleIT {

  private static final Pattern EXAMPLE =
      Pattern.compile("### Kubernetes.*?```yml\n(.*?)```", Pattern.DOTALL);
  private static final String DOMAIN = "default.svc.cluster.local";
  private static final int TTL_SECONDS = 5;

  @TempDir private Path dir;

  private final List<Pod> pods = new ArrayList<>();
  private Network network;
  private NameServer names;

  /** An object of the example, which has others in it. */
  private static JsonObject resource(String kind) throws IOException {
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of("docs/CLUSTER.md")));
    assertThat(example.find()).isTrue();
    for (Object resource : new Yaml().loadAll(example.group(1))) {
      @SuppressWarnings("unchecked")
      JsonObject read = new JsonObject((Map<String, Object>) resource);
      if (read.getString("kind").equals(kind)) {
        return read;
      }
    }
    throw new AssertionError("the example has no " + kind);
  }

  @BeforeEach
  void start() throws Exception {
    JsonObject set = resource("StatefulSet").getJsonObject("spec");
    int replicas = set.getInteger("replicas");
    network = Network.of(replicas);
    assumeTrue(network.canCut(), "may make network namespaces (root and its rights are needed)");
    names = new NameServer(network.host(0).address(), TTL_SECONDS);
    JsonObject container =
        set.getJsonObject("template")
            .getJsonObject("spec")
            .getJsonArray("containers")
            .getJsonObject(0);
    for (int i = 0; i < replicas; i++) {
      pods.add(new Pod(i, "eric-" + i, set.getString("serviceName"), container));
    }
    for (Pod pod : pods) {
      pod.start();
    }
    awaitReady(Duration.ofSeconds(90));
  }

  @AfterEach
  void end() throws Exception {
    for (Pod pod : pods) {
      pod.end();
      pod.forget();
    }
    if (names != null) {
      names.close();
    }
    if (network != null) {
      network.close();
    }
  }

  private void awaitReady(Duration atMost) {
    await()
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              for (Pod pod : pods) {
                assertThat(pod.probe()).as("readiness of %s", pod).isEqualTo("200");
                JsonObject health = new JsonObject(pod.curl("/healthz"));
                assertThat(health.getInteger("nodes")).as("%s", health).isEqualTo(pods.size());
              }
            });
  }

  @Test
  void aPodThatComesBackUnderAnotherAddressIsOneOfThemAgain() throws Exception {
    pods.get(0).untilIs("200|409", "-XPUT", "/create?channel_id=news");
    for (Pod pod : pods) {
      pod.untilIs("200|409", "-XPOST", "/subscribe?channel_id=news&listener_id=" + pod.name);
    }
    pods.get(1).publish("one");
    pods.get(0).end();
    pods.get(1).publish("two");
    pods.get(0).move();
    pods.get(0).start();
    awaitReady(Duration.ofSeconds(180));
    pods.get(0).publish("three");
    for (Pod pod : pods) {
      assertThat(pod.read()).as("read at %s", pod).containsExactly("one", "two", "three");
    }
    // It can own groups, and lead them: the others reach it at its new address.
    pods.get(1).end();
    pods.get(0).publish("four");
  }

  /** A pod of the StatefulSet. */
  private final class Pod {

    private final int number;
    private final String name;
    private final String fullName;
    private final JsonObject container;
    private final Path volume;
    private Host host;
    private Process process;

    private Pod(int number, String name, String service, JsonObject container) throws IOException {
      this.number = number + 1;
      this.name = name;
      this.fullName = name + '.' + service + '.' + DOMAIN;
      this.container = container;
      this.volume = Files.createDirectories(dir.resolve(name));
      this.host = network.host(this.number);
      Path etc = Files.createDirectories(Path.of("/etc/netns", namespace()));
      Files.writeString(
          etc.resolve("resolv.conf"),
          "nameserver %s%nsearch %s svc.cluster.local cluster.local%noptions ndots:5%n"
              .formatted(network.host(0).address(), DOMAIN));
      hosts();
    }

    /** What {@code ip netns exec} calls the namespace. */
    private String namespace() {
      return host.prefix().get(host.prefix().size() - 1);
    }

    /** A pod knows itself, and nobody else, without a name server. */
    private void hosts() throws IOException {
      Files.writeString(
          Path.of("/etc/netns", namespace(), "hosts"),
          "127.0.0.1 localhost%n%s %s %s%n".formatted(host.address(), fullName, name));
    }

    void start() throws Exception {
      names.put(fullName, host.address());
      JsonArray told = container.getJsonArray("command");
      assertThat(told.getList()).startsWith("java", "-jar", "eric-vertx.jar");
      List<String> command = new ArrayList<>(host.prefix());
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
      command.addAll(ClassArchive.options(System.getProperty("eric.jar")));
      command.addAll(List.of("-jar", System.getProperty("eric.jar")));
      told.stream().skip(3).map(String::valueOf).forEach(command::add);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(volume.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
      builder.environment().keySet().removeIf(each -> each.startsWith("ERIC_"));
      builder.environment().put("HOSTNAME", name);
      for (Object each : container.getJsonArray("env")) {
        JsonObject variable = (JsonObject) each;
        builder.environment().put(variable.getString("name"), valueOf(variable));
      }
      process = builder.start();
    }

    private String valueOf(JsonObject variable) {
      JsonObject from = variable.getJsonObject("valueFrom");
      if (from != null) {
        assertThat(from.getJsonObject("fieldRef").getString("fieldPath")).isEqualTo("status.podIP");
        return host.address();
      }
      // Mounts are a pod's own, and so is /tmp.
      return variable
          .getString("value")
          .replaceFirst("^/(data|tmp)/", Matcher.quoteReplacement(volume + "/"));
    }

    void end() throws Exception {
      names.remove(fullName);
      if (process != null) {
        process.destroyForcibly();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      }
    }

    /** Removes what the namespace had under {@code /etc}; the next one may have its name. */
    void forget() throws IOException {
      Path etc = Path.of("/etc/netns", namespace());
      Files.deleteIfExists(etc.resolve("hosts"));
      Files.deleteIfExists(etc.resolve("resolv.conf"));
      Files.deleteIfExists(etc);
    }

    void move() throws Exception {
      host = network.move(number);
      hosts();
    }

    /** Asks as the kubelet does, and returns the status. */
    String probe() throws Exception {
      JsonObject get = container.getJsonObject("readinessProbe").getJsonObject("httpGet");
      return run("-o", "/dev/null", "-w", "%{http_code}", url(get.getString("path")));
    }

    private String url(String path) {
      return "http://" + host.address() + ":8080" + path;
    }

    /** Calls its door as a client does, by the name of the service. */
    String curl(String... arguments) throws Exception {
      List<String> all = new ArrayList<>(List.of("-H", "Host: hub"));
      for (String argument : arguments) {
        all.add(argument.startsWith("/") ? url(argument) : argument);
      }
      return run(all.toArray(String[]::new));
    }

    private String run(String... arguments) throws Exception {
      List<String> command = new ArrayList<>(List.of("curl", "-s", "-m", "10"));
      command.addAll(List.of(arguments));
      Process curl = new ProcessBuilder(command).start();
      String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      curl.waitFor();
      return answer;
    }

    /** Repeats a request until it is answered with this status, or one of these: "200|409". */
    void untilIs(String status, String... arguments) {
      List<String> all = new ArrayList<>(List.of("-w", "%{http_code}"));
      all.addAll(List.of(arguments));
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(curl(all.toArray(String[]::new)))
                      .as("%s", all)
                      .containsPattern("(" + status + ")$"));
    }

    void publish(String text) {
      untilIs(
          "200",
          "-H",
          "Content-Type: application/json",
          "-H",
          "Idempotency-Key: " + text,
          "-d",
          "{\"type\":\"m\",\"payload\":\"" + text + "\"}",
          "/broadcast?channel_id=news");
    }

    /** Returns the payloads that the pod's listener has not read yet. */
    List<String> read() throws Exception {
      return curl("-m", "3", "-N", "/stream/news/" + name)
          .lines()
          .filter(line -> line.startsWith("data: "))
          .map(line -> line.substring("data: ".length()).replace("\"", ""))
          .toList();
    }

    private Path log() {
      return dir.resolve(name + ".log");
    }

    @Override
    public String toString() {
      try {
        return name + ": " + Files.readString(log());
      } catch (IOException e) {
        return name;
      }
    }
  }
}
