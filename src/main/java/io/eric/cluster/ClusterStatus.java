package io.eric.cluster;

import io.eric.cluster.identity.Agreement;
import io.eric.cluster.identity.Formation;
import io.eric.cluster.identity.Member;
import io.eric.cluster.identity.Seat;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes one picture of a cluster of what its nodes say, and finds out what it lacks. Stateless. */
final class ClusterStatus {

  /** How many entries a node may lack, and how long it may be silent, without being a problem. */
  private static final long MAX_BEHIND = 1_000;

  private static final long MAX_SILENT_MS = 3_000;

  private final String asked;
  private final List<Seat> seats;
  private final @Nullable Agreement agreement;
  private final Map<String, JsonObject> told;
  private final List<String> problems = new ArrayList<>();

  private ClusterStatus(
      String asked, List<Seat> seats, @Nullable Agreement agreement, Map<String, JsonObject> told) {
    this.asked = asked;
    this.seats = seats;
    this.agreement = agreement;
    this.told = told;
  }

  /**
   * Describes a cluster.
   *
   * @param asked the node that was asked
   * @param seats the places of all nodes
   * @param agreement what the asked node has agreed to; null if nothing yet
   * @param told what the nodes that answer say of themselves, by their names
   */
  static JsonObject of(
      String asked, List<Seat> seats, @Nullable Agreement agreement, Map<String, JsonObject> told) {
    return new ClusterStatus(asked, seats, agreement, told).describe();
  }

  private JsonObject describe() {
    boolean isFormed = agreement != null && agreement.isFormed();
    JsonArray nodes = new JsonArray();
    seats.forEach(seat -> nodes.add(node(seat)));
    JsonArray groups = new JsonArray();
    if (agreement != null && isFormed) {
      for (int number = 0; number < agreement.membership().groups(); number++) {
        groups.add(group(number));
      }
    } else {
      problems.add("the cluster is not formed, as far as node " + asked + " knows");
    }
    return new JsonObject()
        .put("asked", asked)
        .put("cluster", agreement == null || !isFormed ? null : agreement.membership().cluster())
        .put("whole", problems.isEmpty())
        .put("nodes", nodes)
        .put("groups", groups)
        .put("problems", new JsonArray(problems));
  }

  private JsonObject node(Seat seat) {
    String name = seat.node();
    JsonObject row =
        new JsonObject().put("node", name).put("address", seat.host() + ":" + seat.raftPort());
    JsonObject says = told.get(name);
    Member member =
        agreement == null || !agreement.isFormed() ? null : agreement.membership().member(name);
    if (says == null) {
      boolean isAbsent = member != null && member.isAbsent();
      problems.add(
          isAbsent
              ? "node "
                  + name
                  + " was not there when the cluster was formed: start it, and let it"
                  + " in with `eric cluster replace "
                  + name
                  + "`"
              : "node " + name + " is not reached");
      return row.put("state", isAbsent ? "ABSENT" : "UNREACHED");
    }
    row.put("state", says.getString("state"));
    if (says.containsKey("free")) {
      row.put("free", says.getLong("free"));
    }
    addProblem(row, "waiting", says.getString("waiting", ""), name);
    addProblem(row, "trouble", says.getString("trouble", ""), name);
    if (says.getString("state").equals("JOINING")) {
      problems.add(
          "node " + name + " is not let in by all groups yet: `eric cluster replace " + name + "`");
    } else if (agreement != null
        && agreement.isFormed()
        && says.getString("state").equals(Formation.State.FORMED.name())
        && says.getLong("agreed") < agreement.attempt()) {
      problems.add("node " + name + " does not know yet who the members are");
    }
    return row;
  }

  private void addProblem(JsonObject row, String key, String sentence, String node) {
    if (!sentence.isEmpty()) {
      row.put(key, sentence);
      String problem = "node " + node + ": " + sentence;
      if (!problems.contains(problem)) {
        problems.add(problem);
      }
    }
  }

  /** Describes a group as its leader sees it, else as another node does. */
  private JsonObject group(int number) {
    JsonObject seen = null;
    for (Seat seat : seats) {
      JsonObject row = groupAt(seat.node(), number);
      boolean isLeaders = row != null && row.containsKey("behind");
      if (row != null && (seen == null || isLeaders)) {
        seen = row;
      }
    }
    if (seen == null) {
      problems.add("no node says how group " + number + " stands");
      return new JsonObject().put("group", number);
    }
    if (seen.getString("leader") == null || !seen.containsKey("behind")) {
      problems.add("group " + number + " has no leader that answers: more than half are needed");
    } else if (seen.getString("owner") == null) {
      problems.add("group " + number + " has no owner");
    }
    for (Object missing : seen.getJsonArray("missing", new JsonArray())) {
      problems.add(
          "node "
              + missing
              + " is not let in by group "
              + number
              + " yet: `eric cluster replace "
              + missing
              + "`");
    }
    lag(seen, number);
    return seen;
  }

  private @Nullable JsonObject groupAt(String node, int number) {
    JsonObject says = told.get(node);
    JsonArray groups = says == null ? new JsonArray() : says.getJsonArray("groups");
    return number < groups.size() ? groups.getJsonObject(number) : null;
  }

  private void lag(JsonObject group, int number) {
    JsonObject silent = group.getJsonObject("silent", new JsonObject());
    JsonObject behind = group.getJsonObject("behind", new JsonObject());
    for (String node : behind.fieldNames()) {
      if (silent.getLong(node, 0L) > MAX_SILENT_MS) {
        problems.add(
            "node "
                + node
                + " has not answered the leader of group "
                + number
                + " for "
                + silent.getLong(node)
                + " ms");
      } else if (behind.getLong(node) > MAX_BEHIND) {
        problems.add(
            "node " + node + " lacks " + behind.getLong(node) + " entries of group " + number);
      }
    }
  }
}
