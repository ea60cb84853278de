package io.eric.internal.client;

import io.eric.internal.protocol.Session;
import java.util.ArrayList;
import java.util.List;

/** The streams that a book of a test is of. */
final class BookedStreams implements ReaderBook.Side {

  final List<ChannelReader> all = new ArrayList<>();
  Session session;
  long sent;

  BookedStreams(Session session) {
    this.session = session;
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public long acknowledged() {
    return 0;
  }

  @Override
  public List<ChannelReader> readers() {
    return List.copyOf(all);
  }

  @Override
  public ChannelReader reader(long number) {
    return all.stream().filter(stream -> stream.number() == number).findFirst().orElse(null);
  }

  @Override
  public void isIn(Session now) {
    session = now;
  }

  @Override
  public void confirmed() {}

  @Override
  public void sent(long through) {
    sent = through;
  }
}
