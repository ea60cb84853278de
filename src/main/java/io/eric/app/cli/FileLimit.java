package io.eric.app.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import io.eric.options.EricOptions;
import io.eric.options.StoreOptions;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many files, connections included, the system lets this process have open. At that limit
 * nothing can be accepted any more, and no file opened either, so it has to be above our own
 * limits.
 *
 * @param files the limit; the largest long where there is none
 */
record FileLimit(long files) {

  private static final Logger LOG = LoggerFactory.getLogger(FileLimit.class);

  /**
   * What a hub has open besides: jars, logs, event loops, the links to others, streams of tests.
   */
  static final long RESERVE = 256;

  /** The limit of this process. */
  static FileLimit current() {
    return new FileLimit(
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount()
            : Long.MAX_VALUE);
  }

  /** Says so once if the limits of the settings are beyond this one. */
  void warnIfShort(EricOptions options) {
    String shortage = shortage(options);
    if (shortage != null) {
      LOG.warn("{}", shortage);
    }
  }

  /** What is wrong, with the numbers; null if nothing is. */
  @Nullable String shortage(EricOptions options) {
    int instances = options.getHttp().getInstances();
    long http =
        options.isHttpEnabled() ? (long) options.getHttp().getMaxConnections() * instances : 0;
    long socket = options.isSocketEnabled() ? options.getSocket().getMaxConnections() : 0;
    long store =
        options.getStore().getType() == StoreOptions.Type.FILE
            ? options.getStore().getFile().getDiskLimit()
                / options.getStore().getFile().getSegmentBytes()
            : 0;
    long wanted = http + socket + store + RESERVE;
    if (wanted <= files) {
      return null;
    }
    return "this process may have "
        + files
        + " files open, and the settings want "
        + wanted
        + ": http.maxConnections "
        + http
        + ", socket.maxConnections "
        + socket
        + ", segments of the store "
        + store
        + ", others "
        + RESERVE
        + "; raise the limit (ulimit -n, LimitNOFILE=) or lower them";
  }
}
