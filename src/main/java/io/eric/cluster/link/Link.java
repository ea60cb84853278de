package io.eric.cluster.link;

import io.eric.internal.IoReason;
import io.eric.internal.Loop;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The connection to one other node. Of each pair of nodes the one with the smaller name dials; the
 * link of the other one is IDLE until a connection is accepted. On one loop only.
 *
 * <table>
 * <caption>States and events</caption>
 * <tr><th>state</th><th>start</th><th>dialled</th><th>not dialled</th><th>greeted</th>
 *     <th>refused</th><th>accepted</th><th>ended</th><th>close</th></tr>
 * <tr><td>IDLE</td><td>CONNECTING if it dials, else –</td><td>error</td><td>error</td>
 *     <td>error</td><td>error</td><td>UP</td><td>–</td><td>CLOSED</td></tr>
 * <tr><td>CONNECTING</td><td>–</td><td>GREETING</td><td>WAITING</td><td>error</td><td>error</td>
 *     <td>error</td><td>–</td><td>CLOSED</td></tr>
 * <tr><td>GREETING</td><td>–</td><td>error</td><td>error</td><td>UP</td><td>WAITING</td>
 *     <td>error</td><td>WAITING</td><td>CLOSED</td></tr>
 * <tr><td>UP</td><td>–</td><td>error</td><td>error</td><td>–</td><td>–</td>
 *     <td>UP, with the new connection</td><td>WAITING, or IDLE if it does not dial</td>
 *     <td>CLOSED</td></tr>
 * <tr><td>WAITING</td><td>CONNECTING</td><td>error</td><td>error</td><td>error</td><td>error</td>
 *     <td>error</td><td>–</td><td>CLOSED</td></tr>
 * <tr><td>CLOSED</td><td>–</td><td>–</td><td>–</td><td>error</td><td>error</td><td>–</td>
 *     <td>–</td><td>–</td></tr>
 * </table>
 *
 * <p>A dash changes nothing: a connection that comes after the link was closed is closed, and a
 * greeting that the other node repeats is ignored and counted. A wire tells nothing after its end,
 * so that "ended" is always about the present one. An error is an event that cannot be.
 *
 * <p>Time brings two more events. A connection on which nothing was heard for longer than the
 * time-out has ended, and it is not used even if the first thing that happens afterwards is that
 * bytes arrive or are to be sent: a process that was frozen must not act on what was said before. A
 * greeting that takes too long has ended as well.
 */
final class Link implements Wire.Listener {

  private static final Logger logger = LoggerFactory.getLogger(Link.class);

  /** How much is written before the link looks whether the connection takes more. */
  private static final int WRITE_SIZE = 1 << 20;

  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 1_000;

  /** How often the link looks at the time in each interval of heartbeats. */
  private static final int TICKS_PER_HEARTBEAT = 4;

  private final Greeting greeting;
  private final LinkSettings settings;
  private final Loop loop;
  private final Wire.Dialer dialer;
  private final Meters meters;
  private final Events events;
  private final Outbox outbox;
  private final boolean dials;
  private final long silenceNanos;
  private final long heartbeatNanos;
  private final Loop.Timer ticks;

  private Peer peer;
  private LinkState state = LinkState.IDLE;
  private @Nullable Wire wire;

  /** The process that the link reached last, until it is said to be gone. */
  private @Nullable String life;

  /** Rises with each connection that comes up. */
  private long session;

  private long tickedAt;
  private long heardAt;
  private long beatAt;
  private long greetingSince;
  private long pauseMs = FIRST_PAUSE_MS;
  private Loop.@Nullable Timer retry;
  private Loop.@Nullable Timer verdict;

  /** The trouble that was logged since the link was up. */
  private @Nullable String said;

  private boolean saidUnknown;

  /** Is told what happens to a link, on its loop. */
  interface Events {

    /** The nodes can talk to each other. */
    void up(Link link, String life);

    /** The connection is lost: what was asked over it gets no answer. */
    void down(Link link);

    /** A process has ended or is out of reach. */
    void gone(Link link, String life);

    /** A frame that is no greeting and no heartbeat has arrived. */
    void frame(Link link, Frame frame);
  }

  Link(
      Peer peer,
      Greeting greeting,
      LinkSettings settings,
      Loop loop,
      Wire.Dialer dialer,
      Meters meters,
      Events events) {
    this.peer = peer;
    this.greeting = greeting;
    this.settings = settings;
    this.loop = loop;
    this.dialer = dialer;
    this.meters = meters;
    this.events = events;
    this.outbox = new Outbox(settings.outboxSize(), meters);
    this.dials = greeting.dials(peer.node());
    this.silenceNanos = TimeUnit.MILLISECONDS.toNanos(settings.heartbeatTimeout());
    this.heartbeatNanos = TimeUnit.MILLISECONDS.toNanos(settings.heartbeatInterval());
    this.tickedAt = loop.nanoTime();
    this.ticks =
        loop.every(Math.max(1, settings.heartbeatInterval() / TICKS_PER_HEARTBEAT), this::tick);
  }

  LinkState state() {
    return state;
  }

  /** Returns the node's name and address. */
  Peer peer() {
    return peer;
  }

  String node() {
    return peer.node();
  }

  /** Returns the number of the connection, by which an answer finds the one that it belongs to. */
  long session() {
    return session;
  }

  /** Returns what waits to be sent. For any thread. */
  Outbox outbox() {
    return outbox;
  }

  // ---- events

  /** Connects, if that is this node's part. */
  void start() {
    if (dials && (state == LinkState.IDLE || state == LinkState.WAITING)) {
      state = LinkState.CONNECTING;
      dialer.dial(peer.host(), peer.port()).onComplete(this::dialled);
    }
  }

  private void dialled(AsyncResult<Wire> dialled) {
    if (state == LinkState.CLOSED) {
      if (dialled.succeeded()) {
        dialled.result().close();
      }
    } else if (state != LinkState.CONNECTING) {
      unfit(dialled.succeeded() ? "dialled" : "not dialled");
    } else if (dialled.succeeded()) {
      state = LinkState.GREETING;
      greetingSince = loop.nanoTime();
      Wire made = dialled.result();
      wire = made;
      made.listen(this);
      made.write(FrameReader.framed(FrameCodec.write(greeting.hello())));
    } else {
      pause(IoReason.of(dialled.cause()), false);
    }
  }

  /**
   * Takes the connection of the other node, whose greeting was found good. It replaces a former
   * one, which may be half open.
   */
  void accepted(Wire accepted, String acceptedLife) {
    if (state == LinkState.CLOSED) {
      accepted.close();
      return;
    } else if (state != LinkState.IDLE && state != LinkState.UP) {
      unfit("accepted");
      return;
    }
    lose("the other node has made a new one", LinkState.IDLE);
    accepted.write(FrameReader.framed(FrameCodec.write(greeting.hello())));
    accepted.listen(this);
    up(accepted, acceptedLife);
  }

  @Override
  public void heard() {
    if (!endedBySilence()) {
      heardAt = loop.nanoTime();
    }
  }

  @Override
  public void frame(byte[] bytes) {
    Frame frame;
    try {
      frame = FrameCodec.read(bytes);
    } catch (IllegalArgumentException e) {
      unknown(String.valueOf(e.getMessage()));
      return;
    }
    if (frame instanceof Frame.Hello hello) {
      greeted(hello);
    } else if (frame instanceof Frame.Refused refused) {
      refused("it refuses this node: " + refused.reason());
    } else if (state == LinkState.UP && !(frame instanceof Frame.Heartbeat)) {
      events.frame(this, frame);
    }
  }

  private void greeted(Frame.Hello hello) {
    if (state == LinkState.UP) {
      unknown("a second greeting");
      return;
    } else if (state != LinkState.GREETING) {
      unfit("greeted");
      return;
    }
    String objection = greeting.objection(hello);
    LinkIdentity other = hello.identity();
    if (objection != null || other == null) {
      refused(String.valueOf(objection));
    } else if (!other.node().equals(peer.node())) {
      refused("node " + other.node() + " has answered");
    } else {
      Wire greeted = wire;
      if (greeted != null) {
        up(greeted, other.life());
      }
    }
  }

  private void refused(String reason) {
    if (state == LinkState.UP) {
      unknown("a refusal after the greeting");
    } else if (state == LinkState.GREETING) {
      dropWire();
      pause(reason, true);
    } else {
      unfit("refused");
    }
  }

  @Override
  public void drained() {
    flush();
  }

  @Override
  public void garbage(String reason) {
    logger.error("Node {} has sent what is not made of frames: {}", peer.node(), reason);
    ended(reason);
  }

  @Override
  public void ended(String reason) {
    if (state == LinkState.GREETING) {
      dropWire();
      pause(reason, false);
    } else if (state == LinkState.UP) {
      lost(reason);
    }
  }

  /** Goes to another address from the next attempt on. */
  void moved(Peer next) {
    if (!peer.equals(next)) {
      peer = next;
      pauseMs = FIRST_PAUSE_MS;
      if (state == LinkState.WAITING) {
        cancel(retry);
        start();
      }
    }
  }

  /** Writes what waits and ends the connection for good. The other node counts as gone. */
  void close() {
    flush();
    ticks.cancel();
    cancel(retry);
    lose("this node does not need it any more", LinkState.CLOSED);
    dropWire();
    state = LinkState.CLOSED;
    outbox.clear();
    gone();
  }

  /** Writes what waits, as far as the connection takes it; without a connection it is dropped. */
  void flush() {
    if (state != LinkState.UP || endedBySilence()) {
      outbox.clear();
      return;
    }
    Wire open = wire;
    while (open != null && !open.isFull()) {
      Buffer frames = outbox.take(WRITE_SIZE);
      if (frames == null) {
        return;
      }
      open.write(frames);
    }
  }

  private void tick() {
    boolean over = endedBySilence();
    long now = loop.nanoTime();
    tickedAt = now;
    Wire open = wire;
    if (over || open == null) {
      return;
    } else if (state == LinkState.UP
        && now - beatAt > heartbeatNanos - heartbeatNanos / TICKS_PER_HEARTBEAT / 2) {
      beatAt = now;
      open.write(FrameReader.framed(FrameCodec.write(new Frame.Heartbeat())));
    } else if (state == LinkState.GREETING
        && now - greetingSince > TimeUnit.MILLISECONDS.toNanos(settings.greetingTimeout())) {
      dropWire();
      pause("it does not answer the greeting", false);
    }
  }

  // ---- what they have in common

  private void up(Wire greeted, String greetedLife) {
    cancel(verdict);
    if (!greetedLife.equals(life)) {
      gone();
    }
    life = greetedLife;
    wire = greeted;
    session++;
    state = LinkState.UP;
    heardAt = loop.nanoTime();
    beatAt = heardAt;
    pauseMs = FIRST_PAUSE_MS;
    said = null;
    saidUnknown = false;
    greeted.allow(settings.maxFrame());
    meters.count(CounterName.LINK_CONNECTIONS);
    logger.info("Node {} is connected ({})", peer.node(), greeted.remote());
    events.up(this, greetedLife);
  }

  /**
   * Ends a connection on which nothing was heard for too long. If this node itself stood still
   * meanwhile, the silence says nothing about the other one, which gets the time to come back.
   */
  private boolean endedBySilence() {
    long now = loop.nanoTime();
    if (state != LinkState.UP || now - heardAt <= silenceNanos) {
      return false;
    }
    boolean stoodStill = now - tickedAt > silenceNanos / 2;
    lost(
        stoodStill
            ? "this node stood still"
            : "nothing was heard for " + settings.heartbeatTimeout() + " ms");
    if (!stoodStill) {
      gone();
    }
    return true;
  }

  private void lost(String reason) {
    lose(reason, dials ? LinkState.WAITING : LinkState.IDLE);
    if (dials && state == LinkState.WAITING) {
      retryLater();
    }
  }

  private void lose(String reason, LinkState then) {
    if (state != LinkState.UP) {
      return;
    }
    dropWire();
    state = then;
    meters.count(CounterName.LINKS_LOST);
    logger.info("The connection to node {} is lost: {}", peer.node(), reason);
    outbox.clear();
    cancel(verdict);
    verdict = loop.after(settings.reconnectTime(), this::gone);
    events.down(this);
  }

  private void gone() {
    cancel(verdict);
    String over = life;
    if (over != null && state != LinkState.UP) {
      life = null;
      events.gone(this, over);
    }
  }

  private void dropWire() {
    Wire open = wire;
    wire = null;
    if (open != null) {
      open.close();
    }
  }

  private void pause(String reason, boolean forLong) {
    state = LinkState.WAITING;
    if (!reason.equals(said)) {
      said = reason;
      logger
          .atLevel(forLong ? Level.WARN : Level.INFO)
          .log("Node {} cannot be reached, tried again until it can: {}", peer, reason);
    }
    if (forLong) {
      pauseMs = LONGEST_PAUSE_MS;
    }
    retryLater();
  }

  /** Begins the next attempt after a pause, half of which is random, as both ends may have it. */
  private void retryLater() {
    long half = pauseMs / 2;
    retry = loop.after(half + loop.random(half + 1), this::start);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }

  private void unknown(String what) {
    meters.count(CounterName.LINK_FRAMES_IGNORED);
    if (!saidUnknown) {
      saidUnknown = true;
      logger.error(
          "A frame of node {} is not understood and ignored ({}); further ones of this connection"
              + " are only counted",
          peer.node(),
          what);
    }
  }

  private static void cancel(Loop.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void unfit(String event) {
    meters.stateErrors().report("the link to node " + peer.node(), state, event);
  }
}
