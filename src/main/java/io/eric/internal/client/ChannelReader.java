package io.eric.internal.client;

import io.eric.EricException;
import io.eric.InvalidListenerException;
import io.eric.Position;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.internal.Loop;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.Session;
import io.eric.internal.protocol.StreamState;
import io.eric.metrics.StateErrors;
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
 * <tr><td>READING</td><td>LIVE_UNSETTLED, LIVE, WAITING, PAUSED, DRAINING or READING; a refusal:
 *     REATTACHING or OVER</td><td>–</td><td>kept</td><td>REATTACHING</td><td>–</td></tr>
 * <tr><td>WAITING</td><td>–</td><td>–</td><td>DRAINING or READING</td><td>REATTACHING</td>
 *     <td>–</td></tr>
 * <tr><td>PAUSED</td><td>–, then DRAINING or READING</td><td>–</td><td>–</td>
 *     <td>REATTACHING</td><td>–</td></tr>
 * <tr><td>DRAINING</td><td>–</td><td>READING</td><td>–</td><td>REATTACHING</td><td>–</td></tr>
 * <tr><td>LIVE_UNSETTLED</td><td>–</td><td>LIVE</td><td>–</td><td>REATTACHING</td>
 *     <td>DRAINING or READING</td></tr>
 * <tr><td>LIVE</td><td>–</td><td>–</td><td>–</td><td>REATTACHING</td>
 *     <td>DRAINING or READING</td></tr>
 * <tr><td>REATTACHING</td><td>as READING, or asks again; a refusal, or that
 *     its listener was stopped or taken over: OVER</td><td>–</td><td>kept</td>
 *     <td>REATTACHING, anew</td><td>–</td></tr>
 * <tr><td>OVER</td><td>given back</td><td>–</td><td>–</td><td>–</td><td>–</td></tr>
 * </table>
 *
 * <p>Beside these: {@link #begin} goes on with the first batch of a stream that is attached, does
 * nothing in OVER, and is an error anywhere else, see {@link StateErrors}. {@link #over} and {@link
 * #leave} lead from every state to OVER, which nothing leads out of. What the {@link ReaderBook}
 * finds out: {@link #readAgain} repeats the question of a stream that is READING, and is nothing
 * elsewhere; {@link #giveUp} has the stream end itself, except in OPENING, where it has no client
 * yet, and OVER; {@link #repair} says state by state what it does.
 *
 * <p>A dash is an event that changes nothing: an answer to a question that another one has
 * replaced, or news that the next read finds out by itself. Two events may come before the answer
 * that they belong to, and are kept until it comes: to be woken, and that the channel has moved.
 * What is lost on the way is found by the {@link ReaderBook}, which has it {@linkplain #repair
 * repaired}.
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
    /** The channel wants a pause between messages, or the stream cannot be live at this moment. */
    PAUSED,
    /** What it has read has to be handed on before it reads more. */
    DRAINING,
    /** It is pushed to with others, and what it read before is not handed on yet. */
    LIVE_UNSETTLED,
    /** It is pushed to with others, and the channel knows that it has what it read before. */
    LIVE,
    /** It attaches anew. */
    REATTACHING,
    /** It has ended. */
    OVER
  }

  /** How long to wait before a channel is asked again that nobody serves at this moment. */
  private static final long REATTACH_PAUSE_MS = 500;

  /**
   * How long to wait before it asks once more whether it may be live, having been refused twice.
   */
  private static final long JOIN_PAUSE_MS = 100;

  /** The position of a stream that is not attached yet. */
  private static final long UNKNOWN = -1;

  private final ChannelLink link;
  private final Loop loop;
  private final BooleanSupplier mayMove;
  private final Stream stream;
  private final Asking asking;
  private final ReaderBook book;

  /**
   * When it last changed its state, as the book counts. Like the next three, the book's to write.
   */
  long changedAt;

  /** Since when it waits for the answer to a read. */
  long readingSince;

  /** When it was last attached, as the book counts. */
  long attachedAt;

  /** Until when it may be attached anew. */
  long givenUpAt;

  private State state = State.OPENING;

  /** The number under which it was first attached. */
  private final long origin;

  private long number;

  /** The number under which the channel last attached it. */
  private long attachedNumber;

  /** The question whose answer is waited for; what answers an earlier one comes too late. */
  private int question;

  /** How often it has read or lagged under its present number, as the channel is told. */
  private int read;

  private @Nullable Attached attached;

  /** How often in a row it was not taken among the live ones although it had read everything. */
  private int joinsRefused;

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

    /** The sequence up to which it has handed everything on for certain. */
    long handedOn();

    /** It was attached, and what comes next begins right after this sequence. */
    void attached(Attached now, long startsAfter);

    /** Takes a batch, which may end it. */
    void take(Fetched batch);

    /** Whether it has handed on all that it took. */
    boolean isDrained();

    /** Whether it is pushed to from this sequence on, and lacks nothing. */
    boolean joinLive(long from);

    /** It leaves those that are pushed to, because it attaches anew. */
    void leaveLive();

    /** The channel has forgotten that it is pushed to: it lags, and says so. */
    void demote();

    /** The channel has not answered for so long that its client had better come back. */
    void givenUp();

    /** Its listener was stopped meanwhile. */
    void stopped();

    /** Its listener has another stream by now, which was opened later. */
    void takenOver();

    /** It cannot go on. */
    void failed(Throwable reason);
  }

  /**
   * A reader, which has not asked for anything.
   *
   * @param mayMove whether the channel may come back on another node when it does not answer
   * @param number its first number at its edge
   * @param book the book of the streams that it belongs to
   */
  public ChannelReader(
      ChannelLink link,
      Loop loop,
      BooleanSupplier mayMove,
      Asking asking,
      long number,
      ReaderBook book,
      Stream stream) {
    this.link = link;
    this.loop = loop;
    this.mayMove = mayMove;
    this.asking = asking;
    this.origin = number;
    this.number = number;
    this.book = book;
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
    attachedNumber = number;
    if (answer.stopped()) {
      become(State.OVER);
    } else if (state == State.OVER) { // left before the answer came: it has a stream that is none
      tellDetached(number, startsAfter);
    } else {
      stream.attached(answer, startsAfter);
    }
  }

  private void notOpened(Throwable reason) {
    become(State.OVER);
    if (reason instanceof UnavailableException) { // an answer that is only late opens it still
      tellDetached(number, UNKNOWN);
    }
  }

  /**
   * Gives the stream its first batch, and goes on; nothing, if it is over already. To be called
   * once, when it is attached: at any other time it is an error, see {@link StateErrors}.
   */
  public void begin() {
    Attached opened = attached;
    if (state == State.OVER) {
      return;
    }
    if (state != State.OPENING || opened == null) {
      book.unfit(this, "begin");
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
    } else if (state == State.LIVE_UNSETTLED) {
      settle();
    }
  }

  private void settle() {
    become(State.LIVE);
    tellWritten();
  }

  private void tellWritten() {
    Session session = attached == null ? Session.NONE : attached.session();
    link.tell(
        asking.channel,
        new ChannelRequest.Written(asking.edge, session, number, read, stream.handedOn()));
  }

  /** There is something for it. */
  public void wake() {
    switch (state) {
      case WAITING -> readWhenDrained();
      case OPENING, READING, REATTACHING -> wokenEarly = true;
      case PAUSED,
          DRAINING,
          LIVE_UNSETTLED,
          LIVE,
          OVER -> {} // it reads anyway, or is pushed to, or is gone
    }
  }

  /** It is pushed to no more, and reads on for itself. */
  public void demote() {
    if (isLive()) {
      tellDemoted();
      readWhenDrained();
    }
  }

  /** The channel has another owner, or its owner is within reach again: it attaches anew. */
  public void moved() {
    switch (state) {
      case OPENING -> movedEarly = true;
      case READING, WAITING, PAUSED, DRAINING, LIVE_UNSETTLED, LIVE, REATTACHING -> reattach();
      case OVER -> {}
    }
  }

  /** It ends, of which the channel has to know nothing, or knows it already. Idempotent. */
  public void over() {
    become(State.OVER);
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
      if (state == State.REATTACHING && attachedNumber != number) {
        tellDetached(attachedNumber, written); // where its question for another one is lost
      }
      over();
    }
  }

  // ---- what it is

  private void become(State next) {
    State before = state;
    state = next;
    book.changed(this, before, next);
  }

  private boolean isLive() {
    return state == State.LIVE_UNSETTLED || state == State.LIVE;
  }

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

  /**
   * The number under which it was first attached: a stream that was opened later has a higher one.
   */
  public long origin() {
    return origin;
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
      joinLive(batch.through());
      return;
    }
    joinsRefused = 0;
    if (batch.waiting() && !woken) {
      become(State.WAITING);
    } else if (!batch.entries().isEmpty() && delayMs() > 0) {
      pause(delayMs());
    } else {
      readWhenDrained();
    }
  }

  private void joinLive(long from) {
    if (stream.joinLive(from)) {
      become(State.LIVE_UNSETTLED);
      joinsRefused = 0;
      if (stream.isDrained()) {
        settle();
      }
    } else if (joinsRefused++ == 0) {
      read(); // what it lacks has come
    } else {
      pause(JOIN_PAUSE_MS);
    }
  }

  private void pause(long ms) {
    become(State.PAUSED);
    timer = loop.after(ms, this::readWhenDrained);
  }

  /** A reader in a program makes the pauses itself when it hands messages out. */
  private long delayMs() {
    return attached == null || !asking.live ? 0 : attached.delayMs();
  }

  private void readWhenDrained() {
    cancelTimer();
    if (stream.isDrained()) {
      read();
    } else {
      become(State.DRAINING);
    }
  }

  private void read() {
    become(State.READING);
    int asked = ++question;
    link.<Fetched>askLong(
            asking.channel,
            new ChannelRequest.Fetch(
                asking.edge, number, ++read, stream.readTo(), asking.maxMessages, asking.maxBytes))
        .onComplete(
            answer -> {
              if (asked != question) {
                return;
              }
              if (answer.succeeded()) {
                took(answer.result());
              } else if (answer.cause() instanceof InvalidListenerException
                  || mayMove.getAsBoolean() && mayComeBack(answer.cause())) {
                // The channel may have forgotten the stream; if its listener is gone, it says so.
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
    become(State.REATTACHING);
    wokenEarly = false;
    number = stream.renumber();
    read = 0;
    askAgain(++question, number);
  }

  private void askAgain(int asked, long under) {
    Attached before = attached;
    if (before == null) {
      throw new IllegalStateException("what was never attached cannot be attached anew");
    }
    String after = new Position(before.epoch(), stream.readTo()).toString();
    link.<Attached>ask(
            asking.channel, new ChannelRequest.Reattach(attach(after), origin, stream.handedOn()))
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
              } else if (isTaken(answer.cause())) {
                stream.takenOver();
              } else {
                stream.failed(answer.cause()); // the listener is gone, or the channel
              }
            });
  }

  private static boolean isTaken(Throwable refusal) {
    return refusal instanceof InvalidListenerException taken && taken.exists();
  }

  private void reattached(Attached now) {
    if (now.stopped()) {
      stream.stopped();
      return;
    }
    attached = now;
    attachedNumber = number;
    stream.attached(now, startOf(now.first()));
    took(now.first());
  }

  /** The channel's first batch starts right after this sequence. */
  private static long startOf(Fetched first) {
    return first.entries().isEmpty() ? first.through() : first.entries().get(0).sequence() - 1;
  }

  private ChannelRequest.Attach attach(@Nullable String after) {
    return new ChannelRequest.Attach(
        asking.edge,
        number,
        asking.listener,
        after,
        asking.live,
        asking.raw,
        asking.maxMessages,
        asking.maxBytes,
        book.intervalMs());
  }

  // ---- what the book finds

  /** The channel has no read of this stream under way. */
  void readAgain() {
    if (state == State.READING) {
      read();
    }
  }

  /**
   * Brings it in line with what the channel takes it to do.
   *
   * @param theirs null if the channel does not know it
   * @return whether anything had to be done
   */
  boolean repair(@Nullable StreamState theirs) {
    if (theirs == StreamState.ENDING || theirs == ReaderBook.stateOf(state)) {
      return false; // it is being told, or both agree
    }
    switch (state) {
      case OPENING, REATTACHING, OVER -> {
        return false; // it is not to be there, or its answer is on its way
      }
      case READING -> {
        if (theirs != null) {
          return false; // its read comes to the channel, or is found to be lost
        }
        reattach();
      }
      case WAITING, PAUSED, DRAINING, LIVE_UNSETTLED, LIVE -> {
        if (theirs == null) {
          reattach();
        } else {
          bringBack(theirs);
        }
      }
    }
    return true;
  }

  private void bringBack(StreamState theirs) {
    switch (state) {
      case WAITING -> readWhenDrained();
      case PAUSED, DRAINING -> tellDemoted();
      case LIVE -> {
        if (theirs == StreamState.LIVE_UNSETTLED) {
          tellWritten();
        } else {
          stream.demote();
        }
      }
      case LIVE_UNSETTLED -> stream.demote();
      case OPENING, READING, REATTACHING, OVER ->
          throw new IllegalStateException("a stream that is " + state + " is not brought back");
    }
  }

  private void tellDemoted() {
    link.tell(
        asking.channel, new ChannelRequest.Demote(asking.edge, number, ++read, stream.handedOn()));
  }

  /** The channel has not answered for too long, or not proved that it is the owner's. */
  void giveUp() {
    if (state != State.OPENING && state != State.OVER) {
      stream.givenUp();
    }
  }

  private void tellDetached(long stream, long written) {
    link.tell(asking.channel, new ChannelRequest.Detach(asking.edge, stream, written));
  }
}
