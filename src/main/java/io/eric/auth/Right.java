package io.eric.auth;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a principal may be allowed to do. There is no other right, and each request at a door asks
 * for one of these.
 */
public enum Right {
  /** Watch a channel: broadcasts from now on. */
  SUBSCRIBE(Reach.CHANNEL),

  /** Read what a channel keeps from before: resume a watch, and begin at the earliest message. */
  HISTORY(Reach.CHANNEL),

  /** Attach to a named listener, start and stop it, take its next message. */
  LISTEN(Reach.LISTENER),

  /** Append a broadcast. */
  PUBLISH(Reach.CHANNEL),

  /** Append a message for one listener. */
  DISPATCH(Reach.LISTENER),

  /** Take work from a channel, and say that it is done, has failed or needs more time. */
  WORK(Reach.CHANNEL),

  /** Create and remove channels and their listeners. */
  MANAGE(Reach.CHANNEL),

  /** See in lists what one may touch. */
  LIST(Reach.CHANNEL),

  /** See who reads a channel. */
  PRESENCE(Reach.CHANNEL),

  /** Read metrics, revoke, and do whatever the other rights allow, everywhere. */
  ADMIN(Reach.HUB),

  /**
   * What everybody may do, without a token too: ask for the hub's health, and read its public
   * pages. A door names it, so that no request asks for nothing.
   */
  NONE(Reach.HUB);

  /** What a right is granted for. */
  public enum Reach {
    /** The whole hub: the right is granted or not. */
    HUB,
    /** Channels, by patterns of their ids. */
    CHANNEL,
    /** Listeners, by a pattern of the channel's id and one of the listener's. */
    LISTENER
  }

  private final Reach reach;
  private final String claim = name().toLowerCase(Locale.ROOT);

  Right(Reach reach) {
    this.reach = reach;
  }

  /** Returns what the right is granted for. */
  public Reach reach() {
    return reach;
  }

  /** Returns the right's name in grants, such as {@code subscribe}. */
  public String claim() {
    return claim;
  }

  /**
   * Returns the right of this name in grants.
   *
   * @throws IllegalArgumentException if no right that can be granted is called so
   */
  static Right of(String claim) {
    for (Right right : values()) {
      if (right != NONE && right.claim.equals(claim)) {
        return right;
      }
    }
    throw new IllegalArgumentException(
        "\""
            + claim
            + "\" is no right; there are "
            + Arrays.stream(values())
                .filter(right -> right != NONE)
                .map(Right::claim)
                .collect(Collectors.joining(", ")));
  }
}
