package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.spi.exception.TargetNotMemberException;
import io.vertx.core.VertxException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StartAttemptsTest {

  private int attempts;

  static Stream<Exception> passing() {
    return Stream.of(
        new OperationTimeoutException("operation-heartbeat-timeout"),
        new IndeterminateOperationStateException("indeterminate operation state"),
        new TargetNotMemberException("not a member"),
        new HazelcastInstanceNotActiveException("not active"),
        new VertxException(new OperationTimeoutException("as the cause")));
  }

  static Stream<Exception> lasting() {
    return Stream.of(
        new HazelcastException("ports are already in use"),
        new IllegalArgumentException("a setting"),
        new IllegalStateException("Node failed to start!"));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void whatMayPassIsTriedAgainFromTheBeginning(Exception failure) throws Exception {
    assertThat(start(failure, 2)).isEqualTo("started");
    assertThat(attempts).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("passing")
  void whatDoesNotPassIsTheLastFailure(Exception failure) {
    assertThatThrownBy(() -> start(failure, Integer.MAX_VALUE)).isSameAs(failure);
    assertThat(attempts).isEqualTo(StartAttempts.MOST);
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void whatCannotPassFailsAtOnce(Exception failure) {
    assertThatThrownBy(() -> start(failure, Integer.MAX_VALUE)).isSameAs(failure);
    assertThat(attempts).isEqualTo(1);
  }

  private String start(Exception failure, int failing) throws Exception {
    return StartAttempts.untilStarted(
        () -> {
          attempts++;
          if (attempts <= failing) {
            throw failure;
          }
          return "started";
        });
  }
}
