package io.eric.cluster.raft;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a server of Ratis: closes its groups, for which it waits as long as it takes, because they
 * write, and then its connections, for which it does not. Ratis would wait for each until what is
 * under way on it has ended: three seconds for a read that is not answered, up to ten for a node
 * that hangs ({@code GrpcUtil.shutdownManagedChannel}, for two connections to each node). Nobody
 * wants these answers any more, and a hub has only so long to end. An interrupt makes Ratis close a
 * connection at once; the threads that wait for one are those that {@code close} starts, and they
 * are in a thread group of their own here, so that nobody else is interrupted.
 */
final class ServerStop {

  private static final Logger logger = LoggerFactory.getLogger(ServerStop.class);

  /** How long connections have for ending by themselves. */
  private static final long PATIENCE_MS = 300;

  private final RaftServer server;
  private final List<RaftServer.Division> groups;
  private final ThreadGroup waiting = new ThreadGroup("eric-raft-stop");

  ServerStop(RaftServer server, List<RaftServer.Division> groups) {
    this.server = server;
    this.groups = List.copyOf(groups);
    goesWithItsLastThread(waiting);
  }

  /** In Java 17 a group of threads stays with its parent otherwise; later it never does. */
  @SuppressWarnings("removal")
  private static void goesWithItsLastThread(ThreadGroup group) {
    group.setDaemon(true);
  }

  /** Blocks until the server has ended, also when it is interrupted. */
  void run() {
    closeGroups();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    Thread closing = new Thread(waiting, () -> closeServer(closed), "eric-raft-stop");
    closing.setDaemon(true);
    closing.start();
    while (!closed.isDone()) {
      closed.copy().completeOnTimeout(null, PATIENCE_MS, TimeUnit.MILLISECONDS).join();
      interruptAllBut(closing);
    }
  }

  /** Closes the groups side by side, because each mostly waits for its own threads. */
  private void closeGroups() {
    ExecutorService threads = Executors.newCachedThreadPool();
    CompletableFuture.allOf(
            groups.stream()
                .map(group -> CompletableFuture.runAsync(() -> close(group), threads))
                .toArray(CompletableFuture[]::new))
        .join();
    threads.shutdown();
  }

  private void closeServer(CompletableFuture<Void> closed) {
    try {
      close(server);
    } finally {
      closed.complete(null);
    }
  }

  private static void close(Closeable what) {
    try {
      what.close();
    } catch (IOException | RuntimeException e) { // the others are to be closed all the same
      logger.warn("the replicas did not end properly", e);
    }
  }

  /** Interrupts those that wait for a connection; the one that waits for them goes on then. */
  private void interruptAllBut(Thread closing) {
    Thread[] threads = new Thread[waiting.activeCount() + 8];
    int count = waiting.enumerate(threads);
    for (int i = 0; i < count; i++) {
      if (threads[i] != closing) {
        threads[i].interrupt();
      }
    }
  }
}
