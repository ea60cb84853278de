package io.eric.cluster.identity;

import io.eric.internal.HostNames;
import io.eric.options.ClusterOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The places that {@code cluster.members} names, in the order of the nodes' names. */
final class Seats {

  private static final int HIGHEST_PORT = 65_534;

  private final List<Seat> seats;

  private Seats(List<Seat> seats) {
    this.seats = seats;
  }

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException naming the member that is wrong, and what is allowed
   */
  static Seats of(ClusterOptions options) {
    List<Address> all = new ArrayList<>();
    for (String member : options.getMembers()) {
      Address address = Address.of(member, options.getRaftPort());
      for (Address other : all) {
        if (other.host.equals(address.host) && Math.abs(other.port - address.port) < 2) {
          throw new IllegalArgumentException(
              "cluster.members: "
                  + other.text()
                  + " and "
                  + address.text()
                  + " use the same port: each node has that which is named and the next higher"
                  + " one");
        }
      }
      all.add(address);
    }
    return new Seats(
        all.stream().map(each -> each.seat(all)).sorted(Comparator.comparing(Seat::node)).toList());
  }

  List<Seat> all() {
    return seats;
  }

  /**
   * Returns the place of this node: that of {@code cluster.node}, else the only one at {@code
   * cluster.host}, else the only one on this machine.
   *
   * @throws IllegalArgumentException if that is no place or more than one
   */
  Seat own(ClusterOptions options, LocalNames machine) {
    String node = options.getNode();
    if (!node.isEmpty()) {
      return seats.stream()
          .filter(each -> each.node().equalsIgnoreCase(node) || isWritten(each, node))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "cluster.node is " + node + ", it must be one of " + names()));
    }
    List<Seat> named =
        seats.stream().filter(each -> each.host().equalsIgnoreCase(options.getHost())).toList();
    if (named.size() == 1) {
      return named.get(0);
    }
    LocalNames all = machine.and(options.getHost());
    List<Seat> here = seats.stream().filter(each -> all.isHere(each.host())).toList();
    if (here.size() == 1) {
      return here.get(0);
    }
    Set<String> known = new TreeSet<>(all.hosts());
    known.addAll(all.addresses());
    throw new IllegalArgumentException(
        "cluster.members: "
            + (here.isEmpty()
                ? "none of " + names() + " is this machine"
                : String.join(" and ", here.stream().map(Seat::node).toList())
                    + " are all this machine")
            + ", which is called "
            + String.join(", ", known)
            + "; name the right one in cluster.node");
  }

  private static boolean isWritten(Seat seat, String node) {
    return new Address(seat.host(), seat.raftPort()).text().equalsIgnoreCase(node);
  }

  private String names() {
    return String.join(", ", seats.stream().map(Seat::node).toList());
  }

  private record Address(String host, int port) {

    static Address of(String member, int defaultPort) {
      String host = member;
      String port = "";
      int end = member.lastIndexOf(':');
      if (member.startsWith("[")) {
        int close = member.indexOf(']');
        if (close < 0 || (close + 1 < member.length() && member.charAt(close + 1) != ':')) {
          throw wrong(member);
        }
        host = member.substring(1, close);
        port = member.substring(Math.min(member.length(), close + 2));
        end = close + 1 < member.length() ? close + 1 : -1;
      } else if (end >= 0 && member.indexOf(':') == end) {
        host = member.substring(0, end);
        port = member.substring(end + 1);
      } else {
        end = -1; // no colon, or those of an IPv6 address
      }
      String name = host.toLowerCase(Locale.ROOT);
      if (!HostNames.isName(name) && !name.matches("[0-9a-f:.]*:[0-9a-f:.]*")) {
        throw wrong(member);
      }
      return new Address(name, end < 0 ? defaultPort : port(member, port));
    }

    private static int port(String member, String text) {
      if (!text.matches("\\d{1,5}")) {
        throw wrong(member);
      }
      int port = Integer.parseInt(text);
      if (port < 1 || port > HIGHEST_PORT) {
        throw wrong(member);
      }
      return port;
    }

    private static IllegalArgumentException wrong(String member) {
      return new IllegalArgumentException(
          "cluster.members: \""
              + member
              + "\" is no node: a host, host:port or [address]:port, the port from 1 to "
              + HIGHEST_PORT);
    }

    /** A node is called by its host, unless another one has the same. */
    Seat seat(List<Address> all) {
      boolean single = all.stream().filter(each -> each.host.equals(host)).count() == 1;
      return new Seat(single ? host : text(), host, port, port + 1);
    }

    String text() {
      return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
    }
  }
}
