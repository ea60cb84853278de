package io.eric.cluster.link;

import io.eric.internal.Loop;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives connections and gives those of known nodes to their links. Until a connection has
 * greeted, it is a stranger's: there are few of them at a time, they have little time, and what
 * they say may have few bytes. On one loop only.
 */
final class Reception {

  private static final Logger logger = LoggerFactory.getLogger(Reception.class);

  /** How many connections may be without a greeting. */
  static final int MOST_STRANGERS = 16;

  /** Of how many nodes a refusal is logged; further ones are only counted. */
  private static final int MOST_SAID = 64;

  private final Greeting greeting;
  private final LinkSettings settings;
  private final Loop loop;
  private final Meters meters;
  private final Function<String, @Nullable Link> links;
  private final Set<Stranger> strangers = new LinkedHashSet<>();

  /** The nodes whose refusal was logged, until they are accepted. */
  private final Set<String> said = new HashSet<>();

  /** The kinds of strangers that were logged. */
  private final Set<CounterName> saidKinds = EnumSet.noneOf(CounterName.class);

  private boolean open;

  /**
   * Receives for these links.
   *
   * @param links gives the link to a node, null if there is no such node
   */
  Reception(
      Greeting greeting,
      LinkSettings settings,
      Loop loop,
      Meters meters,
      Function<String, @Nullable Link> links) {
    this.greeting = greeting;
    this.settings = settings;
    this.loop = loop;
    this.meters = meters;
    this.links = links;
  }

  /**
   * Begins to answer greetings, because the nodes are known now. Before, connections are closed
   * without a word, so that the others try again.
   */
  void open() {
    open = true;
  }

  /** Receives nothing any more. */
  void close() {
    open = false;
    for (Stranger each : Set.copyOf(strangers)) {
      each.forget();
      each.wire.close();
    }
  }

  /**
   * Receives a connection. It takes the place of the oldest stranger if all are taken, because a
   * node greets at once.
   */
  void receive(Wire wire) {
    if (!open) {
      wire.close();
      return;
    }
    if (strangers.size() >= MOST_STRANGERS) {
      strangers
          .iterator()
          .next()
          .leave(
              CounterName.LINK_REFUSED_LIMIT,
              "too many connections have not greeted, and this one is the oldest of them");
    }
    strangers.add(new Stranger(wire));
  }

  private void refuse(Wire wire, CounterName kind, String reason) {
    meters.count(kind);
    if (saidKinds.add(kind)) {
      warn(wire, reason);
    }
    wire.close();
  }

  private void refuse(Wire wire, @Nullable LinkIdentity other, String objection) {
    meters.count(CounterName.LINK_REFUSED_GREETING);
    if (said.size() < MOST_SAID && said.add(other == null ? "" : other.node())) {
      warn(wire, objection);
    }
    wire.end(new Frame.Refused(objection));
  }

  private static void warn(Wire wire, String reason) {
    logger.warn(
        "A connection of {} is refused: {}; further ones like it are only counted",
        wire.remote(),
        reason);
  }

  private final class Stranger implements Wire.Listener {

    private final Wire wire;
    private final Loop.Timer deadline;

    private Stranger(Wire wire) {
      this.wire = wire;
      this.deadline =
          loop.after(
              settings.greetingTimeout(),
              () -> leave(CounterName.LINK_REFUSED_SILENT, "it has not greeted in time"));
      wire.listen(this);
    }

    @Override
    public void heard() {
      // Bytes are no greeting, so the deadline stays.
    }

    @Override
    public void frame(byte[] bytes) {
      Frame frame;
      try {
        frame = FrameCodec.read(bytes);
      } catch (IllegalArgumentException e) {
        garbage(String.valueOf(e.getMessage()));
        return;
      }
      if (!(frame instanceof Frame.Hello hello)) {
        garbage("it does not begin with a greeting");
        return;
      }
      forget();
      LinkIdentity other = hello.identity();
      Link link = other == null ? null : links.apply(other.node());
      String objection = objection(hello, link);
      if (link != null && other != null && objection == null) {
        said.remove(other.node());
        link.accepted(wire, other.life());
      } else {
        refuse(wire, other, String.valueOf(objection));
      }
    }

    private @Nullable String objection(Frame.Hello hello, @Nullable Link link) {
      String objection = greeting.objection(hello);
      LinkIdentity other = hello.identity();
      if (objection != null || other == null) {
        return objection;
      } else if (link == null) {
        return "node " + other.node() + " is not a member here";
      } else if (greeting.dials(other.node())) {
        return "node " + other.node() + " has to be connected to, not to connect";
      }
      return null;
    }

    private void leave(CounterName kind, String reason) {
      forget();
      refuse(wire, kind, reason);
    }

    private void forget() {
      deadline.cancel();
      strangers.remove(this);
    }

    @Override
    public void garbage(String reason) {
      leave(CounterName.LINK_REFUSED_GARBAGE, reason);
    }

    @Override
    public void drained() {
      // Nothing waits: a stranger is told one frame at most.
    }

    @Override
    public void ended(String reason) {
      forget();
    }
  }
}
