package io.eric.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.auth.Revocation.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Revocations come in any order and more than once. */
class RevocationsProperties {

  private record Heard(Revocation revocation, long forgottenAtMs) {}

  @Property
  void nodesThatHaveHeardTheSameAgree(
      @ForAll("heard") List<Heard> heard, @ForAll Random random, @ForAll("times") long now) {
    Revocations first = new Revocations(1_000);
    Revocations second = new Revocations(1_000);
    heard.forEach(each -> first.add(each.revocation, each.forgottenAtMs));
    List<Heard> again = new ArrayList<>(heard);
    again.addAll(heard);
    Collections.shuffle(again, random);
    again.forEach(each -> second.add(each.revocation, each.forgottenAtMs));
    first.expire(now);
    second.expire(now);
    assertThat(second.list()).containsExactlyInAnyOrderElementsOf(first.list());
  }

  @Provide
  Arbitrary<Long> times() {
    return Arbitraries.longs().between(0, 5);
  }

  @Provide
  Arbitrary<List<Heard>> heard() {
    return Combinators.combine(
            Arbitraries.of(Kind.class), Arbitraries.of("a", "b", "c"), times(), times())
        .as((kind, name, before, until) -> new Heard(new Revocation(kind, name, before), until))
        .list()
        .ofMaxSize(8);
  }
}
