import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * One node of three with replicas of some groups, driven by lines on its standard input. Arguments:
 * ratis or jgroups, the node's place from 0, the number of groups, its directory, the first port.
 */
final class EngineNode {

  /** A library that keeps the groups. */
  interface Engine {
    boolean leads(int group);

    /** Completes when an entry is committed and applied here. */
    CompletableFuture<?> append(int group, byte[] entry) throws Exception;
  }

  private EngineNode() {}

  public static void main(String[] args) throws Exception {
    int place = Integer.parseInt(args[1]);
    int groups = Integer.parseInt(args[2]);
    Path directory = Path.of(args[3]);
    int port = Integer.parseInt(args[4]);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          failure.printStackTrace();
          Runtime.getRuntime().halt(1); // the libraries' threads would go on
        });
    Engine engine =
        args[0].equals("ratis")
            ? new RatisEngine(place, groups, directory, port)
            : new JGroupsEngine(place, groups, directory, port);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = commands.readLine()) != null; ) {
      String[] command = line.split(" ");
      System.out.println(
          "> "
              + switch (command[0]) {
                case "leads" -> led(engine, groups).size();
                case "load" -> load(engine, led(engine, groups), command);
                case "one" -> isAppended(engine, Integer.parseInt(command[1]));
                default -> throw new IllegalArgumentException(line);
              });
    }
    Runtime.getRuntime().halt(0);
  }

  private static List<Integer> led(Engine engine, int groups) {
    return IntStream.range(0, groups).filter(engine::leads).boxed().toList();
  }

  private static boolean isAppended(Engine engine, int group) {
    try {
      engine.append(group, new byte[250]).get(300, TimeUnit.MILLISECONDS);
      return true;
    } catch (Exception e) {
      return false;
    }
  }

  /** Appends to all groups that are led here: entries of these bytes, so many under way in each. */
  private static String load(Engine engine, List<Integer> led, String[] command) throws Exception {
    int bytes = Integer.parseInt(command[1]);
    int underWay = Integer.parseInt(command[2]);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.parseInt(command[3]));
    ConcurrentLinkedQueue<Long> times = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads =
        led.stream()
            .map(group -> new Thread(() -> fill(engine, group, bytes, underWay, end, times, failures)))
            .toList();
    threads.forEach(Thread::start);
    for (Thread each : threads) {
      each.join();
    }
    long[] sorted = times.stream().mapToLong(each -> each / 1_000).sorted().toArray();
    return sorted.length
        + " "
        + (sorted.length == 0 ? 0 : sorted[sorted.length / 2])
        + " "
        + (sorted.length == 0 ? 0 : sorted[(int) (sorted.length * 0.99)])
        + " "
        + failures.size();
  }

  private static void fill(
      Engine engine,
      int group,
      int bytes,
      int underWay,
      long end,
      ConcurrentLinkedQueue<Long> times,
      ConcurrentLinkedQueue<Throwable> failures) {
    Semaphore room = new Semaphore(underWay);
    try {
      while (System.nanoTime() < end) {
        room.acquire();
        byte[] entry = new byte[bytes];
        Arrays.fill(entry, (byte) 'x');
        long begun = System.nanoTime();
        engine
            .append(group, entry)
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    times.add(System.nanoTime() - begun);
                  } else {
                    failures.add(failure);
                  }
                  room.release();
                });
      }
      room.tryAcquire(underWay, 10, TimeUnit.SECONDS);
    } catch (Exception e) {
      failures.add(e);
    }
  }
}
