package io.eric.bus;

import io.eric.EricException;
import io.eric.Position;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.bus.FromChannel.Attached;
import io.eric.bus.FromChannel.Fetched;
import io.vertx.core.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a channel's log for one stream: attaches it, asks for batches, waits to be woken, and
 * attaches anew when the channel has another owner. What becomes of the messages is the {@link
 * Stream}'s business. On one loop.
 *
 * <table>
 * <caption>States and events</caption>
 * <tr><th>state</th><th>an answer</th><th>drained</th><th>woken</th><th>moved</th>
 *     <th>demoted</th></tr>
 * <tr><td>OPENING</td><td>see {@link #begin}</td><td>–</td><td>kept</td><td>kept</td><td>–</td></tr>
 * <tr><td>READING</td><td>LIVE, WAITING, PAUSED, DRAINING or READING</td><td>–</td><td>kept</td>
 *     <td>REATTACHING</td><td>–</td></tr>
 * <tr><td>WAITING</td><td>–</td><td>–</td><td>DRAINING or READING</td><td>REATTACHING</td>
 *     <td>–</td></tr>
 * <tr><td>PAUSED</td><td>–, then DRAINING or READING</td><td>–</td><td>–</td>
 *     <td>REATTACHING</td><td>–</td></tr>
 * <tr><td>DRAINING</td><td>–</td><td>READING</td><td>–</td><td>REATTACHING</td><td>–</td></tr>
 * <tr><td>LIVE</td><td>–</td><td>–</td><td>–</td><td>REATTACHING</td>
 *     <td>DRAINING or READING</td></tr>
 * <tr><td>REATTACHING</td><td>as READING; or asks again</td><td>–</td><td>kept</td>
 *     <td>REATTACHING, anew</td><td>–</td></tr>
 * <tr><td>OVER</td><td>given back</td><td>–</td><td>–</td><td>–</td><td>–</td></tr>
 * </table>
 *
 * <p>A dash is an event that changes nothing: an answer to a question that another one has
 * replaced, or news that the next read finds out by itself. Two events may come before the answer
 * that they belong to, and are kept until it comes: to be woken, and that the channel has moved.
 */
public final class ChannelReader {

  /** What the stream does. */
  public enum State {
    /** It is not attached, or has not begun. */
    OPENING,
    /** It has asked for a batch. */
    READING,
    /** It has read everything; the channel wakes it. */
    WAITING,
    /** The channel wants a pause between messages. */
    PAUSED,
    /** What it has read has to be handed on before it reads more. */
    DRAINING,
    /** It is pushed to with others. */
    LIVE,
    /** It attaches anew. */
    REATTACHING,
    /** It has ended. */
    OVER
  }

  /** How long to wait before a channel is asked again that nobody serves at this moment. */
  private static final long REATTACH_PAUSE_MS = 500;

  /** The position of a stream that is not attached yet. */
  private static final long UNKNOWN = -1;

  private final ChannelLink link;
  private final Loop loop;
  private final BooleanSupplier mayMove;
  private final Stream stream;
  private final Asking asking;

  private State state = State.OPENING;
  private long number;

  /** The question whose answer is waited for; what answers an earlier one comes too late. */
  private int question;

  private @Nullable Attached attached;
  private boolean wokenEarly;
  private boolean movedEarly;
  private Loop.@Nullable Timer timer;

  /** What a stream asks for. */
  public record Asking(
      String channel,
      String edge,
      @Nullable String listener,
      boolean live,
      boolean raw,
      int maxMessages,
      int maxBytes) {}

  /** Where messages go. */
  public interface Stream {

    /** A number at its edge that no stream has had; it is attached under this one from now on. */
    long renumber();

    /** The sequence to read on after: what follows was not given to it. */
    long readTo();

    /** It was attached, and what comes next begins right after this sequence. */
    void attached(Attached now, long startsAfter);

    /** Takes a batch, which may end it. */
    void take(Fetched batch);

    /** Whether it has handed on all that it took. */
    boolean isDrained();

    /** Whether it is pushed to from this sequence on, and lacks nothing. */
    boolean joinLive(long from);

    /** It is pushed to no more, because it attaches anew. */
    void leaveLive();

    /** Its listener was stopped meanwhile. */
    void stopped();

    /** It cannot go on. */
    void failed(Throwable reason);
  }

  /**
   * A reader, which has not asked for anything.
   *
   * @param mayMove whether the channel may come back on another node when it does not answer
   * @param number its first number at its edge
   */
  public ChannelReader(
      ChannelLink link,
      Loop loop,
      BooleanSupplier mayMove,
      Asking asking,
      long number,
      Stream stream) {
    this.link = link;
    this.loop = loop;
    this.mayMove = mayMove;
    this.asking = asking;
    this.number = number;
    this.stream = stream;
  }

  // ---- events

  /**
   * Attaches it; nothing is given to the stream before {@link #begin}.
   *
   * @param after a position to resume after, as the client wrote it, or null
   * @return fails with an {@link EricException}; then the stream is over
   */
  public Future<Attached> open(@Nullable String after) {
    return link.<Attached>ask(asking.channel, attach(after))
        .onSuccess(this::opened)
        .onFailure(this::notOpened);
  }

  private void opened(Attached answer) {
    long startsAfter = startOf(answer.first());
    attached = answer;
    if (answer.stopped()) {
      state = State.OVER;
    } else if (state == State.OVER) { // left before the answer came: it has a stream that is none
      tellDetached(number, startsAfter);
    } else {
      stream.attached(answer, startsAfter);
    }
  }

  private void notOpened(Throwable reason) {
    state = State.OVER;
    if (reason instanceof UnavailableException) { // an answer that is only late opens it still
      tellDetached(number, UNKNOWN);
    }
  }

  /** Gives the stream its first batch, and goes on. */
  public void begin() {
    Attached opened = attached;
    if (state != State.OPENING || opened == null) {
      return;
    }
    took(opened.first());
    if (movedEarly) {
      movedEarly = false;
      reattach();
    }
  }

  /** What the stream has taken is handed on. */
  public void drained() {
    if (state == State.DRAINING) {
      read();
    }
  }

  /** There is something for it. */
  public void wake() {
    switch (state) {
      case WAITING -> readWhenDrained();
      case OPENING, READING, REATTACHING -> wokenEarly = true;
      case PAUSED, DRAINING, LIVE, OVER -> {} // it reads anyway, or is pushed to, or is gone
    }
  }

  /** It is pushed to no more, and reads on for itself. */
  public void demote() {
    if (state == State.LIVE) {
      readWhenDrained();
    }
  }

  /** The channel has another owner, or its owner is within reach again: it attaches anew. */
  public void moved() {
    switch (state) {
      case OPENING -> movedEarly = true;
      case READING, WAITING, PAUSED, DRAINING, LIVE, REATTACHING -> reattach();
      case OVER -> {}
    }
  }

  /** It ends, of which the channel has to know nothing, or knows it already. Idempotent. */
  public void over() {
    state = State.OVER;
    question++;
    cancelTimer();
  }

  /**
   * It ends, and the channel is told how far it got. Idempotent.
   *
   * @param written what was handed on; -1 if that is not known
   */
  public void leave(long written) {
    if (state != State.OVER) {
      tellDetached(number, attached == null ? UNKNOWN : written);
      over();
    }
  }

  // ---- what it is

  /** What it does. */
  public State state() {
    return state;
  }

  /** Whether it has ended. */
  public boolean isOver() {
    return state == State.OVER;
  }

  /** What the channel knows it by at its edge. */
  public long number() {
    return number;
  }

  /** What the channel last said about it; null before it was attached. */
  public @Nullable Attached attached() {
    return attached;
  }

  // ---- reading

  private void took(Fetched batch) {
    stream.take(batch);
    if (state == State.OVER) {
      return;
    }
    boolean woken = wokenEarly;
    wokenEarly = false;
    if (batch.live()) {
      if (stream.joinLive(batch.through())) {
        state = State.LIVE;
      } else {
        read();
      }
    } else if (batch.waiting() && !woken) {
      state = State.WAITING;
    } else if (!batch.entries().isEmpty() && delayMs() > 0) {
      state = State.PAUSED;
      timer = loop.after(delayMs(), this::readWhenDrained);
    } else {
      readWhenDrained();
    }
  }

  /** Who takes batches makes the pauses when it hands them out. */
  private long delayMs() {
    return attached == null || !asking.live ? 0 : attached.delayMs();
  }

  private void readWhenDrained() {
    cancelTimer();
    if (stream.isDrained()) {
      read();
    } else {
      state = State.DRAINING;
    }
  }

  private void read() {
    state = State.READING;
    int asked = ++question;
    link.<Fetched>askLong(
            asking.channel,
            new ToChannel.Fetch(
                asking.edge, number, stream.readTo(), asking.maxMessages, asking.maxBytes))
        .onComplete(
            answer -> {
              if (asked != question) {
                return;
              }
              if (answer.succeeded()) {
                took(answer.result());
              } else if (mayMove.getAsBoolean() && mayComeBack(answer.cause())) {
                reattach();
              } else {
                stream.failed(answer.cause()); // the channel is gone or does not answer
              }
            });
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  // ---- another owner

  private static boolean mayComeBack(Throwable failure) {
    return failure instanceof UnavailableException || failure instanceof RepositoryException;
  }

  private void reattach() {
    cancelTimer();
    stream.leaveLive();
    if (asking.listener == null) { // nothing else tells the channel that this is not one more
      tellDetached(number, stream.readTo());
    }
    state = State.REATTACHING;
    wokenEarly = false;
    number = stream.renumber();
    askAgain(++question, number);
  }

  private void askAgain(int asked, long under) {
    Attached before = attached;
    if (before == null) {
      throw new IllegalStateException("what was never attached cannot be attached anew");
    }
    String after = new Position(before.epoch(), stream.readTo()).toString();
    link.<Attached>ask(asking.channel, new ToChannel.Reattach(attach(after)))
        .onComplete(
            answer -> {
              if (asked != question) {
                if (answer.succeeded()) { // the channel has a stream there that is none
                  tellDetached(under, UNKNOWN);
                }
              } else if (answer.succeeded()) {
                reattached(answer.result());
              } else if (mayComeBack(answer.cause())) {
                timer = loop.after(REATTACH_PAUSE_MS, () -> askAgain(asked, under));
              } else {
                stream.failed(answer.cause()); // it is gone, or has another stream
              }
            });
  }

  private void reattached(Attached now) {
    if (now.stopped()) {
      stream.stopped();
      return;
    }
    attached = now;
    stream.attached(now, startOf(now.first()));
    took(now.first());
  }

  /** The channel's first batch starts right after this sequence. */
  private static long startOf(Fetched first) {
    return first.entries().isEmpty() ? first.through() : first.entries().get(0).sequence() - 1;
  }

  private ToChannel.Attach attach(@Nullable String after) {
    return new ToChannel.Attach(
        asking.edge,
        number,
        asking.listener,
        after,
        asking.live,
        asking.raw,
        asking.maxMessages,
        asking.maxBytes);
  }

  private void tellDetached(long stream, long written) {
    link.tell(asking.channel, new ToChannel.Detach(asking.edge, stream, written));
  }
}
