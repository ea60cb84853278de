package io.eric.cluster.identity;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The ports of the nodes of one machine. They are chosen once, because a node must come back where
 * the others look for it.
 */
final class SlotPorts {

  private static final String FILE = "ports";

  /**
   * Where ports are looked for: below the range from which systems take ports for connections that
   * programs open, so that such a connection does not hold a port while its node is down.
   */
  private static final int LEAST = 20_000;

  private static final int MOST = 32_000;

  private static final int ATTEMPTS = 1_000;

  private final StateFile<List<Integer>> file;

  /** The ports in this directory of the machine's nodes. */
  SlotPorts(Path directory) {
    this.file =
        new StateFile<>(
            directory.resolve(FILE),
            SlotPorts::toJson,
            SlotPorts::from,
            "end all nodes and remove it: other ports are chosen then");
  }

  boolean exists() {
    return file.exists();
  }

  /**
   * Returns the port of each slot's replicas; the next higher one is that of its links. Chooses
   * those that are missing. The caller has the lock of the directory.
   *
   * @param host the address that the nodes listen at
   * @throws IllegalArgumentException if the host is not this machine
   */
  List<Integer> ensure(int slots, String host) throws IOException {
    List<Integer> known = file.read();
    List<Integer> ports = new ArrayList<>(known == null ? List.of() : known);
    if (ports.size() < slots) {
      InetAddress address = addressOf(host);
      Random random = new Random();
      Set<Integer> used = new HashSet<>(ports);
      while (ports.size() < slots) {
        int port = choose(address, used, random);
        used.add(port);
        ports.add(port);
      }
      file.write(ports);
    }
    return List.copyOf(ports.subList(0, slots));
  }

  private static InetAddress addressOf(String host) {
    try (ServerSocket any = new ServerSocket()) {
      InetAddress address = InetAddress.getByName(host);
      any.bind(new InetSocketAddress(address, 0));
      return address;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("cluster.host: there is no host " + host, e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cluster.host: "
              + host
              + " is no address of this machine, on which all nodes are unless cluster.members"
              + " names them",
          e);
    }
  }

  private static int choose(InetAddress address, Set<Integer> used, Random random)
      throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = LEAST + 2 * random.nextInt((MOST - LEAST) / 2);
      if (!used.contains(port) && isFree(address, port) && isFree(address, port + 1)) {
        return port;
      }
    }
    throw new IOException(
        "no two adjacent ports from " + LEAST + " to " + MOST + " are free at " + address);
  }

  private static boolean isFree(InetAddress address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(address, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static JsonObject toJson(List<Integer> ports) {
    List<JsonObject> slots =
        ports.stream()
            .map(port -> new JsonObject().put("raftPort", port).put("linkPort", port + 1))
            .toList();
    return new JsonObject().put("slots", Json.array(slots, each -> each));
  }

  private static List<Integer> from(JsonObject json) {
    return Json.list(json, "slots", each -> each.getInteger("raftPort"));
  }
}
