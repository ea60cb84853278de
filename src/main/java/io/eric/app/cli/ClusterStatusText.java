package io.eric.app.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints the status of a cluster for a person: a table of nodes, one of groups, and problems. */
final class ClusterStatusText {

  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final String NONE = "-";

  private final JsonObject status;

  ClusterStatusText(JsonObject status) {
    this.status = status;
  }

  List<String> lines() {
    String id = status.getString("cluster");
    List<String> lines = new ArrayList<>();
    lines.add(
        "cluster "
            + (id == null ? "that is not formed" : id)
            + ", as node "
            + status.getString("asked")
            + " sees it");
    lines.add("");
    lines.addAll(table(nodes()));
    if (!status.getJsonArray("groups").isEmpty()) {
      lines.add("");
      lines.addAll(table(groups()));
    }
    lines.add("");
    JsonArray problems = status.getJsonArray("problems");
    if (problems.isEmpty()) {
      lines.add("The cluster is whole.");
    } else {
      lines.add("The cluster is not whole:");
      problems.forEach(problem -> lines.add("- " + problem));
    }
    return lines;
  }

  private List<List<String>> nodes() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NODE", "ADDRESS", "STATE", "DISK FREE"));
    for (Object each : status.getJsonArray("nodes")) {
      JsonObject node = (JsonObject) each;
      rows.add(
          List.of(
              node.getString("node"),
              node.getString("address"),
              node.getString("state").toLowerCase(Locale.ROOT).replace('_', ' '),
              node.containsKey("free") ? bytes(node.getLong("free")) : NONE));
    }
    return rows;
  }

  private List<List<String>> groups() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("GROUP", "LEADER", "OWNER", "TERM", "APPLIED", "BEHIND"));
    for (Object each : status.getJsonArray("groups")) {
      JsonObject group = (JsonObject) each;
      rows.add(
          List.of(
              group.getValue("group").toString(),
              text(group, "leader"),
              text(group, "owner"),
              text(group, "term"),
              text(group, "applied"),
              behind(group)));
    }
    return rows;
  }

  private static String text(JsonObject row, String key) {
    Object value = row.getValue(key);
    return value == null ? NONE : value.toString();
  }

  /** How many entries each follower lacks, and for how many seconds it has been silent. */
  private static String behind(JsonObject group) {
    JsonObject behind = group.getJsonObject("behind", new JsonObject());
    JsonObject silent = group.getJsonObject("silent", new JsonObject());
    List<String> all = new ArrayList<>();
    for (String node : behind.fieldNames()) {
      long seconds = silent.getLong(node, 0L) / 1_000;
      all.add(
          node
              + ": "
              + behind.getLong(node)
              + (seconds > 0 ? " (silent for " + seconds + " s)" : ""));
    }
    return all.isEmpty() ? NONE : String.join(", ", all);
  }

  private static String bytes(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= 1_024 && unit < UNITS.length - 1) {
      size /= 1_024;
      unit++;
    }
    return Math.round(size) + " " + UNITS[unit];
  }

  /** Pads all columns but the last one. */
  private static List<String> table(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
