package io.eric.cluster.identity;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this machine is called.
 *
 * @param hosts its host names and {@code cluster.host}, in lower case
 * @param addresses those of its interfaces
 */
record LocalNames(Set<String> hosts, Set<String> addresses) {

  private static final Logger LOG = LoggerFactory.getLogger(LocalNames.class);

  /** Asks the system. */
  static LocalNames ofThisMachine() {
    Set<String> hosts = new TreeSet<>();
    Set<String> addresses = new TreeSet<>();
    try {
      hosts.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
    } catch (UnknownHostException e) {
      LOG.debug("this machine's host name has no address", e);
    }
    String environment = System.getenv("HOSTNAME");
    if (environment != null && !environment.isBlank()) {
      hosts.add(environment.strip().toLowerCase(Locale.ROOT));
    }
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .forEach(address -> addresses.add(canonical(address)));
    } catch (SocketException e) {
      LOG.debug("the addresses of this machine are not known", e);
    }
    return new LocalNames(hosts, addresses);
  }

  /** Returns these names and one more. */
  LocalNames and(String host) {
    Set<String> more = new TreeSet<>(hosts);
    more.add(host.toLowerCase(Locale.ROOT));
    return new LocalNames(more, addresses);
  }

  /**
   * Returns whether a member's host is this machine. Names may differ in how much of the domain
   * they have: eric-0, eric-0.eric and eric-0.eric.default.svc.cluster.local are the same.
   */
  boolean isHere(String member) {
    String host = member.toLowerCase(Locale.ROOT);
    if (isAddress(host)) {
      return hosts.contains(host) || addresses.contains(canonicalAddress(host));
    }
    return hosts.stream()
        .filter(own -> !isAddress(own))
        .anyMatch(
            own -> own.equals(host) || own.startsWith(host + '.') || host.startsWith(own + '.'));
  }

  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || Character.isDigit(c));
  }

  private static String canonicalAddress(String address) {
    try {
      return canonical(InetAddress.getByName(address)); // asks no name server for an address
    } catch (UnknownHostException e) {
      return address;
    }
  }

  private static String canonical(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }
}
