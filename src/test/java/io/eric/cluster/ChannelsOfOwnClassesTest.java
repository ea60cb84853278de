package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.InvalidChannelException;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.Position;
import io.eric.PublishOptions;
import io.eric.ReadOptions;
import io.eric.UnavailableException;
import io.eric.channel.AbstractChannel;
import io.eric.cluster.identity.Membership;
import io.eric.options.ChannelOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Channels of classes of their own on three nodes in one JVM, over real links and replicas. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ChannelsOfOwnClassesTest {

  private static final int GROUPS = 3;

  @TempDir private Path dir;
  private Membership membership;
  private final List<LocalNode> nodes = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    membership = LocalNode.membership(3, GROUPS);
    nodes.addAll(LocalNode.startAll(membership, dir));
  }

  @AfterEach
  void end() {
    nodes.forEach(LocalNode::close);
  }

  @Test
  void aChannelIsOpenWhereItsObjectIsAndReachedThroughEachNode() {
    Led led = led();
    String id = led.id();
    LocalNode home = led.otherOf(nodes);
    await(home.channels.register(new Shouting(id)));

    for (LocalNode each : nodes) {
      Awaitility.await().until(() -> each.channels.getAllIds().contains(id));
      Channel channel = each.channels.get(id);
      await(channel.registerListener(new MessageQueueListener("of" + each.name)));
      assertThat(await(channel.publish(Message.of("said", each.name))).sequence())
          .isEqualTo(Long.parseLong(each.name));
    }

    assertThat(nodes.stream().filter(each -> each.channels.isOpen(id))).containsExactly(home);
    List<Object> heard = new CopyOnWriteArrayList<>();
    var stream = led.thirdOf(nodes).channels.get(id).read(ReadOptions.listener("of1").earliest());
    stream.handler(message -> heard.add(message.payload()));
    await(stream.attached());
    await(led.leaderOf(nodes).channels.get(id).publish(Message.of("said", "last")));
    Awaitility.await().until(() -> heard.contains("last"));
    assertThat(heard).containsExactly("1", "2", "3", "last");
  }

  @Test
  void aSecondObjectIsRefusedOnEachNodeAndTheFirstOneGoesOn() {
    Led led = led();
    String id = led.id();
    LocalNode home = led.otherOf(nodes);
    await(home.channels.register(new Shouting(id)));
    await(home.channels.get(id).publish(Message.of("m", 1)));

    for (LocalNode each : nodes) {
      Awaitility.await().until(() -> each.channels.getAllIds().contains(id));
      assertThat(failure(each.channels.register(new Shouting(id))))
          .as("on node %s", each.name)
          .isInstanceOf(InvalidChannelException.class);
      assertThat(failure(each.channels.create(id, null)))
          .isInstanceOf(InvalidChannelException.class);
    }

    assertThat(await(led.thirdOf(nodes).channels.get(id).publish(Message.of("m", 2))).sequence())
        .isEqualTo(2);
    assertThat(home.channels.isOpen(id)).isTrue();
  }

  @Test
  void whatIsPublishedWhileTheLeaderOfTheGroupDiesIsInTheLogOnce() {
    Led led = led();
    String id = led.id();
    LocalNode leader = led.leaderOf(nodes);
    LocalNode home = led.otherOf(nodes);
    LocalNode third = led.thirdOf(nodes);
    await(home.channels.register(new Shouting(id)));
    Channel channel = home.channels.get(id);
    await(channel.registerListener(new MessageQueueListener("reader")));

    List<Future<Position>> published = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      if (i == 100) {
        nodes.remove(leader);
        leader.kill();
      }
      published.add(publishSurely(channel, i));
      await(published.get(Math.max(0, published.size() - 10)));
    }
    assertThat(published.stream().map(each -> await(each).sequence()))
        .doesNotHaveDuplicates()
        .hasSize(200);

    List<Object> heard = new CopyOnWriteArrayList<>();
    var stream = third.channels.get(id).read(ReadOptions.listener("reader").earliest());
    stream.handler(message -> heard.add(message.payload()));
    Awaitility.await().until(() -> heard.size() >= 200);
    assertThat(heard).hasSize(200).doesNotHaveDuplicates();
    assertThat(home.channels.isOpen(id)).isTrue();
  }

  @Test
  void withoutItsNodeAChannelIsUnavailableAndAnotherProcessGoesOnWithItsLog() throws Exception {
    Led led = led();
    String id = led.id();
    int place = led.leader(); // the group loses its leader, too
    LocalNode home = led.leaderOf(nodes);
    LocalNode other = led.otherOf(nodes);
    LocalNode third = led.thirdOf(nodes);
    await(home.channels.register(new Shouting(id)));
    await(home.channels.get(id).registerListener(new MessageQueueListener("reader")));
    await(home.channels.get(id).publish(Message.of("m", 1)));
    Awaitility.await().until(() -> other.channels.getAllIds().contains(id));

    nodes.remove(home);
    home.kill();
    assertThat(failure(other.channels.get(id).publish(Message.of("m", "lost"))))
        .isInstanceOf(UnavailableException.class);
    assertThat(other.channels.getAllIds()).contains(id);

    await(other.channels.register(new Shouting(id)));
    assertThat(await(third.channels.get(id).publish(Message.of("m", 2))).sequence()).isEqualTo(2);
    assertThat(await(other.channels.get(id).getConnections())).hasSize(1);

    nodes.add(LocalNode.start(membership, place, dir));
    LocalNode back = nodes.get(2);
    back.awaitReady();
    assertThat(failure(back.channels.register(new Shouting(id))))
        .isInstanceOf(InvalidChannelException.class);
    assertThat(await(back.channels.get(id).publish(Message.of("m", 3))).sequence()).isEqualTo(3);
  }

  @Test
  void aNodeThatComesBackRegistersItsChannelAgainAndHasItsLog() throws Exception {
    Led led = led();
    String id = led.id();
    LocalNode home = led.otherOf(nodes);
    int place = nodes.indexOf(home);
    await(home.channels.register(new Shouting(id)));
    await(home.channels.get(id).publish(Message.of("m", 1)));

    nodes.remove(home);
    home.kill();
    nodes.add(LocalNode.start(membership, place, dir));
    LocalNode back = nodes.get(2);
    back.awaitReady();
    await(back.channels.register(new Shouting(id)));

    assertThat(await(nodes.get(0).channels.get(id).publish(Message.of("m", 2))).sequence())
        .isEqualTo(2);
    assertThat(back.channels.isOpen(id)).isTrue();
  }

  @Test
  void aNodeThatStartsDoesNotTakeAChannelThatItsOwnerStillServes() throws Exception {
    Led led = led();
    String id = led.id();
    LocalNode home = led.otherOf(nodes);
    LocalNode restarted = led.thirdOf(nodes);
    int place = nodes.indexOf(restarted);
    await(home.channels.register(new Shouting(id)));
    await(home.channels.get(id).publish(Message.of("m", 1)));
    nodes.remove(restarted);
    restarted.kill();

    // A program that registers its channels right at its start, on every node.
    nodes.add(LocalNode.start(membership, place, dir));
    assertThat(failure(nodes.get(2).channels.register(new Shouting(id))))
        .isInstanceOf(InvalidChannelException.class);

    assertThat(home.channels.isOpen(id)).isTrue();
    assertThat(await(home.channels.get(id).publish(Message.of("m", 2))).sequence()).isEqualTo(2);
  }

  @Test
  void aChannelIsRemovedThroughAnotherNodeAndCanBeRegisteredElsewhere() {
    String id = led().id();
    await(nodes.get(0).channels.register(new Shouting(id)));
    Awaitility.await().until(() -> nodes.get(2).channels.getAllIds().contains(id));
    await(nodes.get(2).channels.get(id).publish(Message.of("m", 1)));

    await(nodes.get(2).channels.rm(id));
    for (LocalNode each : nodes) {
      Awaitility.await().until(() -> !each.channels.getAllIds().contains(id));
    }
    assertThat(nodes.get(0).channels.isOpen(id)).isFalse();

    await(nodes.get(2).channels.register(new Shouting(id)));
    assertThat(await(nodes.get(2).channels.get(id).publish(Message.of("m", 1))).sequence())
        .isEqualTo(1);
  }

  /** Publishes a message with a key until it is acknowledged, as a careful publisher does. */
  private static Future<Position> publishSurely(Channel channel, int number) {
    PublishOptions keyed = PublishOptions.BROADCAST.withKey("k" + number);
    return channel
        .publish(Message.of("m", number), keyed)
        .recover(
            e ->
                e instanceof UnavailableException
                    ? publishSurely(channel, number)
                    : Future.failedFuture(e));
  }

  /** An id, by chance, and the place of the node that leads its group. */
  private record Led(String id, int leader) {

    LocalNode leaderOf(List<LocalNode> nodes) {
      return nodes.get(leader);
    }

    /** A node that does not lead the group, so its channel's messages are appended by another. */
    LocalNode otherOf(List<LocalNode> nodes) {
      return nodes.get((leader + 1) % nodes.size());
    }

    LocalNode thirdOf(List<LocalNode> nodes) {
      return nodes.get((leader + 2) % nodes.size());
    }
  }

  private Led led() {
    String neighbour = "neighbour"; // a channel of the same group, which its leader has open
    await(nodes.get(0).channels.create(neighbour, null));
    int number = 0;
    while (GroupNumber.of("own" + number, GROUPS) != GroupNumber.of(neighbour, GROUPS)) {
      number++;
    }
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).channels.isOpen(neighbour)) {
        return new Led("own" + number, i);
      }
    }
    throw new AssertionError("channel " + neighbour + " is open nowhere");
  }

  /** A channel of a class of its own. */
  private static final class Shouting extends AbstractChannel {

    private Shouting(String id) {
      super(options(id));
    }

    private static ChannelOptions<?> options(String id) {
      return new SSEChannelOptions().setId(id);
    }

    @Override
    public JsonObject adapt(Message message) {
      return new JsonObject()
          .put("event", message.type().toUpperCase(Locale.ROOT))
          .put("data", message.payload());
    }
  }
}
