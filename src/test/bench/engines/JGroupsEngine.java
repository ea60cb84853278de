import java.io.DataInput;
import java.io.DataOutput;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FD_SOCK;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.protocols.raft.ELECTION2;
import org.jgroups.protocols.raft.FileBasedLog;
import org.jgroups.protocols.raft.NO_DUPES;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.raft.RaftHandle;
import org.jgroups.raft.StateMachine;

/** jgroups-raft over TCP, with the log that it has beside LevelDB, and a channel for each group. */
final class JGroupsEngine implements EngineNode.Engine {

  private final List<RaftHandle> groups = new ArrayList<>();

  JGroupsEngine(int place, int count, Path directory, int port) throws Exception {
    for (int group = 0; group < count; group++) {
      int first = port + 10 * group;
      List<InetSocketAddress> hosts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        hosts.add(new InetSocketAddress("127.0.0.1", first + i));
      }
      TCP tcp = new TCP();
      tcp.setBindAddress(InetAddress.getByName("127.0.0.1"));
      tcp.setBindPort(first + place);
      TCPPING ping = new TCPPING();
      ping.setInitialHosts(hosts);
      ping.setPortRange(0);
      FD_ALL3 silence = new FD_ALL3();
      silence.setTimeout(1_000);
      silence.setInterval(250);
      GMS members = new GMS();
      members.setJoinTimeout(1_000);
      RAFT raft =
          new RAFT()
              .members(List.of("n0", "n1", "n2"))
              .raftId("n" + place)
              .logClass(FileBasedLog.class.getName())
              .logDir(directory.resolve("g" + group).toString())
              .logUseFsync(true);
      JChannel channel =
          new JChannel(
              tcp,
              ping,
              new MERGE3(),
              new FD_SOCK(),
              silence,
              new VERIFY_SUSPECT2(),
              new NAKACK2().useMcastXmit(false),
              new UNICAST3(),
              new STABLE(),
              new NO_DUPES(),
              members,
              new UFC(),
              new MFC(),
              new FRAG4(),
              new ELECTION2(),
              raft);
      channel.name("n" + place);
      groups.add(new RaftHandle(channel, new Nothing()));
      channel.connect("g" + group);
    }
  }

  /** Applies entries by doing nothing. */
  private static final class Nothing implements StateMachine {
    @Override
    public byte[] apply(byte[] data, int offset, int length, boolean serialize) {
      return null;
    }

    @Override
    public void readContentFrom(DataInput in) {}

    @Override
    public void writeContentTo(DataOutput out) {}
  }

  @Override
  public boolean leads(int group) {
    return groups.get(group).isLeader();
  }

  @Override
  public CompletableFuture<?> append(int group, byte[] entry) throws Exception {
    return groups.get(group).setAsync(entry, 0, entry.length, null);
  }
}
