package io.eric.cluster.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What an operator asks of a node.
 *
 * @param verb what is to be done
 * @param node the node that it is about; empty if it is about none
 * @param group the group that it is about; -1 if it is about none
 * @param force whether the operator has said that the cost is known
 */
public record OperatorCommand(Verb verb, String node, int group, boolean force) {

  private static final Set<String> KEYS = Set.of("command", "node", "group", "force");

  private static final int NO_GROUP = -1;

  /** What can be done. */
  public enum Verb {
    /** Describes the nodes and groups. */
    STATUS,
    /** Gives a group to a node. */
    TRANSFER,
    /** Lets a node in that has lost its disk. */
    REPLACE,
    /** Forms the cluster without the nodes that do not answer. */
    FORM;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the command that describes the cluster. */
  public static OperatorCommand status() {
    return new OperatorCommand(Verb.STATUS, "", NO_GROUP, false);
  }

  /** Returns the command that gives a group to a node. */
  public static OperatorCommand transfer(int group, String node) {
    return new OperatorCommand(Verb.TRANSFER, node, group, false);
  }

  /** Returns the command that lets a node in. */
  public static OperatorCommand replace(String node) {
    return new OperatorCommand(Verb.REPLACE, node, NO_GROUP, false);
  }

  /** Returns the command that forms the cluster without the nodes that do not answer. */
  public static OperatorCommand form(boolean force) {
    return new OperatorCommand(Verb.FORM, "", NO_GROUP, force);
  }

  /** Writes the command. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject().put("command", verb.text());
    if (!node.isEmpty()) {
      json.put("node", node);
    }
    if (group != NO_GROUP) {
      json.put("group", group);
    }
    return force ? json.put("force", true) : json;
  }

  /**
   * Reads a command.
   *
   * @throws CommandRefusedException naming what is wrong with it, and what is allowed
   */
  public static OperatorCommand from(Buffer text) {
    try {
      JsonObject json = new JsonObject(text);
      Set<String> unknown = new TreeSet<>(json.fieldNames());
      unknown.removeAll(KEYS);
      if (!unknown.isEmpty()) {
        throw new CommandRefusedException(
            "a command has no " + String.join(", ", unknown) + ", allowed are " + allowed());
      }
      return new OperatorCommand(
          verb(json.getString("command", "")),
          json.getString("node", ""),
          json.getInteger("group", NO_GROUP),
          json.getBoolean("force", false));
    } catch (DecodeException | ClassCastException | NumberFormatException e) {
      throw new CommandRefusedException("this is no command: a JSON object with " + allowed());
    }
  }

  private static String allowed() {
    return String.join(", ", new TreeSet<>(KEYS));
  }

  private static Verb verb(String text) {
    return Arrays.stream(Verb.values())
        .filter(each -> each.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandRefusedException(
                    "there is no command \""
                        + text
                        + "\", allowed are "
                        + Arrays.stream(Verb.values())
                            .map(Verb::text)
                            .collect(Collectors.joining(", "))));
  }
}
