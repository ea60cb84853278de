package io.eric.cluster.raft;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.server.RaftServerConfigKeys.ThreadPool;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Says in the words of Ratis how replicas shall work, each with its reason. */
final class RatisProperties {

  /** How long a leader may take to be confirmed, and a read to be answered, in milliseconds. */
  static final long READ_MS = 2_000;

  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  /** What an entry's frame and ids add to its bytes, generously. */
  private static final int ENTRY_OVERHEAD = 4 * KIB;

  private RatisProperties() {}

  static RaftProperties of(RaftSettings settings) {
    RaftProperties to = new RaftProperties();
    times(settings, to);
    reads(to);
    log(settings, to);
    sizes(settings, to);
    snapshots(to);
    network(settings, to);
    threads(to);
    return to;
  }

  private static void times(RaftSettings settings, RaftProperties to) {
    TimeDuration min = ms(settings.electionTimeout().toMillis());
    TimeDuration max = ms(2 * settings.electionTimeout().toMillis());
    Rpc.setTimeoutMin(to, min);
    Rpc.setTimeoutMax(to, max);
    Rpc.setFirstElectionTimeoutMin(to, min);
    Rpc.setFirstElectionTimeoutMax(to, max);
    // A server whose machine has slept for longer than this closes itself, while all that it has to
    // do is to follow whoever leads now.
    RaftServerConfigKeys.setCloseThreshold(to, TimeDuration.valueOf(3_650, TimeUnit.DAYS));
    // A leader that lost its majority does not stand for election for this long, and one that was
    // frozen for longer gives the lead up. After the default of 10 s the only node with all entries
    // would leave its group without a leader for as long.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(to, max);
    // A new member that is busy reading a snapshot may be silent for a while.
    RaftServerConfigKeys.setStagingTimeout(to, TimeDuration.valueOf(10, TimeUnit.SECONDS));
    // Requests are never repeated, so their answers need not be kept for a repetition; an entry
    // outlives by far the moment at which it is applied.
    RaftServerConfigKeys.RetryCache.setExpiryTime(to, TimeDuration.valueOf(5, TimeUnit.SECONDS));
  }

  private static void reads(RaftProperties to) {
    // A read has to be confirmed by a majority, which a lease replaces by trust in clocks.
    RaftServerConfigKeys.Read.setOption(to, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.Read.setLeaderLeaseEnabled(to, false);
    RaftServerConfigKeys.Read.setTimeout(to, ms(READ_MS));
  }

  private static void log(RaftSettings settings, RaftProperties to) {
    Log.setAsyncFlushEnabled(to, false); // it acknowledges what a crash of the process loses
    // Without fsync an entry counts when the operating system has it, and is forced afterwards.
    Log.setUnsafeFlushEnabled(to, !settings.fsync());
    // After each commit a leader would append an entry that only says so, which doubles entries and
    // fsyncs. It helps a server that is alone to apply what was committed, but one alone serves
    // nothing here.
    Log.setLogMetadataEnabled(to, false);
    // An entry that cannot be read is never skipped. TornTail removes what a crash left half
    // written, which was not acknowledged.
    Log.setCorruptionPolicy(to, Log.CorruptionPolicy.EXCEPTION);
    // Otherwise the log waits for a follower that may never come back; a follower that lacks what
    // is gone gets a snapshot.
    Log.setPurgeUptoSnapshotIndex(to, true);
    Log.Appender.setRetryPolicy(to, RETRIES);
    Log.setPurgeGap(to, 1); // entries are large, so a thousand of them are too much to keep
  }

  /**
   * How a follower that does not answer is tried again: soon, and then twice a second without end.
   * By default it is tried each 5 s, during which a follower that has come back has no leader, and
   * after a thousand times without any pause.
   */
  private static final String RETRIES = "10ms,5, 500ms,1000000000";

  private static void sizes(RaftSettings settings, RaftProperties to) {
    int entry = settings.maxEntryBytes() + ENTRY_OVERHEAD;
    // Larger entries are refused: this is both the largest entry and the largest request.
    Log.Appender.setBufferByteLimit(to, bytes(Math.max(MIB, entry)));
    Log.setWriteBufferSize(to, bytes(Math.max(MIB, entry) + KIB)); // holds a whole entry
    GrpcConfigKeys.setMessageSizeMax(to, bytes(Math.max(MIB, entry) + 2L * MIB));
    // What waits for the disk or a majority is in memory. Sums are counted in whole MiB.
    long waiting = Math.max(32L * MIB, 4L * entry);
    RaftServerConfigKeys.Write.setByteLimit(to, bytes(waiting));
    Log.setQueueByteLimit(to, bytes(waiting));
    // By default each group keeps 200 MB of its log in memory.
    Log.setSegmentCacheNumMax(to, 2);
    Log.setSegmentCacheSizeMax(to, bytes(settings.logCacheBytes()));
    Log.setSegmentSizeMax(to, bytes(16L * MIB)); // the log is purged by whole segments
    Log.setPreallocatedSize(to, bytes(MIB));
  }

  private static void snapshots(RaftProperties to) {
    // It would count entries, while bytes matter: see SnapshotPolicy.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(to, false);
    Log.Appender.setInstallSnapshotEnabled(to, true);
    Log.Appender.setSnapshotChunkSizeMax(to, bytes(MIB)); // less than the largest message
  }

  private static void network(RaftSettings settings, RaftProperties to) {
    // Not Netty, with which a heartbeat may count entries that were never replicated (RATIS-2605).
    RaftConfigKeys.Rpc.setType(to, new ObservedGrpc());
    if (settings.bindHost() != null) {
      GrpcConfigKeys.Server.setHost(to, settings.bindHost());
    }
    GrpcConfigKeys.Server.setPort(to, settings.self().raftPort());
    // Ports of their own take the services for clients and administrators away from the port that
    // other machines reach. PeerServices then opens none of the two.
    GrpcConfigKeys.Client.setPort(to, PeerServices.NO_PORT);
    GrpcConfigKeys.Admin.setPort(to, PeerServices.NO_PORT);
    // A heartbeat that waits behind large entries comes too late.
    GrpcConfigKeys.Server.setHeartbeatChannel(to, true);
  }

  /**
   * Bounds the pools, which have no bound by default. A pool that is both "cached" and bounded
   * never has more than one thread, so these are fixed.
   */
  private static void threads(RaftProperties to) {
    ThreadPool.setProxyCached(to, false);
    ThreadPool.setProxySize(to, 2); // starts and stops groups
    ThreadPool.setServerCached(to, false);
    ThreadPool.setServerSize(to, 3); // of each group; a hand-over blocks one for seconds
    ThreadPool.setClientCached(to, false);
    ThreadPool.setClientSize(to, 2); // of each group: a read does not wait for a write
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolCached(to, false);
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(to, 1); // for clients, which there are not
  }

  /**
   * Says where the groups' files are. This comes after the server was made, because a server that
   * finds groups opens them without their members, and such a group waits for a leader for ever if
   * the process had ended before its first entry.
   */
  static void setDirectory(RaftProperties to, Path directory) {
    RaftServerConfigKeys.setStorageDir(to, List.of(directory.toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(to, new File(directory.toFile(), "removed"));
  }

  private static TimeDuration ms(long ms) {
    return TimeDuration.valueOf(ms, TimeUnit.MILLISECONDS);
  }

  private static SizeInBytes bytes(long bytes) {
    return SizeInBytes.valueOf(bytes);
  }
}
