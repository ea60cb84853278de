package io.eric.examples;

import io.eric.testing.Hub;

/** Shows what more workers give on this machine: run it with the test class path. */
final class PrimesSpeedUp {

  private static final int RANGES = 100;

  private PrimesSpeedUp() {}

  public static void main(String[] arguments) {
    try (Hub hub = Hub.start()) {
      Hub.await(Primes.count(hub.channels, RANGES, 1)); // warm up
      for (int round = 0; round < 3; round++) {
        for (int workers = 1; workers <= Runtime.getRuntime().availableProcessors(); workers++) {
          long start = System.nanoTime();
          int primes = Hub.await(Primes.count(hub.channels, RANGES, workers));
          System.out.printf(
              "%d workers: %d primes in %d ms%n",
              workers, primes, (System.nanoTime() - start) / 1_000_000);
        }
      }
    }
  }
}
