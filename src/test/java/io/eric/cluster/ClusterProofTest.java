package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.UnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Whether three nodes in one JVM can prove that they belong to a quorum. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterProofTest {

  private static List<LocalNode> nodes;

  @BeforeAll
  static void start() throws Exception {
    nodes = new ArrayList<>(LocalNode.start(3));
  }

  @AfterAll
  static void close() {
    nodes.forEach(LocalNode::close);
  }

  @Test
  @Order(1)
  void eachProvesItWhileOneOtherAnswersAndOnTheCallersContext() throws Exception {
    for (LocalNode each : nodes) {
      assertThat(provenOnContext(each)).isTrue();
    }
    CountDownLatch free = new CountDownLatch(1);
    nodes.get(2).keepBusy(free);
    try {
      await(nodes.get(0).node.prove());
      await(nodes.get(1).node.prove());
    } finally {
      free.countDown();
    }
  }

  private static boolean provenOnContext(LocalNode node) {
    Context mine = node.vertx.getOrCreateContext();
    Promise<Boolean> proven = Promise.promise();
    mine.runOnContext(
        turn ->
            node.node
                .prove()
                .onComplete(
                    proof -> proven.complete(proof.succeeded() && Vertx.currentContext() == mine)));
    return await(proven.future());
  }

  @Test
  @Order(2)
  void membersThatDoNotAnswerProveNothing() throws Exception {
    CountDownLatch free = new CountDownLatch(1);
    nodes.get(1).keepBusy(free);
    nodes.get(2).keepBusy(free);
    try {
      // It sees all of them, as a node does that was frozen when they gave it up.
      assertThat(failure(nodes.get(0).node.prove())).isInstanceOf(UnavailableException.class);
    } finally {
      free.countDown();
    }
    await(nodes.get(0).node.prove());
  }

  /** The last one: it takes the others away. */
  @Test
  @Order(3)
  void whoIsAloneHasNoQuorum() {
    nodes.remove(2).close();
    nodes.remove(1).close();
    assertThat(failure(nodes.get(0).node.prove())).isInstanceOf(UnavailableException.class);
  }

  private static Throwable failure(Future<?> future) {
    return await(future.transform(done -> Future.succeededFuture(done.cause())));
  }
}
