package io.eric.internal.client;

import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import java.util.ArrayList;
import java.util.List;

/** A stream that takes what its reader has, as fast as a test says. */
final class TakingStream implements ChannelReader.Stream {

  final List<Long> taken = new ArrayList<>();
  boolean drained = true;
  boolean joins = true;
  long number;
  long read;
  boolean isGivenUp;
  boolean isTakenOver;
  Throwable failure;

  /** Set by who makes it: the two know each other. */
  ChannelReader reader;

  private final long step;

  /**
   * Nothing taken yet.
   *
   * @param number its first number
   * @param step how far its next number is from the last one
   */
  TakingStream(long number, long step) {
    this.number = number;
    this.step = step;
  }

  @Override
  public long renumber() {
    number += step;
    return number;
  }

  @Override
  public long readTo() {
    return read;
  }

  @Override
  public void attached(Attached now, long startsAfter) {
    read = startsAfter;
  }

  @Override
  public void take(Fetched batch) {
    batch.entries().forEach(entry -> taken.add(entry.sequence()));
    read = Math.max(read, batch.through());
  }

  @Override
  public boolean isDrained() {
    return drained;
  }

  @Override
  public boolean joinLive(long from) {
    return joins;
  }

  @Override
  public void leaveLive() {}

  @Override
  public long handedOn() {
    return read;
  }

  @Override
  public void demote() {
    reader.demote();
  }

  @Override
  public void givenUp() {
    isGivenUp = true;
    reader.leave(read);
  }

  @Override
  public void stopped() {}

  @Override
  public void takenOver() {
    isTakenOver = true;
    reader.over();
  }

  @Override
  public void failed(Throwable reason) {
    failure = reason;
  }
}
