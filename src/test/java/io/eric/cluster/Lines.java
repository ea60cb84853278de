package io.eric.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/** A response read line by line, given up when nothing comes for a while. */
final class Lines implements AutoCloseable {

  /** The answer was another one than 200. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    final int status;

    private Refused(int status) {
      super("status " + status);
      this.status = status;
    }
  }

  private final HttpURLConnection connection;
  private final BufferedReader reader;

  private Lines(HttpURLConnection connection, BufferedReader reader) {
    this.connection = connection;
    this.reader = reader;
  }

  /** Opens a stream, given up when nothing comes for so long; fails unless the answer is 200. */
  static Lines open(HttpRequest request, int silenceMs) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) request.uri().toURL().openConnection();
    connection.setConnectTimeout(2_000);
    connection.setReadTimeout(silenceMs);
    request
        .headers()
        .map()
        .forEach((name, values) -> connection.setRequestProperty(name, values.get(0)));
    int status = connection.getResponseCode();
    if (status != 200) {
      connection.disconnect();
      throw new Refused(status);
    }
    return new Lines(
        connection,
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8)));
  }

  String next() throws IOException {
    return reader.readLine();
  }

  @Override
  public void close() {
    connection.disconnect();
  }
}
