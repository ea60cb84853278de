package io.eric.cluster;

import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IndeterminateOperationState;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.LocalMemberResetException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.spi.exception.RetryableException;
import com.hazelcast.spi.exception.TargetDisconnectedException;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a node, and starts it again after a failure that may pass. A node that starts asks every
 * member, and a question is lost if one of the two is taken for dead at that moment.
 *
 * <p>Safe for any thread that may be blocked.
 */
public final class StartAttempts {

  static final int MOST = 5;

  /** What Hazelcast says when a member, this one too, was lost in the middle of a question. */
  private static final Set<Class<?>> PASSING =
      Set.of(
          RetryableException.class,
          IndeterminateOperationState.class,
          IndeterminateOperationStateException.class,
          OperationTimeoutException.class,
          TargetDisconnectedException.class,
          LocalMemberResetException.class,
          HazelcastInstanceNotActiveException.class);

  private static final Logger logger = LoggerFactory.getLogger(StartAttempts.class);

  private StartAttempts() {}

  /**
   * Starts, and starts again while the failure is one that may pass; blocks.
   *
   * @param attempt one attempt from the beginning; when it has failed, nothing of it is left
   * @throws Exception the failure of the last attempt
   */
  public static <T> T untilStarted(Callable<T> attempt) throws Exception {
    for (int number = 1; ; number++) {
      try {
        return attempt.call();
      } catch (Exception failure) {
        if (number == MOST || !mayPass(failure)) {
          throw failure;
        }
        logger.warn(
            "the cluster changed while this node started, which it does again ({} of {}): {}",
            number + 1,
            MOST,
            failure.getMessage());
      }
    }
  }

  private static boolean mayPass(Throwable failure) {
    return PASSING.stream().anyMatch(passing -> passing.isInstance(failure))
        || failure.getCause() != null && mayPass(failure.getCause());
  }
}
