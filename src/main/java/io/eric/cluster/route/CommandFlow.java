package io.eric.cluster.route;

import io.eric.InvalidChannelException;
import io.eric.UnavailableException;
import io.eric.cluster.route.Forwarding.Answered;
import io.eric.cluster.route.Forwarding.NotDone;
import io.eric.cluster.route.Forwarding.Refused;
import io.eric.cluster.route.Forwarding.Result;
import io.eric.cluster.route.Forwarding.Silent;
import io.eric.cluster.route.WaitingCommands.Refusal;
import io.eric.internal.Loop;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.Command;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the commands for a channel go to its owner.
 *
 * <table>
 *   <caption>States</caption>
 *   <tr><th>state</th><th>served</th><th>unserved</th><th>a ping is answered</th><th>a command or
 *       ping did not reach the channel</th><th>close</th></tr>
 *   <tr><td>UNSERVED</td><td>PROBING</td><td>–</td><td>–</td><td>–</td><td>CLOSED</td></tr>
 *   <tr><td>PROBING</td><td>PROBING</td><td>UNSERVED</td><td>FLOWING</td><td>–, the next ping is
 *       later</td><td>CLOSED</td></tr>
 *   <tr><td>FLOWING</td><td>PROBING</td><td>UNSERVED</td><td>–</td><td>PROBING</td><td>CLOSED</td>
 *       </tr>
 *   <tr><td>CLOSED</td><td>–</td><td>–</td><td>–</td><td>–</td><td>–</td></tr>
 * </table>
 *
 * <p>In the states UNSERVED and PROBING commands are held back. PROBING exists because an owner is
 * known before its channels are open. If commands were sent then, a first one could be turned away
 * and a second one be taken, so that the order of a publisher were lost; and thousands of channels
 * that open after a failover would be sent everything again and again. So a ping finds out whether
 * the channel is open, and only when something is held back or has to be said.
 *
 * <p>Whether a publish is repeated is not decided here but by {@code PublishAttempts}, which sends
 * it again until its caller's time is up.
 */
final class CommandFlow {

  /**
   * One attempt of what is answered at once. It is not what finds the next owner, because the news
   * of the next owner ends the attempt. It is for the case that no such news comes: elections take
   * at most 1 s, so after 1.5 s of silence the group is asked which node the owner is. Three
   * attempts fit into the 5 s that callers wait by default.
   */
  static final long ATTEMPT_MS = 1_500;

  /**
   * After this time a batch that is repeated by its publisher is sent again. A channel holds
   * acknowledgements back for its {@code publishStall}, by default 1 s, which is no reason.
   */
  static final long OVERDUE_MS = 1_000;

  /** The first pause before another ping: opening a channel takes milliseconds. */
  static final long FIRST_PAUSE_MS = 25;

  /**
   * The longest pause before another ping, which is reached after 3 of them. 5,000 channels that
   * all wait make 25,000 pings a second, and the pause is short against the second in which a
   * failover is to be over.
   */
  static final long LAST_PAUSE_MS = 200;

  /**
   * How exactly the ends of waiting are kept: well within the margin by which a command is given up
   * before its caller gives up, and seldom enough for thousands of commands.
   */
  static final long EXPIRY_MS = 50;

  /** What is said to an owner beside the commands. */
  interface Orders {

    /** Returns whether anything is to be said to the owner when its channel is open. */
    boolean areWaiting();

    /** Says it: the owner's channel is open. */
    void ownerIsOpen();

    /** Takes a command that the channel has done. */
    void done(Object body);
  }

  /** The states of the table above. */
  enum State {
    UNSERVED,
    PROBING,
    FLOWING,
    CLOSED
  }

  private final RouteParts parts;
  private final Loop loop;
  private final String channel;
  private final Forwarding forwarding;
  private final Orders orders;
  private State state = State.UNSERVED;
  private @Nullable String owner;

  /** Null while none waits, which is the case of most channels. */
  private @Nullable WaitingCommands waiting;

  /** Counts what makes an earlier ping or pause void. */
  private int probe;

  private boolean probing;
  private long pauseMs = FIRST_PAUSE_MS;
  private Loop.@Nullable Timer expiry;
  private long expiresAt;

  /**
   * Creates the flow of a channel without an owner.
   *
   * @param orders what is said to an owner before any command goes to it
   */
  CommandFlow(RouteParts parts, String channel, Forwarding forwarding, Orders orders) {
    this.parts = parts;
    this.loop = parts.loop();
    this.channel = channel;
    this.forwarding = forwarding;
    this.orders = orders;
  }

  State state() {
    return state;
  }

  // ---- what the owner is

  /** Notes that a node serves the channel, perhaps again, under another term than before. */
  void served(String node) {
    if (state == State.CLOSED) {
      return;
    }
    owner = node;
    state = State.PROBING;
    pauseMs = FIRST_PAUSE_MS;
    voidProbe();
    WaitingCommands all = waiting;
    if (all != null) {
      for (PendingCommand each : all.all()) {
        if (each.isFetch()) {
          fail(each, "the stream has to be opened again");
        } else if (each.mayBeRepeated()) {
          each.holdBack();
        } // else the former owner may have done it, and only its answer tells
      }
      watchExpiry();
    }
    probe();
  }

  /** Notes that no node serves the channel. */
  void unserved() {
    if (state != State.CLOSED) {
      owner = null;
      state = State.UNSERVED;
      voidProbe();
    }
  }

  /**
   * Ends the flow, because the channel is removed. A removal that is under way may be the one that
   * has removed it, so its caller gets the owner's answer.
   */
  void close() {
    state = State.CLOSED;
    voidProbe();
    stopExpiry();
    WaitingCommands all = waiting;
    if (all != null) {
      for (PendingCommand each : all.all()) {
        if (!(each.isSent() && each.isRemoval())) {
          failUnknown(each);
        }
      }
    }
  }

  // ---- what comes

  /** Sends what is not answered, and drops it while there is no owner. */
  void tell(Object body) {
    String node = owner;
    if (node != null && state != State.CLOSED) {
      forwarding.tell(node, body);
    }
  }

  /**
   * Takes a command.
   *
   * @param patienceMs how long it may wait here, in milliseconds
   */
  void ask(Object body, Caller caller, long patienceMs) {
    if (state == State.CLOSED) {
      caller.fail(404, InvalidChannelException.unknown(channel).text());
      return;
    }
    WaitingCommands all = waiting();
    PendingCommand former = all.findFormer(body);
    long bytes = former == null ? WaitingCommands.sizeOf(body) : WaitingCommands.CALLER_BYTES;
    Refusal refusal = all.refusal(bytes);
    if (refusal != null) {
      parts.meters().count(refusal.counter());
      caller.fail(503, all.exception(refusal).text());
      dropIfEmpty(all);
      return;
    }
    long deadline = loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
    if (former != null) {
      all.join(former, caller, deadline);
      if (former.isSentSince(loop.nanoTime(), TimeUnit.MILLISECONDS.toNanos(OVERDUE_MS))) {
        parts.observer().missed(channel);
        former.holdBack();
        sendOrWait(former);
      }
      return;
    }
    sendOrWait(all.add(body, caller, bytes, deadline));
  }

  private void sendOrWait(PendingCommand command) {
    if (state == State.FLOWING) {
      send(command);
    } else {
      watchExpiry(command);
      probe();
    }
  }

  /** Finds out whether the owner is open, if anything waits for that. */
  void probe() {
    if (state != State.PROBING || probing || !(isAnyHeldBack() || orders.areWaiting())) {
      return;
    }
    probing = true;
    int number = ++probe;
    String node = owner();
    forwarding
        .ask(node, new Command.Ping(channel).toJson(), ATTEMPT_MS)
        .onSuccess(
            result -> {
              if (number == probe) {
                probed(result, number);
              }
            });
  }

  private void probed(Result result, int number) {
    if (result instanceof NotDone || result instanceof Silent) {
      parts.observer().missed(channel);
      if (number == probe) {
        probeLater();
      }
    } else {
      probing = false; // whatever else it answers, it is the channel that answers
      state = State.FLOWING;
      pauseMs = FIRST_PAUSE_MS;
      stopExpiry();
      orders.ownerIsOpen();
      sendHeldBack();
    }
  }

  private void probeLater() {
    int number = ++probe;
    long pause = pauseMs;
    pauseMs = Math.min(2 * pause, LAST_PAUSE_MS);
    probing = true;
    loop.after(
        pause,
        () -> {
          if (number == probe) {
            probing = false;
            probe();
          }
        });
  }

  private void voidProbe() {
    probe++;
    probing = false;
  }

  private String owner() {
    String node = owner;
    if (node == null) {
      throw new IllegalStateException("there is no owner in the state " + state);
    }
    return node;
  }

  // ---- attempts

  private void sendHeldBack() {
    WaitingCommands all = waiting;
    if (all == null) {
      return;
    }
    for (PendingCommand each : all.all()) {
      if (state != State.FLOWING) {
        return; // the rest is sent with this one, in order
      }
      if (!each.isSent() && all.contains(each)) {
        send(each);
      }
    }
  }

  private void send(PendingCommand command) {
    long now = loop.nanoTime();
    if (command.deadline() - now <= 0) {
      expire(command);
      return;
    }
    long leftMs = TimeUnit.NANOSECONDS.toMillis(command.deadline() - now);
    int attempt = command.send(now);
    forwarding
        .ask(
            owner(),
            command.body(),
            command.hasOneAttempt() ? leftMs : Math.min(leftMs, ATTEMPT_MS))
        .onSuccess(
            result -> {
              WaitingCommands all = waiting;
              if (all != null && all.contains(command) && command.awaits(attempt)) {
                answered(command, result);
              } // else it is answered, or another attempt is to be made
            });
  }

  private void answered(PendingCommand command, Result result) {
    if (result instanceof Answered answered) {
      remove(command);
      orders.done(command.body());
      command.reply(answered.answer());
    } else if (result instanceof Refused refused) {
      remove(command);
      command.fail(refused.code(), refused.text());
    } else if (result instanceof NotDone) {
      if (state == State.CLOSED) {
        failUnknown(command); // another removal was first
      } else {
        missed(command);
      }
    } else if (result instanceof Silent && command.mayBeRepeated()) {
      missed(command);
    } else if (state == State.CLOSED) { // by a removal, which is what this one has asked for
      remove(command);
      command.reply(BusReply.result(BusReply.ACK));
    } else {
      fail(command, "no answer from the channel, the outcome is unknown");
    }
  }

  /** Holds a command back, and what comes after it. */
  private void missed(PendingCommand command) {
    command.holdBack();
    watchExpiry(command);
    if (state == State.FLOWING) {
      state = State.PROBING;
      parts.observer().missed(channel);
      if (state == State.PROBING && !probing) {
        probeLater();
      }
    }
  }

  // ---- the end of waiting

  private boolean isAnyHeldBack() {
    WaitingCommands all = waiting;
    return all != null && all.all().stream().anyMatch(each -> !each.isSent());
  }

  private void watchExpiry() {
    WaitingCommands all = waiting;
    if (all != null) {
      all.all().stream().filter(each -> !each.isSent()).forEach(this::watchExpiry);
    }
  }

  private void watchExpiry(PendingCommand command) {
    long margin = TimeUnit.MILLISECONDS.toNanos(EXPIRY_MS);
    if (expiry != null && expiresAt - command.deadline() <= margin) {
      return;
    }
    stopExpiry();
    long now = loop.nanoTime();
    long pause = Math.max(command.deadline() - now, margin);
    expiresAt = now + pause;
    expiry = loop.after(TimeUnit.NANOSECONDS.toMillis(pause), this::expire);
  }

  private void stopExpiry() {
    Loop.Timer timer = expiry;
    expiry = null;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void expire() {
    expiry = null;
    WaitingCommands all = waiting;
    if (all == null) {
      return;
    }
    long now = loop.nanoTime();
    for (PendingCommand each : all.all()) {
      if (!each.isSent() && each.deadline() - now <= 0) {
        expire(each);
      }
    }
    watchExpiry();
  }

  private void expire(PendingCommand command) {
    fail(command, "nobody serves the channel, or it did not answer");
  }

  private void fail(PendingCommand command, String why) {
    remove(command);
    command.fail(503, new UnavailableException(why).text());
  }

  private void failUnknown(PendingCommand command) {
    remove(command);
    command.fail(404, InvalidChannelException.unknown(channel).text());
  }

  // ---- what waits

  private WaitingCommands waiting() {
    WaitingCommands all = waiting;
    if (all == null) {
      all = new WaitingCommands(parts.budget());
      waiting = all;
    }
    return all;
  }

  private void remove(PendingCommand command) {
    WaitingCommands all = waiting;
    if (all != null) {
      all.remove(command);
      dropIfEmpty(all);
    }
  }

  /** Frees the tables, which keep the size that they once had. */
  private void dropIfEmpty(WaitingCommands all) {
    if (all.isEmpty()) {
      waiting = null;
    }
  }
}
