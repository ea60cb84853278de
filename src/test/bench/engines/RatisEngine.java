import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Apache Ratis over gRPC, with the times and sizes that the hub gives it. */
final class RatisEngine implements EngineNode.Engine {

  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();
  private final List<RaftGroupId> ids = new ArrayList<>();
  private final RaftServer server;

  RatisEngine(int place, int groups, Path directory, int port) throws IOException {
    List<RaftPeer> peers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      peers.add(RaftPeer.newBuilder().setId("n" + i).setAddress("127.0.0.1:" + (port + i)).build());
    }
    RaftProperties to = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(to, List.of(directory.toFile()));
    GrpcConfigKeys.Server.setPort(to, port + place);
    RaftServerConfigKeys.Rpc.setTimeoutMin(to, TimeDuration.valueOf("500ms", null));
    RaftServerConfigKeys.Rpc.setTimeoutMax(to, TimeDuration.valueOf("1000ms", null));
    RaftServerConfigKeys.Log.setSegmentSizeMax(to, SizeInBytes.valueOf("16MB"));
    RaftServerConfigKeys.Log.setPreallocatedSize(to, SizeInBytes.valueOf("1MB"));
    RaftServerConfigKeys.Log.setWriteBufferSize(to, SizeInBytes.valueOf("5MB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(to, 2);
    RaftServerConfigKeys.Log.setLogMetadataEnabled(to, false);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(to, false);
    GrpcConfigKeys.Server.setHeartbeatChannel(to, true);
    server =
        RaftServer.newBuilder()
            .setServerId(peers.get(place).getId())
            .setProperties(to)
            .setParameters(new Parameters())
            .setStateMachineRegistry(id -> new Counting())
            .build();
    server.start();
    List<RaftGroupId> known = new ArrayList<>(); // those that a former process has left
    server.getGroupIds().forEach(known::add);
    for (int i = 0; i < groups; i++) {
      RaftGroupId id =
          RaftGroupId.valueOf(UUID.nameUUIDFromBytes(("g" + i).getBytes(StandardCharsets.UTF_8)));
      ids.add(id);
      if (!known.contains(id)) {
        server.groupManagement(
            GroupManagementRequest.newAdd(
                client, server.getId(), i + 1, RaftGroup.valueOf(id, peers), false));
      }
    }
  }

  /** Applies entries by counting them. */
  private static final class Counting extends BaseStateMachine {
    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext entry) {
      updateLastAppliedTermIndex(entry.getLogEntry().getTerm(), entry.getLogEntry().getIndex());
      return CompletableFuture.completedFuture(Message.EMPTY);
    }
  }

  @Override
  public boolean leads(int group) {
    try {
      return server.getDivision(ids.get(group)).getInfo().isLeaderReady();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public CompletableFuture<?> append(int group, byte[] entry) throws IOException {
    return server
        .submitClientRequestAsync(
            RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(server.getId())
                .setGroupId(ids.get(group))
                .setCallId(calls.incrementAndGet())
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .setType(RaftClientRequest.writeRequestType())
                .build())
        .thenAccept(
            reply -> {
              if (!reply.isSuccess()) {
                throw new IllegalStateException(reply.getException());
              }
            });
  }
}
