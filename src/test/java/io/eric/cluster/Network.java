package io.eric.cluster;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Hosts for nodes on one machine: network namespaces on a bridge where the rights are there, so
 * that links can be cut; else loopback.
 */
abstract class Network implements AutoCloseable {

  /** A network of so many hosts. */
  static Network of(int hosts) throws Exception {
    return Namespaces.isPossible() ? new Namespaces(hosts) : new Loopback();
  }

  /** The host of a node, from 1. */
  abstract Host host(int number);

  /** Whether {@link #cut} works. */
  abstract boolean canCut();

  /** Cuts a host off from all others and from the test. */
  abstract void cut(int number) throws Exception;

  /** Loses what one host sends to another one, and nothing else. */
  abstract void lose(int from, int to) throws Exception;

  /** Undoes {@link #cut}, and {@link #lose} of what this host sends. */
  abstract void heal(int number) throws Exception;

  /** Gives a host another address, under which it comes back; what it has open is lost. */
  abstract Host move(int number) throws Exception;

  @Override
  public abstract void close() throws Exception;

  private static final class Loopback extends Network {
    @Override
    Host host(int number) {
      return new Host("127.0.0.1", List.of());
    }

    @Override
    boolean canCut() {
      return false;
    }

    @Override
    void cut(int number) {
      throw new UnsupportedOperationException("loopback cannot be cut");
    }

    @Override
    void lose(int from, int to) {
      throw new UnsupportedOperationException("loopback loses nothing");
    }

    @Override
    void heal(int number) {
      throw new UnsupportedOperationException("loopback cannot be cut");
    }

    @Override
    Host move(int number) {
      throw new UnsupportedOperationException("loopback has one address");
    }

    @Override
    public void close() {}
  }

  private static final class Namespaces extends Network {
    private final String name = "e" + ProcessHandle.current().pid() % 100_000;
    private final int subnet = (int) (ProcessHandle.current().pid() % 250);
    private final int hosts;

    /** The last byte of each address: 0 is the test's own host. */
    private final int[] places;

    private Namespaces(int hosts) throws Exception {
      this.hosts = hosts;
      this.places = IntStream.rangeClosed(1, hosts + 1).toArray();
      ip("netns add " + bridge());
      ip("-n " + bridge() + " link add br0 type bridge");
      ip("-n " + bridge() + " link set br0 up");
      for (int i = 0; i <= hosts; i++) {
        ip("link add " + name + "h" + i + " type veth peer name " + name + "p" + i);
        ip("link set " + name + "p" + i + " netns " + bridge());
        ip("-n " + bridge() + " link set " + name + "p" + i + " master br0 up");
        String own = "";
        if (i > 0) {
          ip("netns add " + name + i);
          ip("link set " + name + "h" + i + " netns " + name + i);
          own = "-n " + name + i + " ";
          ip(own + "link set lo up");
        }
        ip(own + "addr add " + address(i) + "/24 dev " + name + "h" + i);
        ip(own + "link set " + name + "h" + i + " up");
      }
    }

    static boolean isPossible() throws InterruptedException {
      String probe = "eprobe" + ProcessHandle.current().pid();
      boolean possible =
          Commands.status("ip netns add " + probe) == 0
              && Commands.status("ip -n " + probe + " link add br0 type bridge") == 0;
      Commands.status("ip netns del " + probe);
      return possible;
    }

    private String bridge() {
      return name + "b";
    }

    private String address(int number) {
      return "10.77." + subnet + "." + places[number];
    }

    @Override
    Host host(int number) {
      return new Host(address(number), List.of("ip", "netns", "exec", name + number));
    }

    @Override
    boolean canCut() {
      return true;
    }

    @Override
    void cut(int number) throws Exception {
      ip("-n " + bridge() + " link set " + name + "p" + number + " down");
    }

    /** It is sent to a hardware address that nobody has. */
    @Override
    void lose(int from, int to) throws Exception {
      ip(neighbour("replace", from, to) + " lladdr 02:00:00:00:00:fe nud permanent");
    }

    private String neighbour(String verb, int from, int to) {
      return "-n "
          + name
          + from
          + " neigh "
          + verb
          + ' '
          + address(to)
          + " dev "
          + name
          + "h"
          + from;
    }

    @Override
    void heal(int number) throws Exception {
      ip("-n " + bridge() + " link set " + name + "p" + number + " up");
      for (int to = 1; to <= hosts; to++) {
        if (to != number) {
          Commands.status("ip " + neighbour("del", number, to)); // there may be none
        }
      }
    }

    @Override
    Host move(int number) throws Exception {
      String change = "-n " + name + number + " addr %s %s/24 dev " + name + "h" + number;
      ip(change.formatted("del", address(number)));
      places[number] += hosts;
      ip(change.formatted("add", address(number)));
      return host(number);
    }

    @Override
    public void close() throws Exception {
      for (int i = 1; i <= hosts; i++) {
        Commands.status("ip netns del " + name + i);
      }
      Commands.status("ip netns del " + bridge());
      Commands.status("ip link del " + name + "h0");
    }

    private static void ip(String arguments) throws Exception {
      Commands.run("ip " + arguments);
    }
  }
}
