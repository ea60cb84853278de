package io.eric.app.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import io.eric.options.EricOptions;
import io.eric.options.StoreOptions;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limit of the operating system on the files, including connections, that this process may have
 * open. At that limit no connection can be accepted and no file opened any more, so it has to be
 * above the limits of the settings.
 *
 * @param files the limit; the greatest long if there is none
 */
record FileLimit(long files) {

  private static final Logger LOG = LoggerFactory.getLogger(FileLimit.class);

  /**
   * What a hub has open besides connections and segments: jars, logs, event loops, links to other
   * nodes, streams of tests.
   */
  static final long RESERVE = 256;

  /** Returns the limit of this process. */
  static FileLimit current() {
    return new FileLimit(
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount()
            : Long.MAX_VALUE);
  }

  /** Logs a warning if the limits of the settings are beyond this limit. */
  void warnIfShort(EricOptions options) {
    String shortage = shortage(options);
    if (shortage != null) {
      LOG.warn("{}", shortage);
    }
  }

  /** Returns what is wrong, with the numbers; null if nothing is. */
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
