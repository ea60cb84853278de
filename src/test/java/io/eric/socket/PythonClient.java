package io.eric.socket;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Scripts of the tests, run by a real Python. */
final class PythonClient {

  private PythonClient() {}

  static Path script(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(PythonClient.class.getResource("/python/" + name), name).toURI());
  }

  /** Starts {@code reference_client.py}; its standard error is the test's. */
  static Process start(Path socket, String... arguments) throws IOException, URISyntaxException {
    String[] command = new String[3 + arguments.length];
    command[0] = "python3";
    command[1] = script("reference_client.py").toString();
    command[2] = socket.toString();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
