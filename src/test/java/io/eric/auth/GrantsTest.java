package io.eric.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GrantsTest {

  private static Grants grants(String json) {
    return Grants.of(new JsonObject(json), "ann");
  }

  @Test
  void aRightIsGrantedForWhatItsPatternsMatchAndForNothingElse() {
    Grants grants = grants("{'subscribe':['news.*','jobs'],'publish':['jobs']}".replace('\'', '"'));
    assertThat(grants.has(Right.SUBSCRIBE, "news.sport", null)).isTrue();
    assertThat(grants.has(Right.SUBSCRIBE, "jobs", null)).isTrue();
    assertThat(grants.has(Right.SUBSCRIBE, "other", null)).isFalse();
    assertThat(grants.has(Right.PUBLISH, "jobs", null)).isTrue();
    assertThat(grants.has(Right.PUBLISH, "news.sport", null)).isFalse();
    assertThat(grants.has(Right.HISTORY, "jobs", null)).isFalse();
    assertThat(grants.isAdmin()).isFalse();
  }

  @Test
  void aRightForListenersNeedsBothToMatch() {
    Grants grants = grants("{\"listen\":[\"inbox/{sub}\",\"team.*/*\"]}");
    assertThat(grants.has(Right.LISTEN, "inbox", "ann")).isTrue();
    assertThat(grants.has(Right.LISTEN, "inbox", "bob")).isFalse();
    assertThat(grants.has(Right.LISTEN, "inbox2", "ann")).isFalse();
    assertThat(grants.has(Right.LISTEN, "team.a", "anyone")).isTrue();
    assertThat(grants.has(Right.LISTEN, "team.a", "any.one")).isFalse();
    assertThat(grants.has(Right.LISTEN, "inbox", null)).isFalse();
    assertThat(grants.has(Right.DISPATCH, "inbox", "ann")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Right.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ADMIN", "NONE"})
  void anAdministratorHasEveryRightAndNobodyHasOneByDefault(Right right) {
    assertThat(grants("{\"admin\":true}").has(right, "c", "l")).isTrue();
    assertThat(Grants.everything().has(right, "c", "l")).isTrue();
    assertThat(grants("{\"admin\":false}").has(right, "c", "l")).isFalse();
    assertThat(Grants.nothing().has(right, "c", "l")).isFalse();
    assertThat(grants("{}").has(right, "c", "l")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'subcribe':['a']} | \"subcribe\" is no right; there are subscribe, history, listen,"
            + " publish, dispatch, work, manage, list, presence, admin",
        "{'none':['a']} | \"none\" is no right; there are subscribe, history, listen, publish,"
            + " dispatch, work, manage, list, presence, admin",
        "{'SUBSCRIBE':['a']} | \"SUBSCRIBE\" is no right; there are subscribe, history, listen,"
            + " publish, dispatch, work, manage, list, presence, admin",
        "{'subscribe':'a'} | \"subscribe\" must be a list of up to 64 patterns",
        "{'subscribe':null} | \"subscribe\" must be a list of up to 64 patterns",
        "{'subscribe':[1]} | \"subscribe\" has a pattern that is no text",
        "{'subscribe':[null]} | \"subscribe\" has a pattern that is no text",
        "{'subscribe':['a/b']} | the pattern \"a/b\" of \"subscribe\": it names a listener, the"
            + " right is for channels",
        "{'listen':['a']} | the pattern \"a\" of \"listen\": it must be a channel and a listener,"
            + " as in inbox/{sub}",
        "{'listen':['a/b/c']} | the pattern \"a/b/c\" of \"listen\": the segment \"b/c\" is none of"
            + " *, **, {sub} and characters out of A-Z a-z 0-9 _ ~ -",
        "{'listen':['/b']} | the pattern \"/b\" of \"listen\": it is empty",
        "{'publish':['a*']} | the pattern \"a*\" of \"publish\": the segment \"a*\" is none of *,"
            + " **, {sub} and characters out of A-Z a-z 0-9 _ ~ -",
        "{'admin':'yes'} | \"admin\" must be true or false",
        "{'admin':['**']} | \"admin\" must be true or false",
      })
  void whatIsMalformedIsNamed(String json, String message) {
    assertThatThrownBy(() -> grants(json.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void thereAreAtMost64PatternsOf256Characters() {
    JsonArray half = new JsonArray();
    for (int i = 0; i < 32; i++) {
      half.add("c" + i);
    }
    JsonObject most = new JsonObject().put("subscribe", half).put("publish", half);
    assertThat(Grants.of(most, "ann").has(Right.PUBLISH, "c31", null)).isTrue();
    assertThatThrownBy(() -> Grants.of(most.put("history", new JsonArray().add("c")), "ann"))
        .hasMessage("there are more than 64 patterns");
    String longest =
        "x".repeat(Grants.MAX_LENGTH / 2) + "." + "x".repeat(Grants.MAX_LENGTH / 2 - 1);
    assertThat(Grants.of(subscribe(longest), "ann").has(Right.SUBSCRIBE, longest, null)).isTrue();
    assertThatThrownBy(() -> Grants.of(subscribe(longest + "x"), "ann"))
        .hasMessage("a pattern of \"subscribe\" has 257 characters, allowed are up to 256");
  }

  private static JsonObject subscribe(String pattern) {
    return new JsonObject().put("subscribe", new JsonArray().add(pattern));
  }
}
