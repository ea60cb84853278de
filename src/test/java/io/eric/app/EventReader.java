package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.testing.NodeScripts;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** What a client in a process of its own has read of an event stream, and signals to it. */
final class EventReader {

  /** The types that the tests publish, and the hub's own. */
  static final List<String> TYPES = List.of("n", "_eric_gap", "_eric_goodbye", "_eric_taken_over");

  /** An event; of type {@code open} when the client says that it is connected. */
  record Event(String type, String id, String data) {
    /** As the scripts report it. */
    static Event of(String json) {
      JsonObject event = new JsonObject(json);
      return new Event(event.getString("type"), event.getString("id"), event.getString("data"));
    }
  }

  private final Process process;
  private final List<Event> events = new CopyOnWriteArrayList<>();

  EventReader(Process process) {
    this.process = process;
  }

  /**
   * Reads with curl, from after an id unless that is null; what is on the wire is what one sees.
   */
  static EventReader curl(Processes processes, String url, String lastEventId) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sN", url));
    if (lastEventId != null) {
      command.addAll(List.of("-H", "Last-Event-ID: " + lastEventId));
    }
    EventReader reader = new EventReader(processes.start(command.toArray(String[]::new)));
    processes.run(
        () ->
            reader.eachLine(
                new Consumer<>() {
                  private String type = "message";
                  private String id;
                  private String data;

                  @Override
                  public void accept(String line) {
                    if (line.startsWith("event: ")) {
                      type = line.substring("event: ".length());
                    } else if (line.startsWith("id: ")) {
                      id = line.substring("id: ".length());
                    } else if (line.startsWith("data: ")) {
                      String text = line.substring("data: ".length());
                      data = data == null ? text : data + '\n' + text;
                    } else if (line.isEmpty() && data != null) {
                      reader.add(new Event(type, id, data));
                      type = "message";
                      data = null;
                    }
                  }
                }));
    return reader;
  }

  /** Reads with npm's eventsource, which reconnects by itself. */
  static EventReader node(Processes processes, String url) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("node", NodeScripts.needing("eventsource", "record.mjs"), url));
    command.addAll(TYPES);
    EventReader reader = new EventReader(processes.start(command.toArray(String[]::new)));
    processes.run(() -> reader.eachLine(line -> reader.add(Event.of(line))));
    return reader;
  }

  private void eachLine(Consumer<String> handler) {
    BufferedReader out = Program.output(process);
    String line;
    while ((line = Program.line(out)) != null) {
      handler.accept(line);
    }
  }

  void add(Event event) {
    events.add(event);
  }

  /** Stops or continues the client, or whatever else the signal does. */
  void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Kills the client, without a word to the hub, and waits for its end. */
  void kill() throws Exception {
    Processes.kill(process);
  }

  Process process() {
    return process;
  }

  List<Event> events() {
    return List.copyOf(events);
  }

  List<Event> of(String type) {
    return events.stream().filter(event -> event.type().equals(type)).toList();
  }

  /** The payloads of the published messages, which are numbers. */
  List<Integer> numbers() {
    return of("n").stream().map(event -> Integer.valueOf(event.data().strip())).toList();
  }

  void awaitNumber(int number) {
    String wanted = String.valueOf(number);
    await(
        () -> {
          List<Event> seen = of("n");
          return !seen.isEmpty() && seen.get(seen.size() - 1).data().strip().equals(wanted);
        });
  }

  void awaitEvents(String type, int count) {
    await(() -> of(type).size() >= count);
  }

  private void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(60))
        .until(condition);
  }

  static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
