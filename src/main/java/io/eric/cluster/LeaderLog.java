package io.eric.cluster;

import io.eric.UnavailableException;
import io.eric.cluster.link.NodeLinks;
import io.eric.cluster.owner.GroupLog;
import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.Verdict;
import io.eric.internal.protocol.WireInput;
import io.eric.internal.protocol.WireOutput;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The log of a group wherever its leader is: what a node appends that does not lead is forwarded to
 * the leader, and comes back when it is applied there. An entry that is forwarded to a node that
 * does not lead any more fails there; it is not passed on. A leader reads an entry before it
 * appends it, because one that cannot be read would end every replica.
 */
final class LeaderLog implements GroupLog {

  private static final String SERVICE = "group.append";

  /** Longer than a leader without a majority takes to give up what it has not committed. */
  private static final long ANSWER_MS = 10_000;

  private final GroupReplica replica;
  private final NodeLinks links;

  LeaderLog(GroupReplica replica, NodeLinks links) {
    this.replica = replica;
    this.links = links;
  }

  @Override
  public CompletionStage<List<Verdict>> append(EncodedEntry entry) {
    GroupReplica.Status status = replica.status();
    String leader = status.leader();
    if (status.isLeader()) {
      return replica.append(entry);
    }
    if (leader == null) {
      return CompletableFuture.failedStage(
          new UnavailableException("no node leads group " + replica.number()));
    }
    WireOutput request = new WireOutput(entry.size() + 16);
    request.putInt(replica.number()).putBytes(entry.bytes());
    return links
        .call(leader, SERVICE, Buffer.buffer(request.toBytes()), ANSWER_MS)
        .map(LeaderLog::verdicts)
        .toCompletionStage();
  }

  /** Where a node's groups are found by what other nodes send. */
  interface Groups {

    /** Returns the replica of a group, or {@code null} if there is none of that number. */
    @Nullable GroupReplica replica(int number);

    /** Returns where that replica may be called. */
    Executor thread(int number);
  }

  /** Appends what other nodes forward. */
  static void serve(NodeLinks links, Groups groups) {
    links.serve(SERVICE, (from, request) -> appended(groups, new WireInput(request.getBytes())));
  }

  private static Future<Buffer> appended(Groups groups, WireInput request) {
    int number = request.getInt();
    EncodedEntry entry = EncodedEntry.read(request.getBytes());
    GroupReplica replica = groups.replica(number);
    if (replica == null) {
      return Future.failedFuture(new UnavailableException("there is no group " + number));
    }
    Promise<Buffer> answer = Promise.promise();
    groups
        .thread(number)
        .execute(
            () -> {
              try {
                replica
                    .append(entry)
                    .whenComplete(
                        (verdicts, failure) -> {
                          if (failure == null) {
                            answer.complete(bytes(verdicts));
                          } else {
                            answer.fail(failure);
                          }
                        });
              } catch (RuntimeException e) {
                answer.fail(e);
              }
            });
    return answer.future();
  }

  private static Buffer bytes(List<Verdict> verdicts) {
    WireOutput out = new WireOutput(16).putInt(verdicts.size());
    verdicts.forEach(each -> out.putString(each.name()));
    return Buffer.buffer(out.toBytes());
  }

  private static List<Verdict> verdicts(Buffer answer) {
    return new WireInput(answer.getBytes()).getList(in -> Verdict.valueOf(in.getString()));
  }
}
