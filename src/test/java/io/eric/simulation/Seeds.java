package io.eric.simulation;

import java.util.List;

/** Runs seeds and says what was wrong with which. */
final class Seeds {
  private Seeds() {}

  public static void main(String[] arguments) {
    long from = Long.parseLong(arguments[0]);
    long seeds = Long.parseLong(arguments[1]);
    int bad = 0;
    for (long seed = from; seed < from + seeds; seed++) {
      StreamSimulation simulation = new StreamSimulation(seed);
      List<String> faults = simulation.run();
      if (seeds == 1) {
        System.out.println(simulation.trace());
      }
      if (!faults.isEmpty()) {
        bad++;
        System.out.println(seed + " " + faults);
      }
    }
    System.out.println(bad + " of " + seeds + " seeds failed");
  }
}
