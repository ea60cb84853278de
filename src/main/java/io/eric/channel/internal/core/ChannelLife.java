package io.eric.channel.internal.core;

import io.eric.EricException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Knows how far a channel is between its deployment and its end. Only this class writes the state,
 * and the parts of the channel ask it, so that they cannot disagree. Its events come on the
 * channel's context; it may be asked from any thread.
 *
 * <table>
 * <caption>States and events</caption>
 * <tr><th>state</th><th>open</th><th>opened</th><th>failed</th><th>leave</th><th>close</th>
 *     <th>closed</th></tr>
 * <tr><td>NEW</td><td>OPENING</td><td>error</td><td>error</td><td>error</td><td>CLOSED</td>
 *     <td>error</td></tr>
 * <tr><td>OPENING</td><td>refused</td><td>OPEN</td><td>CLOSED</td><td>error</td><td>CLOSED</td>
 *     <td>error</td></tr>
 * <tr><td>OPEN</td><td>refused</td><td>error</td><td>error</td><td>LEAVING</td><td>CLOSING</td>
 *     <td>error</td></tr>
 * <tr><td>LEAVING</td><td>refused</td><td>error</td><td>error</td><td>–</td><td>–</td>
 *     <td>CLOSED</td></tr>
 * <tr><td>CLOSING</td><td>refused</td><td>error</td><td>error</td><td>–</td><td>–</td>
 *     <td>CLOSED</td></tr>
 * <tr><td>CLOSED</td><td>refused</td><td>error</td><td>–</td><td>–</td><td>–</td><td>–</td></tr>
 * </table>
 *
 * <p>A dash is an event that is ignored, because the channel ends already: a second {@code close}
 * waits for the same end, and a channel that leaves needs no other end when it is stopped. {@code
 * closed} comes twice if a removed channel is undeployed. A start that fails after the channel was
 * given up has nothing left to give up. "Refused" is an {@link IllegalStateException}, thrown when
 * a channel is deployed twice. An error is an event that cannot be: it changes nothing, and is
 * reported.
 */
public final class ChannelLife {

  /** The states of a channel. */
  public enum State {
    /** It was not deployed yet. */
    NEW,
    /** Its log is being opened, and it cannot be reached yet. */
    OPENING,
    /** It serves. */
    OPEN,
    /** Another node is to own it: callers are told to ask there. */
    LEAVING,
    /** It ends its streams, and refuses all requests but those about open streams. */
    CLOSING,
    /** It cannot be reached any more, and its log is closed or about to be. */
    CLOSED
  }

  private final BiConsumer<State, String> unfit;
  private volatile State state = State.NEW;

  /** The answer to callers that come too late; null for a channel that has left. */
  private @Nullable EricException refusal;

  /**
   * Creates the life of a channel that is not deployed.
   *
   * @param unfit is told of events that do not fit the state
   */
  public ChannelLife(BiConsumer<State, String> unfit) {
    this.unfit = unfit;
  }

  // ---- events

  /**
   * Notes that the channel's start has begun.
   *
   * @throws IllegalStateException if it has begun before
   */
  public void open() {
    if (state != State.NEW) {
      throw new IllegalStateException("the channel is " + state + " and cannot be deployed again");
    }
    state = State.OPENING;
  }

  /** Notes that the channel can be reached. */
  public void opened() {
    switch (state) {
      case OPENING -> state = State.OPEN;
      case NEW, OPEN, LEAVING, CLOSING, CLOSED -> unfit.accept(state, "opened");
    }
  }

  /** Notes that the start has failed. The channel could not be reached yet. */
  public void failed() {
    switch (state) {
      case OPENING -> state = State.CLOSED;
      case CLOSED -> {} // it was given up before
      case NEW, OPEN, LEAVING, CLOSING -> unfit.accept(state, "failed");
    }
  }

  /**
   * Begins the leaving, because another node is to own the channel.
   *
   * @return whether the channel has to leave now; false if it leaves or ends already
   */
  public boolean leave() {
    switch (state) {
      case OPEN -> {
        state = State.LEAVING;
        return true;
      }
      case LEAVING, CLOSING, CLOSED -> {} // it ends already
      case NEW, OPENING -> unfit.accept(state, "leave"); // only a deployed channel is left
    }
    return false;
  }

  /**
   * Begins the end of the channel.
   *
   * @param refusal the answer to callers from now on
   * @return whether there is something to end now; false if the channel was not open, or ends
   *     already
   */
  public boolean close(EricException refusal) {
    switch (state) {
      case OPEN -> {
        this.refusal = refusal;
        state = State.CLOSING;
        return true;
      }
      // a log that is opened later is closed again by the start that opened it
      case NEW, OPENING -> {
        this.refusal = refusal;
        state = State.CLOSED;
      }
      case LEAVING, CLOSING, CLOSED -> {} // it ends already
    }
    return false;
  }

  /** Notes that the streams have ended, the address is left, and the log is closed or deleted. */
  public void closed() {
    switch (state) {
      case LEAVING, CLOSING -> state = State.CLOSED;
      case CLOSED -> {} // it was removed, and is undeployed now
      case NEW, OPENING, OPEN -> unfit.accept(state, "closed");
    }
  }

  // ---- what it is

  public State state() {
    return state;
  }

  /** Returns whether the channel serves no more, so that nothing new may begin in it. */
  boolean isEnding() {
    return switch (state) {
      case LEAVING, CLOSING, CLOSED -> true;
      case NEW, OPENING, OPEN -> false;
    };
  }

  /** Returns whether callers are told that the channel has another owner. */
  boolean hasLeft() {
    return isEnding() && refusal == null;
  }

  /** Returns the refusal that callers get; null while the channel serves, and when it has left. */
  @Nullable EricException refusal() {
    return refusal;
  }
}
