package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Metric;
import io.eric.options.EricOptions;
import io.eric.options.HttpOptions;
import io.eric.options.MetricsOptions;
import io.eric.testing.Hub;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code /metrics} shows, and that docs/METRICS.md says the same. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MetricsTest {

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() throws Exception {
    Hub.await(vertx.close());
  }

  @Test
  void thePageIsInPrometheusFormAndCountsWhatHappens() throws Exception {
    EricVerticle hub = hub(new MetricsOptions());
    Hub.await(hub.channels().create("news", null));
    Hub.await(hub.channel("news").addListener());
    for (int i = 0; i < 3; i++) {
      assertThat(send(hub, "POST", "/broadcast?channel_id=news", "{\"type\":\"t\"}").statusCode())
          .isEqualTo(200);
    }
    send(hub, "POST", "/broadcast?channel_id=news", "{\"type\":\"_eric_gap\"}");

    HttpResponse<String> page = send(hub, "GET", "/metrics", "");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(page.body().lines())
        .contains(
            "# TYPE eric_messages_published_total counter",
            "eric_messages_published_total 3.0",
            "# TYPE eric_log_messages gauge",
            "eric_log_messages 3.0",
            "eric_channels 1.0",
            "eric_listeners{state=\"stopped\"} 1.0",
            "eric_connections{door=\"http\"} 1.0")
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes"));
  }

  @Test
  void everyMetricThatThePageShowsIsDocumentedAndNoOther() throws Exception {
    List<String> shown =
        send(hub(new MetricsOptions().setJvm(false)), "GET", "/metrics", "")
            .body()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.substring(0, line.lastIndexOf(' ')).replace("\"", ""))
            .toList();
    List<String> known = metrics().map(MetricsTest::series).toList();

    assertThat(shown).containsExactlyInAnyOrderElementsOf(known);
    assertThat(documented()).containsExactlyElementsOf(expected());
  }

  /** Several HTTP verticles share a page, and each has its own event loop. */
  @Test
  void whoAsksWhileItIsMadeIsAnsweredOnItsOwnContext() throws Exception {
    try (MetricsPage page = MetricsPage.open(vertx, new MetricsOptions().setJvm(false))) {
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Context asking = ((VertxInternal) vertx).createEventLoopContext();
        Promise<Boolean> answered = Promise.promise();
        asking.runOnContext(
            now ->
                page.text().map(text -> vertx.getOrCreateContext() == asking).onComplete(answered));
        answers.add(answered.future());
      }
      Hub.await(Future.all(answers));
      assertThat(answers).extracting(Future::result).containsOnly(true);
    }
  }

  @Test
  void withoutMetricsThereIsNoPage() throws Exception {
    assertThat(
            send(hub(new MetricsOptions().setEnabled(false)), "GET", "/metrics", "").statusCode())
        .isEqualTo(404);
  }

  @Test
  void metricsOfOneNameHaveOneLabelAndOneMeaning() {
    metrics()
        .collect(Collectors.groupingBy(Metric::name))
        .values()
        .forEach(
            same -> {
              assertThat(same).extracting(Metric::help).containsOnly(same.get(0).help());
              assertThat(same).extracting(Metric::label).containsOnly(same.get(0).label());
              assertThat(same).extracting(Metric::labelValue).doesNotHaveDuplicates();
            });
  }

  private static Stream<Metric> metrics() {
    return Stream.concat(counters(), gauges());
  }

  private static Stream<Metric> counters() {
    return Arrays.stream(CounterName.values()).map(CounterName::metric);
  }

  private static Stream<Metric> gauges() {
    return Arrays.stream(GaugeName.values()).map(GaugeName::metric);
  }

  private static String series(Metric metric) {
    return metric.label() == null
        ? metric.name()
        : metric.name() + '{' + metric.label() + '=' + metric.labelValue() + '}';
  }

  /** A row per name: its kind, its label with all values, its meaning. */
  private static List<String> expected() {
    return Stream.concat(rows("counter", counters()), rows("gauge", gauges())).sorted().toList();
  }

  private static Stream<String> rows(String kind, Stream<Metric> metrics) {
    return metrics.collect(Collectors.groupingBy(Metric::name)).values().stream()
        .map(same -> row(kind, same));
  }

  private static String row(String kind, List<Metric> same) {
    Metric first = same.get(0);
    String labels =
        first.label() == null
            ? ""
            : '`'
                + first.label()
                + "`: "
                + same.stream()
                    .map(metric -> '`' + metric.labelValue() + '`')
                    .collect(Collectors.joining(", "));
    return "| `" + first.name() + "` | " + kind + " | " + labels + " | " + first.help() + " |";
  }

  private static List<String> documented() throws Exception {
    return Files.readAllLines(Path.of("docs/METRICS.md")).stream()
        .filter(line -> line.startsWith("| `eric_"))
        .toList();
  }

  private EricVerticle hub(MetricsOptions metrics) throws Exception {
    EricVerticle hub =
        new EricVerticle(
            new EricOptions()
                .setSocketEnabled(false)
                .setHttp(new HttpOptions().setPort(0))
                .setMetrics(metrics));
    Hub.await(vertx.deployVerticle(hub));
    return hub;
  }

  private HttpResponse<String> send(EricVerticle hub, String method, String path, String body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.httpPort() + path))
            .header("content-type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .version(HttpClient.Version.HTTP_1_1)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
