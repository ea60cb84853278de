package io.eric.internal.client;

import io.eric.Ids;
import io.eric.Message;
import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.internal.protocol.Session;
import io.eric.log.Entry;
import io.eric.metrics.Meters;
import io.eric.options.EdgeOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener's or watcher's messages as a {@code ReadStream}. It reads a batch, hands the batch out
 * as items are demanded, and then reads the next one. It holds one batch, and another one for each
 * time that it was attached anew while it held the first.
 *
 * @param <T> the form of the items
 */
final class PullStream<T> extends DemandedStream<T>
    implements ChannelReader.Stream, ReaderBook.Side {

  /** The position of a stream that is not attached yet. */
  private static final long UNKNOWN = -1;

  private static final int BATCH_MESSAGES = 256;
  private static final int BATCH_BYTES = 64 << 10;

  private final String channelId;
  private final @Nullable String start;
  private final BooleanSupplier mayOpen;
  private final Form<T> form;
  private final String address = Addresses.edge(Ids.random());
  private final ArrayDeque<Read> batch = new ArrayDeque<>();
  private @Nullable MessageConsumer<ChannelResponse> consumer;
  private @Nullable MessageConsumer<OwnerChanged> moves;
  private final VertxLoop loop;
  private final ReaderBook book;
  private final ChannelReader reader;
  private Loop.@Nullable Timer bookTimer;
  private Session session = Session.NONE;
  private long numbers = 1;

  private String epoch = "";
  private long handedOut;
  private long through;
  private long delayMs;
  private boolean pausing;
  private boolean handing;
  private boolean ended;

  /** Converts messages to the items that the user gets. */
  interface Form<T> {

    /** Converts a message of the log that was read in the life of this epoch. */
    T message(Entry entry, String epoch);

    /**
     * Converts the last message, which has the reason why the stream ends.
     *
     * @param retryMs how long the user should wait before opening the next stream, in milliseconds;
     *     0 if not at all
     */
    T last(Entry entry, String epoch, int retryMs);
  }

  /**
   * Creates a stream that is not open; it opens when it gets a handler.
   *
   * @param listener the listener to read; null for a watcher
   * @param start the position to begin after, as {@code after} in the protocol; null to begin at
   *     the cursor
   * @param mayOpen called when there is a handler; a stream that may not open ends
   * @param raw whether messages are given as they were published, without the channel's {@code
   *     adapt}
   */
  PullStream(
      Vertx vertx,
      BusClient client,
      String channelId,
      @Nullable String listener,
      @Nullable String start,
      BooleanSupplier mayOpen,
      boolean raw,
      Form<T> form) {
    super(vertx, "messages of channel " + channelId);
    this.channelId = channelId;
    this.start = start;
    this.mayOpen = mayOpen;
    this.form = form;
    AddressRouter router = new AddressRouter(vertx);
    this.loop = new VertxLoop(context);
    // A program does not reopen its stream as a browser does, so the stream does not give up while
    // its channel cannot be reached.
    this.book =
        new ReaderBook(
            client,
            loop,
            Meters.of(vertx),
            channelId,
            address,
            EdgeOptions.DEFAULT_CONFIRM_INTERVAL,
            ReaderBook.NEVER_GIVES_UP,
            this);
    this.reader =
        new ChannelReader(
            client,
            loop,
            () -> router.far() != null,
            new ChannelReader.Asking(
                channelId, address, listener, false, raw, BATCH_MESSAGES, BATCH_BYTES),
            numbers,
            book,
            this);
  }

  @Override
  protected Future<Void> closed() {
    end();
    return Future.succeededFuture();
  }

  @Override
  protected void open() {
    if (ended) {
      return;
    }
    if (consumer != null) {
      handOut();
      return;
    }
    if (!mayOpen.getAsBoolean()) {
      context.runOnContext(v -> end());
      return;
    }
    MessageConsumer<ChannelResponse> ours = vertx.eventBus().localConsumer(address);
    consumer = ours;
    // The bus calls handlers on a duplicate of the context, but the user's handlers belong on the
    // context itself.
    ours.handler(message -> context.runOnContext(v -> news(message)));
    endWithVerticle();
    if (new AddressRouter(vertx).far() != null) {
      moves =
          vertx
              .eventBus()
              .localConsumer(
                  Addresses.moved(channelId), move -> context.runOnContext(v -> reader.moved()));
    }
    bookTimer = loop.every(EdgeOptions.DEFAULT_CONFIRM_INTERVAL / 4, book::tick);
    reader.open(start).onSuccess(this::opened).onFailure(this::failed);
  }

  private void opened(Attached answer) {
    if (answer.stopped()) {
      end(); // there is no stream, because the listener was stopped
    } else {
      reader.begin();
    }
  }

  private void news(io.vertx.core.eventbus.Message<ChannelResponse> message) {
    ChannelResponse news = message.body();
    if (news instanceof ChannelResponse.Wake) {
      reader.wake();
    } else if (news instanceof ChannelResponse.StillWanted question) {
      boolean wanted = question.origin() == reader.origin() && !ended;
      message.reply(new ChannelResponse.Wanted(wanted), LocalCodec.options());
    } else if (news instanceof ChannelResponse.End end && end.stream() != reader.number()) {
      message.reply(
          // the stream has another number now
          new ChannelResponse.Ended(UNKNOWN), LocalCodec.options());
    } else if (news instanceof ChannelResponse.End end) {
      message.reply(
          new ChannelResponse.Ended(reader.attached() == null ? UNKNOWN : handedOut),
          LocalCodec.options());
      endWith(end.type(), end.retryMs());
    } else {
      Meters.of(vertx).stateErrors().reportUnknown("stream of channel " + channelId, news);
    }
  }

  /** Ends the stream, of which the channel knows. */
  private void endWith(@Nullable String type, int retryMs) {
    reader.over();
    if (type != null && !ended) {
      Entry event = new Entry(handedOut, 0, null, type, Payload.NULL, null, null);
      giveUnasked(form.last(event, epoch, retryMs));
    }
    end();
  }

  // ---- for the reader

  @Override
  public long renumber() {
    return ++numbers;
  }

  @Override
  public long readTo() {
    return through;
  }

  @Override
  public void attached(Attached now, long startsAfter) {
    reportAttached();
    if (!now.epoch().equals(epoch)) {
      epoch = now.epoch();
      through = startsAfter;
      handedOut = startsAfter;
    }
    session = now.session();
    delayMs = now.delayMs();
  }

  @Override
  public void take(Fetched batch) {
    List<Entry> entries = batch.entries();
    if (this.batch.isEmpty()) { // else earlier messages have not been handed out yet
      handedOut = entries.isEmpty() ? batch.through() : entries.get(0).sequence() - 1;
    }
    for (Entry entry : entries) {
      this.batch.add(new Read(entry, epoch));
    }
    through = batch.through();
    handOut();
  }

  @Override
  public long handedOn() {
    return handedOut;
  }

  @Override
  public boolean isDrained() {
    return batch.isEmpty() && isDemanded() && !pausing;
  }

  @Override
  public boolean joinLive(long from) {
    return false; // the stream does not ask to be pushed to
  }

  @Override
  public void leaveLive() {}

  @Override
  public void demote() {
    reader.demote(); // the stream is never pushed to
  }

  @Override
  public void givenUp() {
    failed(new UnavailableException("the channel does not answer"));
  }

  @Override
  public void stopped() {
    end();
  }

  @Override
  public void takenOver() {
    endWith(Message.TAKEN_OVER, ChannelResponse.End.TAKEN_OVER_RETRY_MS);
  }

  @Override
  public void failed(Throwable reason) {
    if (!ended) {
      report(reason);
      end();
    }
  }

  // ---- for the book

  @Override
  public Session session() {
    return session;
  }

  @Override
  public long acknowledged() {
    return 0; // nothing is pushed here
  }

  @Override
  public List<ChannelReader> readers() {
    return List.of(reader);
  }

  @Override
  public @Nullable ChannelReader reader(long number) {
    return number == reader.number() ? reader : null;
  }

  @Override
  public void isIn(Session now) {
    if (session.isBefore(now)) {
      reader.moved();
    }
  }

  @Override
  public void confirmed() {} // no health depends on this stream

  @Override
  public void sent(long sequence) {}

  // ---- to the user

  @Override
  protected void handOut() {
    if (handing || ended) {
      return;
    }
    handing = true;
    try {
      handOutBatch();
    } catch (RuntimeException e) {
      failed(e); // the stream would otherwise wait for ever behind this message
    } finally {
      handing = false;
    }
    if (!ended && isDrained()) {
      reader.drained();
    }
  }

  private void handOutBatch() {
    while (isDemanded() && !batch.isEmpty() && !pausing && !ended) {
      Read next = batch.removeFirst();
      T item = form.message(next.entry, next.epoch);
      if (next.epoch.equals(epoch)) { // sequences of a former log mean nothing in the present one
        handedOut = next.entry.sequence();
      }
      give(item);
      if (delayMs > 0) {
        pausing = true;
        vertx.setTimer(
            delayMs,
            timer -> {
              pausing = false;
              handOut();
            });
      }
      if (Message.CHANNEL_CLOSED.equals(next.entry.type())) {
        end();
      }
    }
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    batch.clear();
    if (bookTimer != null) {
      bookTimer.cancel();
    }
    reader.leave(handedOut);
    if (consumer != null) {
      consumer.unregister();
    }
    if (moves != null) {
      moves.unregister();
    }
    reportEnd();
  }

  /** A message and the epoch of the log that it was read in. */
  private record Read(Entry entry, String epoch) {}
}
