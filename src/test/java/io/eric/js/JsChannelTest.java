package io.eric.js;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.options.DataProcessingChannelOptions;
import io.eric.prefab.SimpleDistributedApplicationListener;
import io.eric.testing.Hub;
import io.eric.testing.Received;
import io.eric.work.DataProcessingChannel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels as a module uses them. */
class JsChannelTest {

  @TempDir private static Path directory;
  private static Scripts scripts;

  @BeforeAll
  static void startHub() {
    scripts = new Scripts(directory);
  }

  @AfterEach
  void clear() {
    scripts.clear();
  }

  @AfterAll
  static void closeHub() {
    scripts.close();
  }

  @Test
  void aModuleCreatesPublishesAndIsToldWhatIsRefused() {
    String id =
        scripts.run(
            """
            export async function start(eric) {
              const out = (value) => eric.bus.send('out', value);
              const a = await eric.create('made', { options: { retry: 7 } });
              out([a.id, (await eric.create('made', { ifAbsent: true })).id]);
              await eric.create('made').catch((e) => out([e.name, e.code]));
              await eric.create('made', { options: { nope: 1 } }).catch((e) => out(e.name));
              out(await a.subscribe('desk'));
              await a.subscribe('desk').catch((e) => out([e.name, e.code]));
              out(await a.subscribe('desk', { ifAbsent: true }));
              out(/^[^-]+-1$/.test(await a.broadcast('greeting', { text: 'hi' })));
              await a.dispatch('none', 'x').catch((e) => out([e.name, e.code]));
              await eric.channel('gone').broadcast('x').catch((e) => out([e.name, e.code]));
              const first = await a.broadcast('k', 1, { key: 'once' });
              out(first === (await a.broadcast('k', 1, { key: 'once' })));
              out((await a.listeners()).map((l) => [l.listener, l.state, l.lag]));
              out((await eric.channels()).includes('made'));
              await a.unsubscribe('desk');
              await a.remove();
              out((await eric.channels()).includes('made'));
            }
            """);
    assertThat(scripts.next()).isEqualTo(new JsonArray("[\"made\", \"made\"]"));
    assertThat(scripts.next()).isEqualTo(new JsonArray("[\"InvalidChannelException\", 409]"));
    assertThat(scripts.next()).asString().isNotEmpty();
    assertThat(scripts.next()).isEqualTo("desk");
    assertThat(scripts.next()).isEqualTo(new JsonArray("[\"InvalidListenerException\", 409]"));
    assertThat(scripts.next()).isEqualTo("desk");
    assertThat(scripts.next()).isEqualTo(true);
    assertThat(scripts.next()).isEqualTo(new JsonArray("[\"InvalidListenerException\", 404]"));
    assertThat(scripts.next()).isEqualTo(new JsonArray("[\"InvalidChannelException\", 404]"));
    assertThat(scripts.next()).isEqualTo(true);
    assertThat(scripts.next()).isEqualTo(new JsonArray("[[\"desk\", \"stopped\", 2]]"));
    assertThat(scripts.next()).isEqualTo(true);
    assertThat(scripts.next()).isEqualTo(false);
    scripts.undeploy(id);
  }

  @Test
  void aHandlerGetsEveryMessageInOrderAndAcknowledgesIt() {
    Channel channel = scripts.hub.channel("handled");
    String id =
        scripts.run(
            """
            export async function start(eric) {
              const channel = eric.channel('handled');
              await channel.subscribe('desk');
              await channel.listen('desk', async (message) => {
                await null;
                eric.bus.send('out', message.payload);
              }, { window: 7 });
            }
            """);
    List<Object> sent = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Hub.await(channel.broadcast(Message.of("n", i)));
      sent.add(i);
    }
    assertThat(outcomes(500)).isEqualTo(sent);
    awaitLag("handled", 0);
    scripts.undeploy(id);
  }

  @Test
  void anOptionThatDoesNotExistIsRefusedByName() {
    scripts.run(
        """
        export async function start(eric) {
          const channel = await eric.create('strict');
          const refused = (call) => new Promise((resolve) => resolve(call()))
            .then(() => 'taken', (e) => `${e.name}: ${e.message}`)
            .then((outcome) => eric.bus.send('out', outcome));
          await refused(() => eric.create('loose', { overflow: 'reject' }));
          await refused(() => eric.channels({ limt: 1 }));
          await refused(() => channel.listeners({ limt: 1 }));
          await refused(() => channel.subscribe('desk', { ifAbsnt: true }));
          await refused(() => channel.publish('t', 1, { kye: 'k' }));
          await refused(() => channel.dispatch('desk', 't', 1, { kye: 'k' }));
          await refused(() => {
            try {
              return channel.listen('desk', { windw: 1 });
            } catch (e) {
              throw new Error('thrown where a promise is expected');
            }
          });
          await refused(() => channel.join('desk', {}, { windw: 1 }));
          await refused(() => channel.work('desk', () => 1, { maximum: 2 }));
          await refused(() => channel.publish('t', 1, { receiver: undefined }));
        }
        """);
    String none = "TypeError: there is no option ";
    assertThat(outcomes(10))
        .isEqualTo(
            List.of(
                none + "overflow here, there is ifAbsent, options",
                none + "limt here, there is limit, after",
                none + "limt here, there is limit, after",
                none + "ifAbsnt here, there is ifAbsent",
                none + "kye here, there is key, sender",
                none + "kye here, there is key, sender",
                none + "windw here, there is window, after",
                none + "windw here, there is window, after",
                none + "maximum here, there is max",
                "TypeError: receiver is undefined, which must not become a message for all"));
    assertThat(Hub.await(scripts.hub.channels.get("strict").getConnections())).isEmpty();
  }

  @Test
  void whatAHandlerFailsComesAgainBeforeWhatCameAfterIt() {
    Channel channel = scripts.hub.channel("failing");
    String id =
        scripts.run(
            """
            export async function start(eric) {
              const channel = eric.channel('failing');
              await channel.subscribe('desk');
              const seen = new Set();
              await channel.listen('desk', async (message) => {
                const first = !seen.has(message.payload);
                seen.add(message.payload);
                await null;
                if (first && message.payload % 10 === 3) {
                  throw new Error('not yet');
                }
                eric.bus.send('out', message.payload);
              });
            }
            """);
    List<Object> sent = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Hub.await(channel.broadcast(Message.of("n", i)));
      sent.add(i);
    }
    assertThat(outcomes(50)).isEqualTo(sent);
    awaitLag("failing", 0);
    scripts.undeploy(id);
  }

  @Test
  void anIteratorAcknowledgesWhenItAsksForMoreAndALoopThatEndsLeavesTheRest() {
    Channel channel = scripts.hub.channel("looped");
    String id =
        scripts.run(
            """
            export async function start(eric) {
              const channel = eric.channel('looped');
              await channel.subscribe('desk');
              const read = async (until, acknowledge) => {
                for await (const message of await channel.listen('desk')) {
                  eric.bus.send('out', message.payload);
                  if (message.payload === until) {
                    if (acknowledge) {
                      message.ack();
                    }
                    break;
                  }
                }
                eric.bus.send('out', (await channel.listeners())[0].state);
              };
              await eric.bus.consumer('go', async () => {
                await read(2, true);
                await read(4, false);
                await read(5, true);
              });
            }
            """);
    for (int i = 1; i <= 5; i++) {
      Hub.await(channel.broadcast(Message.of("n", i)));
    }
    scripts.hub.vertx.eventBus().send("go", null);
    assertThat(outcomes(9)).isEqualTo(List.of(1, 2, "stopped", 3, 4, "stopped", 4, 5, "stopped"));
    awaitLag("looped", 0);
    scripts.undeploy(id);
  }

  @Test
  void theEndOfTheChannelEndsTheLoop() {
    Channel channel = scripts.hub.channel("ending");
    String id =
        scripts.run(
            """
            export async function start(eric) {
              const channel = eric.channel('ending');
              await channel.subscribe('desk');
              const listening = await channel.listen('desk');
              (async () => {
                for await (const { payload } of listening) {
                  eric.bus.send('out', payload);
                }
                eric.bus.send('out', 'end');
              })();
            }
            """);
    Hub.await(channel.broadcast(Message.of("n", new JsonObject().put("x", 1))));
    assertThat(scripts.next()).isEqualTo(new JsonObject().put("x", 1));
    scripts.hub.ask("ending", new JsonObject().put("v", "rc"));
    assertThat(scripts.next()).isEqualTo("end");
    scripts.undeploy(id);
  }

  @Test
  void afterARedeploymentWhatWasNotAcknowledgedComesAgain() {
    Channel channel = scripts.hub.channel("durable");
    String module =
        """
        export async function start(eric) {
          const channel = eric.channel('durable');
          await channel.subscribe('desk', { ifAbsent: true });
          await channel.listen('desk', (message) => {
            eric.bus.send('out', message.payload);
            return message.payload === 2 ? new Promise(() => {}) : null;
          });
        }
        """;
    String first = scripts.run(module);
    Hub.await(channel.broadcast(Message.of("n", 1)));
    Hub.await(channel.broadcast(Message.of("n", 2)));
    assertThat(outcomes(2)).isEqualTo(List.of(1, 2));
    awaitLag("durable", 1);
    scripts.undeploy(first);
    String second = scripts.run(module);
    assertThat(scripts.next()).isEqualTo(2);
    scripts.undeploy(second);
  }

  @Test
  void aScriptWorksOnAQueueBesideOthers() {
    DataProcessingChannel channel =
        new DataProcessingChannel(
            new DataProcessingChannelOptions().setId("work").setMaxWorkers(0));
    Hub.await(scripts.hub.channels.register(channel));
    MessageQueueListener queue = new MessageQueueListener("queue");
    Hub.await(channel.registerListener(queue));
    Hub.await(queue.start());
    scripts.run(
        """
        let worker;
        export function start(eric) {
          worker = eric.channel('work').work('queue', async ({ payload }) => {
            await null;
            if (payload === 3) {
              throw new Error('three');
            }
            return payload * 10;
          }, { max: 2 });
        }
        export const stop = () => worker.close();
        """);
    Received results = new Received(channel.processQueue(queue));
    for (int i = 1; i <= 5; i++) {
      Hub.await(channel.dispatch("queue", Message.of("job", i)));
    }
    List<Object> data = results.data(5);
    assertThat(data).hasSize(5).contains(10, 20, 40, 50);
    assertThat(results.events(5)).containsOnlyOnce("_eric_error");
  }

  @Test
  void aScriptTakesPartInADistributedApplication() {
    scripts.hub.channel("parts");
    Channel channel = scripts.hub.channels.get("parts");
    List<Message> answers = new CopyOnWriteArrayList<>();
    SimpleDistributedApplicationListener java = new SimpleDistributedApplicationListener("java");
    for (String type : List.of("greeted", "counted", Message.ERROR)) {
      java.setAction(
          type,
          message -> {
            answers.add(message);
            return List.of();
          });
    }
    java.setAction("ask", message -> List.of(Message.of("answered", "java")));
    Hub.await(java.joinTo(channel));
    Hub.await(java.start());
    Received taken = new Received(channel.messageStream(java));
    scripts.run(
        """
        export async function start(eric) {
          const part = await eric.channel('parts').join('js', {
            greet: ({ payload }) => ({ type: 'greeted', payload: `hello ${payload}` }),
            count: () => [1, 2].map((payload) => ({ type: 'counted', payload })),
            fail: () => { throw new Error('it does'); },
            answered: ({ payload, sender }) => eric.bus.send('out', [payload, sender]),
          });
          await part.dispatchTo('java', 'ask');
        }
        """);
    assertThat(scripts.next()).isEqualTo(new JsonArray("[\"java\", \"java\"]"));
    for (String type : List.of("greet", "count", "fail", "nothing", "stop")) {
      Hub.await(java.dispatchTo("js", Message.of(type, "you")));
    }
    taken.items(6);
    assertThat(answers).extracting(Message::sender).hasSize(5).containsOnly("js");
    assertThat(answers).extracting(Message::payload).startsWith("hello you", 1, 2);
    assertThat(((JsonObject) answers.get(3).payload()).getString("message")).isEqualTo("it does");
    assertThat(((JsonObject) answers.get(4).payload()).getString("error"))
        .isEqualTo("UnknownAction");
    awaitStopped("parts", "js");
  }

  private static void awaitStopped(String channel, String listener) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(Hub.PATIENCE))
        .until(
            () ->
                Hub.await(scripts.hub.channels.get(channel).getConnections()).stream()
                    .anyMatch(
                        c ->
                            c.listener().equals(listener)
                                && c.state() == ListenerStatus.State.STOPPED));
  }

  private static List<Object> outcomes(int count) {
    List<Object> all = new ArrayList<>();
    while (all.size() < count) {
      all.add(scripts.next());
    }
    return all;
  }

  private static void awaitLag(String channel, int lag) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(Hub.PATIENCE))
        .until(
            () ->
                scripts
                        .hub
                        .ask(channel, new JsonObject().put("v", "ls"))
                        .getJsonArray("result")
                        .getJsonObject(0)
                        .getInteger("lag")
                    == lag);
  }
}
