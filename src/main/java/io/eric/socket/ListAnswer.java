package io.eric.socket;

import io.eric.internal.FifoTurns;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.ListPages;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.ListPage;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Answers an {@code ls} piece by piece, each piece when the client has taken the one before. A
 * client that does not read a long list therefore holds only one piece of it. On the door's
 * context.
 */
final class ListAnswer {

  /** The number of items in a piece, which is some 20 KiB. */
  private static final int AT_A_TIME = 128;

  private static final byte[] CLOSE = {']'};
  private static final byte[] CLOSE_LINE = {']', '\n'};

  private final ListPages pages;
  private final FifoTurns turns;
  private final CommandPipeline.Client client;
  private final boolean lines;
  private final Outcome outcome;
  private boolean begun;
  private boolean asking;
  private boolean ended;

  /** Learns what becomes of the list. */
  interface Outcome {
    /** Tells that the list is written. */
    void written();

    /**
     * Tells that the list cannot be built.
     *
     * @param begun whether a part of it is written
     */
    void failed(Throwable failure, boolean begun);
  }

  ListAnswer(
      BusClient bus,
      FifoTurns turns,
      CommandPipeline.Client client,
      Command.ListAll command,
      boolean lines,
      Outcome outcome) {
    this.pages = new ListPages(bus, command, AT_A_TIME);
    this.turns = turns;
    this.client = client;
    this.lines = lines;
    this.outcome = outcome;
  }

  /** Asks for the next piece if the client can take it. */
  void advance() {
    if (asking || ended || client.isFull()) {
      return;
    }
    asking = true;
    turns.ask(this::ask);
  }

  private void ask() {
    if (ended) {
      turns.done();
      return;
    }
    pages
        .next()
        .onComplete(
            (part, failure) -> {
              asking = false;
              answered(part, failure);
              turns.done();
            });
  }

  private void answered(@Nullable ListPage part, @Nullable Throwable failure) {
    if (ended) {
      return;
    }
    if (part == null) {
      ended = true;
      outcome.failed(failure == null ? new IllegalStateException("no answer") : failure, begun);
    } else {
      write(part);
    }
  }

  /** Stops, because the client is gone. */
  void cancel() {
    ended = true;
  }

  private void write(ListPage part) {
    byte[] json = CommandPipeline.text(part.items());
    Buffer bytes = Buffer.buffer(json.length + 2);
    boolean empty = part.items().isEmpty();
    if (!begun) {
      bytes.appendBytes(json, 0, json.length - 1);
    } else if (!empty) {
      bytes.appendString(", ").appendBytes(json, 1, json.length - 2);
    }
    begun = true;
    if (pages.isEnded()) {
      ended = true;
      client.write(bytes.appendBytes(lines ? CLOSE_LINE : CLOSE));
      outcome.written();
    } else {
      client.write(bytes);
      advance();
    }
  }
}
