package io.eric.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes and threads of a test, which end with it. */
final class Processes implements AutoCloseable {

  private final List<Process> processes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Starts a process whose standard error is the test's. */
  Process start(String... command) throws IOException {
    return start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
  }

  /** Starts a process that writes into this file, whatever it is. */
  Process start(Path log, String... command) throws IOException {
    return start(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
  }

  private Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** Runs something that ends when a process does, or by being interrupted. */
  void run(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /**
   * Kills a process and waits for its end. Not by {@link Process#destroyForcibly}, which closes the
   * output under the thread that reads it.
   */
  static void kill(Process process) throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    for (Process process : processes) {
      kill(process);
    }
    threads.forEach(Thread::interrupt);
  }
}
