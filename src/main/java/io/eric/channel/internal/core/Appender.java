package io.eric.channel.internal.core;

import io.eric.UnavailableException;
import io.eric.channel.internal.overflow.AckGate;
import io.eric.channel.internal.overflow.InFlight;
import io.eric.channel.internal.overflow.Overflow;
import io.eric.channel.internal.overflow.PublisherBrake;
import io.eric.channel.internal.readers.Fanout;
import io.eric.channel.internal.readers.Listeners;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command.Publish;
import io.eric.log.MessageLog;
import io.eric.metrics.Meters;
import io.eric.options.ChannelOptions;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The single writer of a channel, used on the channel's context. {@link GroupCommit} puts the
 * messages that {@link Admission} accepts into the log, in the order of their arrival; {@link
 * AckGate} decides when their publishers are answered.
 */
public final class Appender {

  private final MessageLog log;
  private final AckGate acknowledgements;
  private final Admission admission;
  private final GroupCommit commit;

  /**
   * Creates a writer of this log, which knows the publishers' keys that the log has kept.
   *
   * @param fanout gets entries as soon as they are readable, before their publishers are answered
   * @param clock the time in milliseconds
   */
  Appender(
      ChannelOptions<?> options,
      MessageLog log,
      Listeners listeners,
      Fanout fanout,
      LogTrimming trimming,
      AckGate acknowledgements,
      Overflow overflow,
      PublisherBrake brake,
      Meters meters,
      LongSupplier clock) {
    this.log = log;
    this.acknowledgements = acknowledgements;
    KeyWindow keys = new KeyWindow(options.getKeys(), options.getKeysAge(), meters);
    keys.restore(log.keys(), clock.getAsLong());
    this.admission = new Admission(options, listeners, overflow, keys, meters, clock);
    this.commit =
        new GroupCommit(
            log,
            listeners,
            overflow,
            brake,
            acknowledgements,
            admission,
            keys,
            fanout,
            trimming,
            meters,
            clock);
  }

  /**
   * Takes the messages of one publisher, in order; answers when every outcome is known and, unless
   * all of them are refused, readers need no more time.
   */
  public void publish(List<Publish> messages, Consumer<Published> answer) {
    publish(messages, answer, false);
  }

  /** Takes a message of the hub's own, whose type no publisher may use. */
  public void publishOwn(Publish message, Consumer<Published> answer) {
    publish(List.of(message), answer, true);
  }

  private void publish(List<Publish> messages, Consumer<Published> answer, boolean own) {
    if (messages.isEmpty()) {
      answer.accept(new Published(log.epoch(), List.of()));
      return;
    }
    InFlight taken = InFlight.inAll();
    PendingBatch batch =
        new PendingBatch(
            messages.size(),
            outcomes -> {
              if (taken.isEmpty()) { // all refused: there is nothing to wait for
                answer.accept(new Published(log.epoch(), outcomes));
                return;
              }
              acknowledgements.release(
                  () -> {
                    admission.answered(taken);
                    answer.accept(new Published(log.epoch(), outcomes));
                  });
            });
    List<PendingAppend> admitted = new ArrayList<>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      PendingAppend append = new PendingAppend(messages.get(i), batch, i);
      if (admission.admit(append, taken, own)) {
        admitted.add(append);
      }
    }
    commit.add(admitted);
  }

  /**
   * Accepts no more messages.
   *
   * @param inOrder whether accepted messages still go into the log, unless they wait for readers
   * @return completed when the last append is done
   */
  Future<Void> leave(boolean inOrder) {
    UnavailableException moving = new UnavailableException("the channel is moving to another node");
    admission.close(moving);
    return commit.leave(inOrder ? null : moving, moving);
  }

  /**
   * Refuses the messages that are not on their way to the store yet, and those that would have to
   * wait from now on, because the readers that could make room for them are being ended.
   */
  void close() {
    commit.close(new UnavailableException("the channel is closing, nothing was appended"));
  }

  /** Returns the messages that are not acknowledged yet. */
  InFlight inFlight() {
    return admission.inFlight();
  }
}
