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
 * attaches anew when the channel has another owner. The {@link Stream} decides what is done with
 * the messages. On one loop only.
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
 * <p>The other events: {@link #begin} goes on with the first batch of a stream that is attached,
 * does nothing in OVER, and is an error in any other state, see {@link StateErrors}. {@link #over}
 * and {@link #leave} lead from every state to OVER, which is final. The {@link ReaderBook} causes
 * three events. {@link #readAgain} repeats the question of a stream that is READING and does
 * nothing in other states. {@link #giveUp} makes the stream end, except in OPENING, where the
 * stream has no client yet, and in OVER. {@link #repair} acts by state.
 *
 * <p>A dash is an event that changes nothing: an answer to a question that was replaced by another
 * one, or news that the next read will bring in any case. Two events may come before the answer
 * that they belong to, and are kept until it comes: that the stream is woken, and that the channel
 * has moved. What is lost on the way is found by the {@link ReaderBook}, which has it {@linkplain
 * #repair repaired}.
 */
public final class ChannelReader {

  /** The state of the stream. */
  public enum State {
    /** It is not attached, or has not begun. */
    OPENING,
    /** It has asked for a batch and waits for the answer. */
    READING,
    /** It has read everything and waits until the channel wakes it. */
    WAITING,
    /**
     * It pauses, because the channel wants a pause between messages or the stream cannot be live
     * yet.
     */
    PAUSED,
    /** It has to hand on the messages that it took before it reads more. */
    DRAINING,
    /** It is pushed to with others, and has not handed on all that it read before. */
    LIVE_UNSETTLED,
    /**
     * It is pushed to with others, and the channel knows that it has handed on what it read before.
     */
    LIVE,
    /** It is being attached anew. */
    REATTACHING,
    /** It has ended. */
    OVER
  }

  /** How long to wait before a channel is asked again that is not served at this moment. */
  private static final long REATTACH_PAUSE_MS = 500;

  /**
   * How long to wait before the next read of a stream that could not become live twice in a row.
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
   * The number of its last change of state, as the book counts. The book writes this field and the
   * next three.
   */
  long changedAt;

  /** Since when it has waited for the answer to a read, in nanoseconds of the loop. */
  long readingSince;

  /** The number of the change by which it was last attached, as the book counts. */
  long attachedAt;

  /** Until when it may try to attach anew, in nanoseconds of the loop. */
  long givenUpAt;

  private State state = State.OPENING;

  /** The number under which it was first attached. */
  private final long origin;

  private long number;

  /** The number under which the channel last attached it. */
  private long attachedNumber;

  /**
   * The number of the question whose answer is awaited; answers to earlier questions are ignored.
   */
  private int question;

  /**
   * How often it has read or lagged under its present number. Requests to the channel contain this
   * count.
   */
  private int read;

  private @Nullable Attached attached;

  /** How often in a row it could not become live although it had read everything. */
  private int joinsRefused;

  private boolean wokenEarly;
  private boolean movedEarly;
  private Loop.@Nullable Timer timer;

  /**
   * The parameters of a stream's requests.
   *
   * @param channel the channel's id
   * @param edge the address under which the channel knows the reading side
   * @param listener the listener to read; null for a watcher
   * @param live whether the stream can be pushed to
   * @param raw whether messages are given without the channel's {@code adapt}
   * @param maxMessages how many messages a batch has at most
   * @param maxBytes the size limit of a batch
   */
  public record Asking(
      String channel,
      String edge,
      @Nullable String listener,
      boolean live,
      boolean raw,
      int maxMessages,
      int maxBytes) {}

  /** The stream that takes the messages. Called on the reader's loop. */
  public interface Stream {

    /**
     * Returns a number that no stream of its edge has had. The stream is attached under this number
     * from now on.
     */
    long renumber();

    /** Returns the sequence to read on after: later messages were not given to the stream. */
    long readTo();

    /** Returns the sequence up to which it has certainly handed everything on. */
    long handedOn();

    /**
     * Notes that the stream was attached, and that the next messages begin right after a sequence.
     */
    void attached(Attached now, long startsAfter);

    /** Takes a batch, which may end the stream. */
    void take(Fetched batch);

    /** Returns whether it has handed on everything that it took. */
    boolean isDrained();

    /**
     * Joins the live streams, having read up to a sequence. Returns false if it lacks later
     * messages, or cannot be pushed to.
     */
    boolean joinLive(long from);

    /** Leaves the live streams, because it is being attached anew. */
    void leaveLive();

    /** Leaves the live streams and reads, because the channel no longer takes it for live. */
    void demote();

    /**
     * Ends the stream: the channel has not answered for so long that its client should come back.
     */
    void givenUp();

    /** Ends the stream: its listener has been stopped. */
    void stopped();

    /** Ends the stream: its listener has another stream that was opened later. */
    void takenOver();

    /** Ends the stream after a failure. */
    void failed(Throwable reason);
  }

  /**
   * Creates a reader, which has not asked for anything.
   *
   * @param mayMove whether the channel may come back on another node when it does not answer
   * @param number the stream's first number at its edge
   * @param book the book of the edge's streams of the channel
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
   * Attaches the stream, which gets nothing before {@link #begin}.
   *
   * @param after a position to resume after, as the client wrote it, or null
   * @return fails with an {@link EricException}; the stream is over then
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
      // the stream was left before the answer came, and the channel has attached it
    } else if (state == State.OVER) {
      tellDetached(number, startsAfter);
    } else {
      stream.attached(answer, startsAfter);
    }
  }

  private void notOpened(Throwable reason) {
    become(State.OVER);
    if (reason instanceof UnavailableException) { // a late answer would still attach the stream
      tellDetached(number, UNKNOWN);
    }
  }

  /**
   * Gives the stream its first batch and goes on; does nothing if the stream is over. To be called
   * once, after the stream was attached. At any other time it is an error, see {@link StateErrors}.
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

  /** Notes that everything that the stream took is handed on. */
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

  /** Notes that there are messages for the stream. */
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

  /** Tells the channel that the stream is no longer pushed to, and reads on. */
  public void demote() {
    if (isLive()) {
      tellDemoted();
      readWhenDrained();
    }
  }

  /**
   * Attaches the stream anew, because the channel has another owner, or its owner can be reached
   * again.
   */
  public void moved() {
    switch (state) {
      case OPENING -> movedEarly = true;
      case READING, WAITING, PAUSED, DRAINING, LIVE_UNSETTLED, LIVE, REATTACHING -> reattach();
      case OVER -> {}
    }
  }

  /**
   * Ends the stream without telling the channel, which knows of the end or need not know.
   * Idempotent.
   */
  public void over() {
    become(State.OVER);
    question++;
    cancelTimer();
  }

  /**
   * Ends the stream and tells the channel how far it got. Idempotent.
   *
   * @param written the sequence up to which everything was handed on; -1 if that is not known
   */
  public void leave(long written) {
    if (state != State.OVER) {
      tellDetached(number, attached == null ? UNKNOWN : written);
      if (state == State.REATTACHING && attachedNumber != number) {
        // the channel may not have got the question under the new number
        tellDetached(attachedNumber, written);
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

  /** Returns the state. */
  public State state() {
    return state;
  }

  /** Returns whether the stream has ended. */
  public boolean isOver() {
    return state == State.OVER;
  }

  /** Returns the number by which the channel knows the stream at its edge. */
  public long number() {
    return number;
  }

  /**
   * Returns the number under which the stream was first attached. A stream that was opened later
   * has a higher one.
   */
  public long origin() {
    return origin;
  }

  /** Returns the channel's last answer about the stream; null before it was attached. */
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
      read(); // the messages that it lacked have come
    } else {
      pause(JOIN_PAUSE_MS);
    }
  }

  private void pause(long ms) {
    become(State.PAUSED);
    timer = loop.after(ms, this::readWhenDrained);
  }

  /**
   * Returns the pause between batches, in milliseconds. It is 0 for a reader in a program, which
   * makes the pauses itself when it hands messages out.
   */
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
                // The channel may have forgotten the stream. If the listener is gone, the answer
                // will say so.
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
    if (asking.listener == null) { // the channel could not tell that this is not another watcher
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
                if (answer.succeeded()) { // the channel has attached a stream that does not exist
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

  /** Returns the sequence right after which the channel's first batch starts. */
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

  /** Repeats a read of which the channel knows nothing. */
  void readAgain() {
    if (state == State.READING) {
      read();
    }
  }

  /**
   * Brings the stream in line with the state that the channel has it in.
   *
   * @param theirs the channel's state; null if the channel does not know the stream
   * @return whether anything had to be done
   */
  boolean repair(@Nullable StreamState theirs) {
    if (theirs == StreamState.ENDING || theirs == ReaderBook.stateOf(state)) {
      return false; // the stream is being ended, or both agree
    }
    switch (state) {
      case OPENING, REATTACHING, OVER -> {
        return false; // the channel need not have it, or the answer is on its way
      }
      case READING -> {
        if (theirs != null) {
          return false; // the read will arrive at the channel, or be found to be lost
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

  /**
   * Gives the stream up, because the channel has not answered for too long or has not been
   * confirmed to be the owner's. Does nothing before the stream has begun and after its end.
   */
  void giveUp() {
    if (state != State.OPENING && state != State.OVER) {
      stream.givenUp();
    }
  }

  private void tellDetached(long stream, long written) {
    link.tell(asking.channel, new ChannelRequest.Detach(asking.edge, stream, written));
  }
}
