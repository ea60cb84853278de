package io.eric.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.internal.protocol.Command.Page;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON form of commands. */
class CommandTest {

  private static Stream<Command> samples() {
    Payload payload = Payload.ofValidJson("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
    return Stream.of(
        new Command.CreateChannel("x", new JsonObject().put("overflow", "wait")),
        Command.CreateChannel.ANY,
        new Command.RemoveChannel("x"),
        new Command.AddListener("x", "bob"),
        new Command.AddListener("x", null),
        new Command.RemoveListener("x", "bob"),
        new Command.Publish("x", "bob", "t", payload, "key", "eve"),
        new Command.Publish("x", null, "t", payload, null, null),
        new Command.Listen("x", "bob", "abc-7", 3),
        new Command.Listen("x", "bob", null, Command.DEFAULT_WINDOW),
        new Command.Watch("x", "abc-7"),
        new Command.Watch("x", null),
        new Command.Stop("x", "bob"),
        new Command.ListAll(null),
        new Command.ListAll("x", new Page("bob", 5, null)),
        new Command.ListAll("x", new Page(null, 5, "17")),
        new Command.FindListener("x", "bob"),
        new Command.Ping());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void whatIsWrittenIsReadAgain(Command command) {
    byte[] json = command.toJson().encode().getBytes(StandardCharsets.UTF_8);
    assertThat(new CommandReader().read(json, 0, json.length)).isEqualTo(command);
  }

  @Test
  void thereIsASampleOfEachCommandAndOfEachVerb() {
    Set<Class<?>> kinds = samples().map(Command::getClass).collect(Collectors.toSet());
    assertThat(kinds).containsExactlyInAnyOrder(Command.class.getPermittedSubclasses());
    assertThat(samples().map(Command::verb).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(Verb.values());
  }
}
