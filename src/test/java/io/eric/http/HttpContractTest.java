package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Ids;
import io.eric.internal.protocol.Command;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The REST rows of docs/PROTOCOL.md section 4 and the errors of section 2. */
class HttpContractTest {

  private static final String UUID_V4 =
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

  private HttpHub hub;

  @BeforeEach
  void start() {
    hub = new HttpHub();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void aChannelIsCreatedWithAnIdOfItsOwn() {
    HttpResponse<String> answer = hub.request("PUT", "/create", "{}");
    JsonObject created = (JsonObject) hub.ok(answer);
    assertThat(created.fieldNames()).containsExactly("channel_id");
    assertThat(created.getString("channel_id")).matches(UUID_V4);
    assertThat(header(answer, "content-type")).isEqualTo("application/json");
  }

  @Test
  void aChannelIsCreatedWithTheWantedId() {
    assertThat(hub.ok(hub.request("PUT", "/create?channel_id=a.b_c~d-9")))
        .isEqualTo(new JsonObject().put("channel_id", "a.b_c~d-9"));
  }

  @Test
  void aChannelThatExistsIsNotCreatedAgain() {
    hub.channel("news");
    assertProblem(
        hub.request("PUT", "/create?channel_id=news"),
        409,
        "InvalidChannelException('Channel with id news already exists')");
  }

  @Test
  void channelsAndListenersAreListedInOrderOfCreation() {
    List<String> ids = List.of("z", "a", "m", "b");
    for (String id : ids) {
      hub.channel(id);
      hub.listener(id, id + "2");
      hub.listener(id, id + "1");
    }
    assertThat(hub.request("GET", "/channels").body()).isEqualTo("[\"z\",\"a\",\"m\",\"b\"]");
    assertThat(hub.request("GET", "/").body())
        .isEqualTo(
            "{\"z\":[\"z2\",\"z1\"],\"a\":[\"a2\",\"a1\"],\"m\":[\"m2\",\"m1\"],\"b\":[\"b2\",\"b1\"]}");
  }

  @Test
  void anEmptyHubListsNothing() {
    assertThat(hub.request("GET", "/channels").body()).isEqualTo("[]");
    assertThat(hub.request("GET", "/").body()).isEqualTo("{}");
  }

  @Test
  void moreChannelsThanAreAskedAtATimeAreListedInOrder() {
    for (int i = 0; i < 200; i++) {
      hub.command(new Command.CreateChannel("c" + i, null));
    }
    JsonObject all = (JsonObject) hub.ok(hub.request("GET", "/"));
    assertThat(all.fieldNames()).hasSize(200);
    assertThat(List.copyOf(all.fieldNames()).get(150)).isEqualTo("c150");
  }

  @Test
  void aListenerIsAddedWithAnIdOfItsOwnOrTheWantedOne() {
    hub.channel("news");
    JsonObject added = (JsonObject) hub.ok(hub.request("POST", "/subscribe?channel_id=news"));
    assertThat(added.fieldNames()).containsExactly("listener_id");
    assertThat(added.getString("listener_id")).matches(UUID_V4);
    assertThat(hub.ok(hub.request("POST", "/subscribe?channel_id=news&listener_id=me")))
        .isEqualTo(new JsonObject().put("listener_id", "me"));
    assertProblem(
        hub.request("POST", "/subscribe?channel_id=news&listener_id=me"),
        409,
        "InvalidListenerException('Listener with id me already exists')");
  }

  @Test
  void broadcastAndDispatchAnswerNullAndThePosition() {
    hub.channel("news");
    hub.listener("news", "me");
    HttpResponse<String> first =
        hub.request("POST", "/broadcast?channel_id=news", "{\"type\":\"t\",\"payload\":1}");
    HttpResponse<String> second =
        hub.request("POST", "/dispatch?channel_id=news&listener_id=me", "{\"type\":\"t\"}");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEqualTo("null");
    assertThat(second.body()).isEqualTo("null");
    assertThat(header(first, "eric-message-id")).endsWith("-1");
    assertThat(header(second, "eric-message-id")).endsWith("-2");
  }

  @Test
  void aBroadcastWithoutListenersIsAcknowledged() {
    hub.channel("empty");
    assertThat(hub.broadcast("empty", "t", null)).endsWith("-1");
  }

  @Test
  void aRepeatOfAKeyIsAnsweredWithTheFirstPosition() {
    hub.channel("news");
    String message = "{\"type\":\"t\",\"payload\":1}";
    String path = "/broadcast?channel_id=news";
    HttpResponse<String> first = hub.request("POST", path, message, "Idempotency-Key", "k1");
    HttpResponse<String> again = hub.request("POST", path, message, "Idempotency-Key", "k1");
    HttpResponse<String> other = hub.request("POST", path, message, "Idempotency-Key", "k2");
    assertThat(header(again, "eric-message-id")).isEqualTo(header(first, "eric-message-id"));
    assertThat(header(other, "eric-message-id")).endsWith("-2");
  }

  @Test
  void aBatchIsAnsweredMemberByMemberInItsOrder() {
    hub.channel("a");
    hub.channel("b");
    hub.listener("b", "me");
    HttpResponse<String> answer =
        hub.request(
            "POST",
            "/publish",
            """
            [{"c":"a","t":"x","p":1}, {"c":"b","r":"me","t":"x"}, {"c":"none","t":"x"},
             {"c":"a","t":"_eric_x"}, {"c":"b","r":"you","t":"x"}, {"c":"a"}, {"c":"a","t":"x","key":"k"},
             {"c":"a","t":"x","key":"k"}]\
            """);
    JsonArray outcomes = (JsonArray) hub.ok(answer);
    assertThat(outcomes).hasSize(8);
    assertThat(outcomes.getJsonObject(0).getString("id")).endsWith("-1");
    assertThat(outcomes.getJsonObject(0).fieldNames()).containsExactly("id");
    assertThat(outcomes.getJsonObject(1).getString("id")).endsWith("-1");
    assertThat(outcomes.getJsonObject(2))
        .isEqualTo(
            new JsonObject()
                .put("error", "InvalidChannelException")
                .put("message", "InvalidChannelException('No channel with id none')"));
    assertThat(outcomes.getJsonObject(3).getString("error")).isEqualTo("InvalidMessageFormat");
    assertThat(outcomes.getJsonObject(4))
        .isEqualTo(
            new JsonObject()
                .put("error", "InvalidListenerException")
                .put("message", "InvalidListenerException('Invalid listener you')"));
    assertThat(outcomes.getJsonObject(5).getString("error")).isEqualTo("InvalidMessageFormat");
    assertThat(outcomes.getJsonObject(6).getString("id")).endsWith("-2");
    assertThat(outcomes.getJsonObject(7)).isEqualTo(outcomes.getJsonObject(6));
  }

  @Test
  void anEmptyBatchIsAnsweredEmpty() {
    assertThat(hub.request("POST", "/publish", "[]").body()).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{}", "[1]", "[{}", "[{\"c\":\"a\",\"t\":\"x\"}] []", "\"x\"", "nope"})
  void aBatchThatIsNoArrayOfObjectsIsRefusedWhole(String body) {
    hub.channel("a");
    assertProblem(hub.request("POST", "/publish", body), 400, null);
    assertThat(hub.broadcast("a", "t", 1)).endsWith("-1");
  }

  @Test
  void removedListenersAndChannelsAreGone() {
    hub.channel("news");
    hub.listener("news", "me");
    assertThat(hub.request("DELETE", "/listener/news/me").body()).isEqualTo("null");
    assertProblem(
        hub.request("DELETE", "/listener/news/me"),
        404,
        "InvalidListenerException('Invalid listener me')");
    assertThat(hub.request("DELETE", "/channel/news").body()).isEqualTo("null");
    assertProblem(
        hub.request("DELETE", "/channel/news"),
        404,
        "InvalidChannelException('No channel with id news')");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,   /subscribe?channel_id=none",
    "POST,   /broadcast?channel_id=none",
    "POST,   /dispatch?channel_id=none&listener_id=me",
    "GET,    /stream/none/me",
    "GET,    /watch/none",
    "DELETE, /listener/none/me",
    "DELETE, /channel/none",
  })
  void anUnknownChannelIsNotFoundEverywhere(String method, String path) {
    assertProblem(
        hub.request(method, path, "{\"type\":\"t\"}"),
        404,
        "InvalidChannelException('No channel with id none')");
  }

  @Test
  void pipelinedPublishesToAnUnknownChannelAreAllAnswered() {
    hub.channel("news");
    int requests = 20;
    try (RawClient client = hub.connect()) {
      for (int i = 0; i < requests; i++) {
        client.post("/broadcast?channel_id=none", "{\"type\":\"t\"}");
      }
      client.post("/broadcast?channel_id=news", "{\"type\":\"t\"}");
      for (int i = 0; i < requests; i++) {
        RawClient.Head head = client.head();
        assertThat(head.status()).isEqualTo("HTTP/1.1 404 Not Found");
        client.body(head);
      }
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST,   /dispatch?channel_id=news&listener_id=none",
    "GET,    /stream/news/none",
    "DELETE, /listener/news/none",
  })
  void anUnknownListenerIsNotFoundEverywhere(String method, String path) {
    hub.channel("news");
    assertProblem(
        hub.request(method, path, "{\"type\":\"t\"}"),
        404,
        "InvalidListenerException('Invalid listener none')");
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,    /create?channel_id=",
    "PUT,    /create?channel_id=a%20b",
    "PUT,    /create?channel_id=a+b",
    "PUT,    /create?channel_id=a%0Ab",
    "PUT,    /create?channel_id=%zz",
    "POST,   /subscribe",
    "POST,   /subscribe?channel_id=news&listener_id=",
    "POST,   /broadcast",
    "POST,   /broadcast?channel_id=%E9",
    "POST,   /dispatch?channel_id=news",
    "POST,   /dispatch?listener_id=me",
    "GET,    /stream/news/a%2Fb",
    "GET,    /watch/a%20b",
    "DELETE, /channel/a%00b",
    "DELETE, /listener/news/a%0Ab",
  })
  void aMalformedOrMissingIdIsRefused(String method, String path) {
    hub.channel("news");
    try (RawClient client = hub.connect()) {
      client.send(
          method
              + " "
              + path
              + " HTTP/1.1\r\n"
              + "Host: localhost\r\n"
              + "Content-Type: application/json\r\n"
              + "Content-Length: 12\r\n\r\n"
              + "{\"type\":\"t\"}");
      RawClient.Head head = client.head();
      assertThat(head.status()).startsWith("HTTP/1.1 400 ");
      assertThat(head.header("content-type")).isEqualTo("application/problem+json");
      assertThat(new JsonObject(client.body(head)).getString("error"))
          .isEqualTo("InvalidMessageFormat");
    }
  }

  @Test
  void aTooLongIdIsRefused() {
    String longest = "x".repeat(Ids.MAX_LENGTH);
    hub.channel(longest);
    assertProblem(hub.request("PUT", "/create?channel_id=" + longest + "x"), 400, null);
  }

  @Test
  void anEscapedIdIsTheSameAsARawOne() {
    hub.channel("a-b");
    assertThat(
            hub.request("POST", "/broadcast?channel_id=%61%2Db", "{\"type\":\"t\"}").statusCode())
        .isEqualTo(200);
    assertThat(hub.request("DELETE", "/channel/%61-b").body()).isEqualTo("null");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nope",
        "[]",
        "{\"type\":\"t\"",
        "{\"type\":\"t\"} {}",
        "{\"payload\":1}",
        "{\"type\":1}",
        "{\"type\":null}",
        "{\"type\":\"\"}",
        "{\"type\":\"a\\nb\"}",
        "{\"type\":\"a\\u0000b\"}",
        "{\"type\":\"_eric_gap\"}",
        "{\"type\":\"a\\u000bb\"}",
        "{\"type\":\"a\\u000cb\"}",
        "{\"type\":\"a\\u001bb\"}",
        "{\"type\":\"a\\u007fb\"}",
        "{\"type\":\"a\\u0085b\"}",
        "{\"type\":\"a\\u2028b\"}",
        "{\"type\":\"a\\u2029b\"}",
        "{\"type\":\"a\",\"payloda\":1}",
        "{\"type\":\"t\",\"type\":\"u\"}",
        "{\"type\":\"t\",\"payload\":NaN}",
        "{\"type\":\"t\",\"payload\":01}",
        "{\"type\":\"t\",\"payload\":\"a\nb\"}",
      })
  void aMalformedMessageIsRefusedAndNothingIsAppended(String body) {
    hub.channel("news");
    assertProblem(hub.request("POST", "/broadcast?channel_id=news", body), 400, null);
    assertThat(hub.broadcast("news", "t", 1)).endsWith("-1");
  }

  @Test
  void theProblemSaysTheReasonAndThenQuotesTheRequestAsTheSocketDoes() {
    hub.channel("news");
    JsonObject problem =
        assertProblem(
            hub.request("POST", "/broadcast?channel_id=news", "it's\nno JSON"),
            400,
            "InvalidMessageFormat('not JSON: it\\'s\\nno JSON')");
    assertThat(problem.getString("detail")).isEqualTo("not JSON: it's\nno JSON");
    assertProblem(
        hub.request("POST", "/broadcast?channel_id=news", "{\"payload\": 1}"),
        400,
        "InvalidMessageFormat('type is missing: {\"payload\": 1}')");
    assertProblem(
        hub.request("POST", "/subscribe", ""),
        400,
        "InvalidMessageFormat('the channel id is missing')");
    assertThat(problem.getString("type")).isEqualTo("about:blank");
    assertThat(problem.getString("title")).isEqualTo("Bad Request");
    assertThat(problem.getInteger("status")).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"typ\":\"a\"} | type is missing, and unknown key typ, allowed here: type, payload, key,"
            + " sender: {\"typ\":\"a\"}",
        "{\"type\":\"a\",\"t\":1} | unknown key t, allowed here: type, payload, key, sender:"
            + " {\"type\":\"a\",\"t\":1}",
        "{\"type\":1} | type must be a string: {\"type\":1}",
        "[1] | not a JSON object: [1]",
        "{} {} | there is more than one JSON document: {} {}",
        "{\"key\":1,\"key\":1} | key must be a string: {\"key\":1,\"key\":1}",
        "{\"key\":\"1\",\"key\":1} | a key stands there twice: {\"key\":\"1\",\"key\":1}",
        "\ufeff{\"type\":\"a\"} | the input begins with a byte order mark (EF BB BF), which JSON"
            + " has not",
      })
  void whatIsWrongWithABodyIsSaidFirst(String body, String detail) {
    hub.channel("news");
    JsonObject problem =
        assertProblem(hub.request("POST", "/broadcast?channel_id=news", body), 400, null);
    assertThat(problem.getString("detail")).isEqualTo(detail);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /?colour=red",
    "GET,    /channels?colour=red",
    "PUT,    /create?channel_id=x&colour=red",
    "PUT,    /create?colour=red",
    "POST,   /subscribe?channel_id=news&colour=red",
    "POST,   /broadcast?channel_id=news&colour=red",
    "POST,   /dispatch?channel_id=news&listener_id=me&colour=red",
    "POST,   /publish?colour=red",
    "GET,    /stream/news/me?colour=red",
    "HEAD,   /stream/news/me?colour=red",
    "GET,    /watch/news?colour=red",
    "GET,    /watch/news?colour",
    "GET,    /watch/news?%63olour=red",
    "GET,    /watch/news?lastEventId=&=&colour=red",
    "DELETE, /listener/news/me?colour=red",
    "DELETE, /channel/news?colour=red",
    "GET,    /healthz?colour=red",
    "GET,    /readyz?colour=red",
    "GET,    /openapi.json?colour=red",
    "GET,    /eric.js?colour=red",
    "GET,    /eric.d.ts?colour=red",
  })
  void anUnknownQueryParameterIsRefusedByName(String method, String path) {
    hub.channel("news");
    hub.listener("news", "me");
    HttpResponse<String> answer = hub.request(method, path, "{\"type\":\"t\"}");
    assertThat(answer.statusCode()).isEqualTo(400);
    if (!method.equals("HEAD")) {
      assertThat(new JsonObject(answer.body()).getString("detail"))
          .startsWith("unknown query parameter ")
          .containsAnyOf("colour", "parameter ,");
    }
    assertThat(hub.request("GET", "/").body()).isEqualTo("{\"news\":[\"me\"]}");
    assertThat(hub.lag("news", "me")).isZero();
  }

  @Test
  void aParameterThatStandsTwiceIsRefused() {
    assertProblem(
        hub.request("PUT", "/create?channel_id=a&channel_id=b"),
        400,
        "InvalidMessageFormat('the query parameter channel_id stands there twice')");
  }

  @Test
  void optionsOfAChannelAreTakenFromTheBody() {
    String options =
        "{\"overflow\":\"reject\",\"limit\":{\"messages\":1},\"history\":{\"messages\":0}}";
    hub.ok(hub.request("PUT", "/create?channel_id=small", options));
    hub.listener("small", "me");
    hub.broadcast("small", "t", 1);
    assertThat(hub.request("POST", "/broadcast?channel_id=small", "{\"type\":\"t\"}").statusCode())
        .isEqualTo(429);
    assertThat(
            hub.ok(hub.request("PUT", "/create", "{\"channel_id\":\"x\",\"overflow\":\"wait\"}")))
        .isEqualTo(new JsonObject().put("channel_id", "x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"overfow\":\"wait\"}",
        "{\"id\":\"y\"}",
        "{\"channel_id\":\"y\"}",
        "{\"channel_id\":1}",
        "{\"keys\":\"many\"}",
        "{\"limit\":{\"bytes\":9000000000000000000}}",
        "[]",
        "nope",
        "{} {}",
      })
  void optionsThatAreWrongAreRefusedAndNothingIsCreated(String options) {
    assertProblem(hub.request("PUT", "/create?channel_id=x", options), 400, null);
    assertThat(hub.request("GET", "/channels").body()).isEqualTo("[]");
  }

  @Test
  void anOptionThatIsUnknownIsNamed() {
    JsonObject problem =
        assertProblem(hub.request("PUT", "/create", "{\"overfow\":\"wait\"}"), 400, null);
    assertThat(problem.getString("detail")).startsWith("unknown setting \"overfow\"");
  }

  @Test
  void anOptionWithADotIsShownAsItIsInJson() {
    JsonObject problem =
        assertProblem(hub.request("PUT", "/create", "{\"limit.bytes\":100}"), 400, null);
    assertThat(problem.getString("detail"))
        .startsWith("unknown setting \"limit.bytes\"; allowed here: ackTimeout, ")
        .endsWith("; in JSON it is {\"limit\": {\"bytes\": ...}}");
  }

  @Test
  void aBodyThatNobodyReadsIsRefusedByItsKeys() {
    hub.channel("news");
    JsonObject problem =
        assertProblem(
            hub.request("POST", "/subscribe?channel_id=news", "{\"listener_id\":\"me\"}"),
            400,
            null);
    assertThat(problem.getString("detail")).startsWith("unknown key listener_id");
    hub.ok(hub.request("POST", "/subscribe?channel_id=news&listener_id=me", "{}"));
    assertThat(hub.request("GET", "/").body()).isEqualTo("{\"news\":[\"me\"]}");
  }

  @Test
  void oneMessageAloneIsAnsweredWithItsOutcome() {
    hub.channel("a");
    HttpResponse<String> answer =
        hub.request("POST", "/publish", " {\"c\":\"a\",\"t\":\"x\",\"p\":1}");
    JsonObject outcome = (JsonObject) hub.ok(answer);
    assertThat(outcome.fieldNames()).containsExactly("id");
    assertThat(outcome.getString("id")).endsWith("-1");
    assertThat(header(answer, "eric-message-id")).isEqualTo(outcome.getString("id"));
    assertProblem(
        hub.request("POST", "/publish", "{\"c\":\"none\",\"t\":\"x\"}"),
        404,
        "InvalidChannelException('No channel with id none')");
    assertProblem(
        hub.request("POST", "/publish", "{\"c\":\"a\"}"),
        400,
        "InvalidMessageFormat('t is missing: {\"c\":\"a\"}')");
    assertProblem(
        hub.request("POST", "/publish", "{\"c\":\"a\",\"t\":\"x\",\"v\":\"b\"}"),
        400,
        "InvalidMessageFormat('unknown key v, allowed here: c, r, t, p, key, sender:"
            + " {\"c\":\"a\",\"t\":\"x\",\"v\":\"b\"}')");
  }

  @Test
  void invalidUtf8IsRefused() {
    hub.channel("news");
    HttpRequest request =
        HttpRequest.newBuilder(hub.uri("/broadcast?channel_id=news"))
            .header("content-type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    new byte[] {
                      '{', '"', 't', 'y', 'p', 'e', '"', ':', '"', (byte) 0xC3, '"', '}'
                    }))
            .build();
    assertProblem(hub.send(request), 400, "InvalidMessageFormat('the input is not valid UTF-8')");
  }

  @Test
  void tooDeepNestingIsRefused() {
    hub.channel("news");
    String deep = "[".repeat(200) + "]".repeat(200);
    assertProblem(
        hub.request(
            "POST", "/broadcast?channel_id=news", "{\"type\":\"t\",\"payload\":" + deep + "}"),
        400,
        null);
  }

  @Test
  void aFullLogIsToldWithATimeToComeBack() {
    hub.channel(
        "small",
        new JsonObject()
            .put("overflow", "reject")
            .put("history", new JsonObject().put("messages", 0))
            .put("limit", new JsonObject().put("messages", 2)));
    hub.listener("small", "me");
    hub.broadcast("small", "t", 1);
    hub.broadcast("small", "t", 2);
    HttpResponse<String> full =
        hub.request("POST", "/broadcast?channel_id=small", HttpHub.message("t", 3));
    assertProblem(full, 429, null);
    assertThat(new JsonObject(full.body()).getString("error")).isEqualTo("LogFullException");
    assertThat(header(full, "retry-after")).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /nothing",
    "GET,    /stream/only-one-id",
  })
  void whatIsNotThereIsAProblemToo(String method, String path) {
    JsonObject problem = assertProblem(hub.request(method, path, ""), 404, null);
    assertThat(problem.getString("error")).isEqualTo("InvalidMessageFormat");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,   /channels,      'GET, HEAD'",
    "GET,    /broadcast,     POST",
    "DELETE, /create,        PUT",
    "POST,   /watch/news,    'GET, HEAD'",
    "GET,    /channel/news,  DELETE",
  })
  void anotherMethodIsToldWhichOnesThereAre(String method, String path, String allowed) {
    HttpResponse<String> answer = hub.request(method, path, "");
    JsonObject problem = assertProblem(answer, 405, null);
    assertThat(problem.getString("error")).isEqualTo("InvalidMessageFormat");
    assertThat(problem.getString("detail")).endsWith("allowed here: " + allowed);
    assertThat(header(answer, "allow")).isEqualTo(allowed);
  }

  @Test
  void headAnswersAsGetWithoutABody() {
    hub.channel("news");
    hub.listener("news", "me");
    try (RawClient client = hub.connect()) {
      for (String path : List.of("/", "/channels", "/healthz", "/readyz", "/openapi.json")) {
        client.send("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(client.head().status()).isEqualTo("HTTP/1.1 200 OK");
      }
    }
  }

  @Test
  void headNeverOpensAStream() {
    hub.channel("news");
    hub.listener("news", "me");
    try (RawClient client = hub.connect()) {
      for (String path : List.of("/stream/news/me", "/watch/news")) {
        client.send("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        RawClient.Head head = client.head();
        assertThat(head.status()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(head.header("content-type")).isEqualTo("text/event-stream");
      }
      client.send("HEAD /stream/news/none HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 404 Not Found");
      client.send("HEAD /watch/none HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 404 Not Found");
      client.get("/healthz");
      assertThat(client.body(client.head())).isEqualTo("{\"status\":\"UP\"}");
    }
    assertThat(hub.state("news", "me")).isEqualTo("stopped");
  }

  @Test
  void theServerIsAliveAndReady() {
    assertThat(hub.request("GET", "/healthz").body()).isEqualTo("{\"status\":\"UP\"}");
    assertThat(hub.request("GET", "/readyz").body()).isEqualTo("{\"status\":\"UP\"}");
    HttpHub.await(hub.channels.close());
    assertThat(hub.request("GET", "/healthz").statusCode()).isEqualTo(200);
    assertProblem(hub.request("GET", "/readyz"), 503, null);
  }

  @Test
  void theRootIsAPageForPeople() {
    HttpResponse<String> page = get("/", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    assertThat(header(page, "content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(header(page, "vary")).isEqualToIgnoringCase("accept");
    assertThat(header(page, "content-security-policy")).contains("default-src 'none'");
    assertThat(page.body()).startsWith("<!doctype html>");
    assertThat(header(get("/", "Accept", "*/*"), "content-type")).isEqualTo("application/json");
  }

  @Test
  void everyRouteIsDescribedAndEverythingDescribedIsThere() {
    JsonObject paths =
        ((JsonObject) hub.ok(hub.request("GET", "/openapi.json"))).getJsonObject("paths");
    Set<String> described = new TreeSet<>();
    for (String path : paths.fieldNames()) {
      for (String method : paths.getJsonObject(path).fieldNames()) {
        described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path);
      }
    }
    Set<String> served = new TreeSet<>();
    for (Route route : hub.door.routes()) {
      if (route.getName() != null && route.methods() != null) {
        String path = route.getName().replaceAll(":(\\w+)", "{$1}");
        route.methods().forEach(method -> served.add(method + " " + path));
      }
    }
    assertThat(served).contains("GET /watch/{channel_id}", "PUT /create").isEqualTo(described);
  }

  @Test
  void requestsOfOneConnectionAreAnsweredInTheirOrder() {
    hub.channel("news");
    try (RawClient client = hub.connect()) {
      for (int i = 0; i < 50; i++) {
        client.post("/broadcast?channel_id=news", HttpHub.message("t", i));
      }
      for (int i = 1; i <= 50; i++) {
        RawClient.Head head = client.head();
        assertThat(head.header("eric-message-id")).endsWith("-" + i);
        assertThat(client.body(head)).isEqualTo("null");
      }
    }
  }

  private HttpResponse<String> get(String path, String... headers) {
    return hub.send(HttpRequest.newBuilder(hub.uri(path)).headers(headers).build());
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static JsonObject assertProblem(HttpResponse<String> answer, int status, String message) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(header(answer, "content-type")).isEqualTo("application/problem+json");
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.fieldNames())
        .containsExactlyInAnyOrder("type", "title", "status", "detail", "error", "message");
    assertThat(problem.getString("message"))
        .startsWith(problem.getString("error") + "('")
        .endsWith("')");
    if (message != null) {
      assertThat(problem.getString("message")).isEqualTo(message);
    }
    return problem;
  }
}
