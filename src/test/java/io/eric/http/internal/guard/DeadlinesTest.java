package io.eric.http.internal.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class DeadlinesTest {

  @Test
  void thoseThatAreNotCancelledExpireInTheOrderOfTheirStart(Vertx vertx) throws Exception {
    List<String> expired = new ArrayList<>();
    CompletableFuture<List<String>> last = new CompletableFuture<>();
    vertx.runOnContext(
        v -> {
          Deadlines deadlines = new Deadlines(vertx, 20);
          Deadlines.Deadline first = deadlines.start(() -> expired.add("first"));
          deadlines.start(() -> expired.add("second"));
          Deadlines.Deadline third = deadlines.start(() -> expired.add("third"));
          deadlines.start(() -> expired.add("fourth"));
          Deadlines.Deadline fifth = deadlines.start(() -> expired.add("fifth"));
          deadlines.start(() -> expired.add("sixth"));
          first.cancel();
          third.cancel();
          third.cancel();
          fifth.cancel();
          deadlines.start(
              () -> {
                expired.add("last");
                last.complete(List.copyOf(expired));
              });
        });
    assertThat(last.get(30, TimeUnit.SECONDS)).containsExactly("second", "fourth", "sixth", "last");
  }

  @Test
  void oneMayStartAnotherWhileItExpires(Vertx vertx) throws Exception {
    CompletableFuture<String> second = new CompletableFuture<>();
    vertx.runOnContext(
        v -> {
          Deadlines deadlines = new Deadlines(vertx, 10);
          deadlines.start(() -> deadlines.start(() -> second.complete("expired")));
        });
    assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo("expired");
  }

  @Test
  void nothingExpiresAfterTheEnd(Vertx vertx) throws Exception {
    List<String> expired = new ArrayList<>();
    CompletableFuture<List<String>> later = new CompletableFuture<>();
    vertx.runOnContext(
        v -> {
          Deadlines closed = new Deadlines(vertx, 10);
          closed.start(() -> expired.add("closed"));
          closed.close();
          Deadlines other = new Deadlines(vertx, 40);
          other.start(() -> later.complete(List.copyOf(expired)));
        });
    assertThat(later.get(30, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void deadlinesExpireAfterTheRetirementToo(Vertx vertx) throws Exception {
    List<String> expired = new ArrayList<>();
    CompletableFuture<List<String>> last = new CompletableFuture<>();
    vertx.runOnContext(
        v -> {
          Deadlines deadlines = new Deadlines(vertx, 20);
          deadlines.start(
              () -> {
                expired.add("under way");
                deadlines.start(
                    () -> {
                      expired.add("started later");
                      last.complete(List.copyOf(expired));
                    });
              });
          deadlines.retire();
        });
    assertThat(last.get(30, TimeUnit.SECONDS)).containsExactly("under way", "started later");
  }
}
