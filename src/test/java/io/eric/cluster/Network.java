package io.eric.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

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

  /** Undoes {@link #cut}. */
  abstract void heal(int number) throws Exception;

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
    void heal(int number) {
      throw new UnsupportedOperationException("loopback cannot be cut");
    }

    @Override
    public void close() {}
  }

  private static final class Namespaces extends Network {
    private final String name = "e" + ProcessHandle.current().pid() % 100_000;
    private final int subnet = (int) (ProcessHandle.current().pid() % 250);
    private final int hosts;

    private Namespaces(int hosts) throws Exception {
      this.hosts = hosts;
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

    static boolean isPossible() {
      try {
        String probe = "eprobe" + ProcessHandle.current().pid();
        boolean possible =
            run(List.of("ip", "netns", "add", probe)) == 0
                && run(List.of("ip", "-n", probe, "link", "add", "br0", "type", "bridge")) == 0;
        run(List.of("ip", "netns", "del", probe));
        return possible;
      } catch (IOException | InterruptedException noSuchCommand) {
        return false;
      }
    }

    private String bridge() {
      return name + "b";
    }

    private String address(int number) {
      return "10.77." + subnet + "." + (number + 1);
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

    @Override
    void heal(int number) throws Exception {
      ip("-n " + bridge() + " link set " + name + "p" + number + " up");
    }

    @Override
    public void close() throws Exception {
      for (int i = 1; i <= hosts; i++) {
        run(List.of("ip", "netns", "del", name + i));
      }
      run(List.of("ip", "netns", "del", bridge()));
      run(List.of("ip", "link", "del", name + "h0"));
    }

    private static void ip(String arguments) throws Exception {
      List<String> command = new ArrayList<>(List.of("ip"));
      command.addAll(List.of(arguments.split(" ")));
      if (run(command) != 0) {
        throw new IOException("failed: " + String.join(" ", command));
      }
    }

    private static int run(List<String> command) throws IOException, InterruptedException {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
  }
}
