package io.eric.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class WorkPoolTest {

  private static String threadOf(WorkPool pool) throws Exception {
    CompletableFuture<String> name = new CompletableFuture<>();
    pool.execute(() -> name.complete(Thread.currentThread().toString()));
    return name.get(30, TimeUnit.SECONDS);
  }

  private static String ownThread() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      WorkPool pool = WorkPool.own(vertx, "mine", 2);
      String thread = threadOf(pool);
      pool.close();
      return thread;
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_20)
  void withoutVirtualThreadsItIsAVertxExecutorOfItsOwn() throws Exception {
    assertThat(ownThread()).contains("mine");
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void whereTheJvmHasVirtualThreadsItIsThem() throws Exception {
    assertThat(ownThread()).contains("VirtualThread");
  }

  @Test
  void aUsersExecutorIsLeftOpen() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    WorkPool pool = WorkPool.of(executor);
    threadOf(pool);
    pool.close();
    assertThat(pool.isShutdown()).isFalse();
    executor.shutdown();
    assertThat(pool.isShutdown()).isTrue();
  }
}
