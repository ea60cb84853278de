package io.eric.socket;

import io.eric.internal.FifoTurns;
import io.eric.internal.client.BusClient;
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

  private final BusClient bus;
  private final FifoTurns turns;
  private final CommandPipeline.Client client;
  private final @Nullable String channel;
  private final boolean lines;
  private final Outcome outcome;
  private Command.Page page;
  private int left;
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
    this.bus = bus;
    this.turns = turns;
    this.client = client;
    this.channel = command.channel();
    this.lines = lines;
    this.outcome = outcome;
    this.left = command.page().limit() == 0 ? Integer.MAX_VALUE : command.page().limit();
    this.page =
        new Command.Page(command.page().after(), Math.min(left, AT_A_TIME), command.page().place());
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
    bus.list(new Command.ListAll(channel, page))
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
    left -= part.items().size();
    String next = part.next();
    boolean isLast = next == null || left == 0;
    byte[] json = CommandPipeline.text(part.items());
    Buffer bytes = Buffer.buffer(json.length + 2);
    boolean empty = part.items().isEmpty();
    if (!begun) {
      bytes.appendBytes(json, 0, json.length - 1);
    } else if (!empty) {
      bytes.appendString(", ").appendBytes(json, 1, json.length - 2);
    }
    begun = true;
    if (isLast) {
      ended = true;
      client.write(bytes.appendBytes(lines ? CLOSE_LINE : CLOSE));
      outcome.written();
    } else {
      page = page.next(Math.min(left, AT_A_TIME), String.valueOf(next));
      client.write(bytes);
      advance();
    }
  }
}
