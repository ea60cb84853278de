package io.eric.cluster;

import io.eric.UnavailableException;
import io.eric.cluster.admin.CommandRefusedException;
import io.eric.cluster.link.NodeLinks;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes ask each other on behalf of an operator. A refusal reaches the node that asks with its
 * text. Confined to the context of the links.
 */
final class OperatorQuestions {

  private static final Logger logger = LoggerFactory.getLogger(OperatorQuestions.class);

  private static final String SERVICE = "cluster.operator";
  private static final String QUESTION = "question";

  private final NodeLinks links;
  private final Map<String, Function<JsonObject, Future<JsonObject>>> answers = new HashMap<>();

  OperatorQuestions(NodeLinks links) {
    this.links = links;
  }

  /** Says how a question is answered. */
  OperatorQuestions on(String question, Function<JsonObject, Future<JsonObject>> answer) {
    answers.put(question, answer);
    return this;
  }

  /** Begins to answer. */
  void serve() {
    links.serve(SERVICE, (from, asked) -> answer(new JsonObject(asked)));
  }

  private Future<Buffer> answer(JsonObject asked) {
    Function<JsonObject, Future<JsonObject>> known = answers.get(asked.getString(QUESTION));
    Future<JsonObject> answer;
    try {
      answer =
          known == null
              ? Future.failedFuture(
                  new CommandRefusedException("the node has another version, and does not know it"))
              : known.apply(asked);
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    return answer
        .map(done -> new JsonObject().put("answer", done))
        .otherwise(
            e -> {
              if (e instanceof UnavailableException away) {
                return new JsonObject().put("unavailable", away.getMessage());
              } else if (!(e instanceof CommandRefusedException)) {
                logger.warn("the question {} of an operator has failed", asked, e);
              }
              return new JsonObject().put("refused", String.valueOf(e.getMessage()));
            })
        .map(JsonObject::toBuffer);
  }

  /**
   * Asks a node, which may be this one.
   *
   * @return fails with {@link CommandRefusedException} if the node refuses, and with {@link
   *     UnavailableException} if it does not answer
   */
  Future<JsonObject> ask(String node, String question, JsonObject details, long timeoutMs) {
    Buffer asked = details.copy().put(QUESTION, question).toBuffer();
    return links
        .call(node, SERVICE, asked, timeoutMs)
        .recover(e -> Future.failedFuture(noAnswer(node, e)))
        .map(JsonObject::new)
        .compose(
            answer -> {
              String refused = answer.getString("refused");
              String unavailable = answer.getString("unavailable");
              if (refused != null) {
                return Future.failedFuture(new CommandRefusedException(refused));
              }
              return unavailable == null
                  ? Future.succeededFuture(answer.getJsonObject("answer"))
                  : Future.failedFuture(new UnavailableException(unavailable));
            });
  }

  private static UnavailableException noAnswer(String node, Throwable e) {
    String why = e instanceof ReplyException reply ? String.valueOf(reply.getMessage()) : "" + e;
    return new UnavailableException("node " + node + " does not answer: " + why);
  }
}
