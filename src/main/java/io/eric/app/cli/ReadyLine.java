package io.eric.app.cli;

import io.eric.options.EricOptions;

/** Builds the one line that says where a hub can be reached. */
final class ReadyLine {

  private ReadyLine() {}

  static String of(EricOptions options, int httpPort, String socketPath) {
    StringBuilder line = new StringBuilder("eric is ready:");
    if (options.isHttpEnabled()) {
      String host = options.getHttp().getHost();
      boolean bareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
      line.append(" http://").append(bareIpv6 ? '[' + host + ']' : host);
      line.append(':').append(httpPort).append('/');
    }
    if (options.isSocketEnabled()) {
      line.append(" socket ").append(socketPath);
    }
    return line.toString();
  }
}
