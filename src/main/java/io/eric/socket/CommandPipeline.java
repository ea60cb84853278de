package io.eric.socket;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.eric.EricException;
import io.eric.InvalidMessageFormatException;
import io.eric.Payload;
import io.eric.PayloadTooLargeException;
import io.eric.internal.FifoTurns;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.CommandReader;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.SocketOptions;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection's commands from bytes to answers. Many commands are under way at once, yet
 * they take effect in order, and their answers keep that order. Commands that create or remove a
 * channel, list something or open a stream wait for everything before them, and hold back
 * everything behind them.
 *
 * <p>A publish costs one look at each byte, one pass of the parser, and the message with its copied
 * payload. The request to the channel, the answer and the write are made once per batch.
 */
final class CommandPipeline {

  /** The connection as its pipeline uses it. */
  interface Client {

    /** Writes answers. */
    void write(Buffer answers);

    /** Returns whether the client leaves too many answers unread. */
    boolean isFull();

    /** Opens a stream; {@link CommandPipeline#streamRefused} is called if that fails. */
    void openStream(Command command);

    /** Tells that something was answered, so that {@link CommandPipeline#advance} can do more. */
    void proceed();

    /** Closes the connection at once, because an answer broke off in the middle. */
    void abort();
  }

  /** The bytes that a command counts for in addition to its length. */
  private static final int OVERHEAD = 64;

  /** The size in bytes at which a batch of publishes is sent. */
  private static final int MAX_BATCH_BYTES = 256 << 10;

  /** Tells text that is not JSON from JSON that is not a command. */
  private static final JsonFactory ANY_JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Payload.MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .build();

  private final BusClient bus;
  private final FifoTurns turns;
  private final CommandReader reader;
  private final Meters meters;
  private final Client client;
  private final int maxCommand;
  private final CommandFramer framer;
  private final AnswerQueue answers;

  private boolean lines;
  private boolean failed;
  private boolean throttled;
  private boolean full;
  private boolean advancing;
  private long taken;

  private List<Command.Publish> batch = new ArrayList<>();
  private int batchBytes;

  /** The command that waits until everything before it is answered. */
  private @Nullable Command held;

  /** Whether the command that was held is under way, but not answered yet. */
  private boolean barrier;

  /** The list that is being written, if the command that was held asks for one. */
  private @Nullable ListAnswer list;

  /**
   * Creates a pipeline with the limits of a door.
   *
   * @param turns the turns that all pipelines of the door take to build lists
   */
  CommandPipeline(
      BusClient bus,
      FifoTurns turns,
      CommandReader reader,
      SocketOptions options,
      Meters meters,
      Client client) {
    this.bus = bus;
    this.turns = turns;
    this.reader = reader;
    this.meters = meters;
    this.client = client;
    this.maxCommand = options.getMaxCommand();
    this.framer = new CommandFramer(maxCommand);
    this.answers = new AnswerQueue(options.getMaxInFlight(), options.getMaxInFlightBytes());
  }

  /** Takes input, which {@link #advance} then processes. */
  void feed(byte[] bytes) {
    if (!failed) {
      framer.feed(bytes, 0, bytes.length);
    }
  }

  /** Ends the input. */
  void endOfInput() {
    framer.end();
  }

  /** Takes the commands that can be taken, sends them, and writes the answers that are ready. */
  void advance() {
    if (advancing) {
      return; // the loop of the outer call runs once more
    }
    advancing = true;
    try {
      if (list != null) {
        list.advance();
      }
      do {
        take();
        sendBatch();
      } while (writeAnswers());
    } finally {
      advancing = false;
    }
  }

  /** Answers for the last time; no further command is taken. */
  void fail(EricException reason) {
    sendBatch();
    framer.clear();
    failed = true;
    answers.owe(1, OVERHEAD, lines).error(reason);
  }

  /** Refuses a stream for which there is no room, and the rest of the connection with it. */
  void streamTurnedAway(EricException reason) {
    barrier = false;
    fail(reason);
  }

  /** Refuses a stream; commands go on. */
  void streamRefused(EricException reason) {
    barrier = false;
    answers.owe(1, OVERHEAD, lines).error(reason);
  }

  /** Drops everything that is waiting; nothing more is taken. */
  void clear() {
    failed = true;
    if (list != null) {
      list.cancel();
    }
    framer.clear();
  }

  /** Returns whether {@link #fail} was called. */
  boolean hasFailed() {
    return failed;
  }

  /** Returns whether everything that was taken is answered. */
  boolean isIdle() {
    return answers.isEmpty() && held == null && !barrier;
  }

  /** Returns whether input should stop for now. */
  boolean isThrottled() {
    return throttled;
  }

  /** Returns whether there is input that is not taken yet. */
  boolean holdsInput() {
    return framer.holdsInput();
  }

  /** Returns how many commands were taken so far. */
  long taken() {
    return taken;
  }

  private void take() {
    throttled = false;
    while (!failed) {
      if (held != null && answers.isEmpty()) {
        runHeld(held);
      }
      if (barrier || held != null || becomesFull()) {
        throttled = true;
        return;
      }
      switch (framer.next()) {
        case NOTHING -> {
          return;
        }
        case COMMAND -> takeCommand();
        case TOO_LARGE -> {
          meters.count(CounterName.COMMANDS_TOO_LARGE);
          fail(new PayloadTooLargeException("a command has at most " + maxCommand + " bytes"));
        }
      }
    }
  }

  /**
   * Returns whether the pipeline is full, and counts how often it becomes full rather than how
   * often that is checked.
   */
  private boolean becomesFull() {
    boolean before = full;
    full = isFull();
    if (full && !before) {
      meters.count(CounterName.READS_PAUSED);
    }
    return full;
  }

  private boolean isFull() {
    return answers.isFull(batch.size(), batchBytes) || client.isFull();
  }

  private void takeCommand() {
    taken++;
    lines |= framer.endedWithNewline();
    byte[] text = framer.bytes();
    int offset = framer.offset();
    int length = framer.length();
    Command command;
    try {
      command = reader.read(text, offset, length);
    } catch (InvalidMessageFormatException e) {
      if (isJson(text, offset, length)) {
        sendBatch();
        answers.owe(1, OVERHEAD, lines).error(e);
      } else {
        fail(e);
      }
      return;
    }
    if (command instanceof Command.Publish publish) {
      addToBatch(publish, length + OVERHEAD);
      return;
    }
    sendBatch();
    if (command instanceof Command.CreateChannel
        || command instanceof Command.RemoveChannel
        || command instanceof Command.ListAll
        || command instanceof Command.Listen
        || command instanceof Command.Watch) {
      held = command;
    } else {
      run(command);
    }
  }

  private void addToBatch(Command.Publish publish, int bytes) {
    boolean complete =
        batch.size() == AnswerSlot.MAX_COMMANDS
            || batchBytes >= MAX_BATCH_BYTES
            || (!batch.isEmpty() && !batch.get(0).channel().equals(publish.channel()));
    if (complete) {
      sendBatch();
    }
    batch.add(publish);
    batchBytes += bytes;
  }

  private void sendBatch() {
    if (batch.isEmpty()) {
      return;
    }
    List<Command.Publish> messages = batch;
    String channel = messages.get(0).channel();
    AnswerSlot answer = answers.owe(messages.size(), batchBytes, lines);
    batch = new ArrayList<>();
    batchBytes = 0;
    bus.publish(channel, messages)
        .onComplete(
            (published, failure) -> {
              if (failure == null) {
                answer.outcomes(published.outcomes());
              } else {
                answer.error(BusClient.asEric(failure, channel));
              }
              client.proceed();
            });
  }

  private void runHeld(Command command) {
    held = null;
    barrier = true;
    if (command instanceof Command.Listen || command instanceof Command.Watch) {
      client.openStream(command);
    } else if (command instanceof Command.ListAll wanted) {
      ListAnswer answer =
          new ListAnswer(bus, turns, client, wanted, lines, listOutcome(wanted.channel()));
      list = answer;
      answer.advance();
    } else {
      run(command);
    }
  }

  private ListAnswer.Outcome listOutcome(@Nullable String channel) {
    return new ListAnswer.Outcome() {
      @Override
      public void written() {
        barrier = false;
        list = null;
        client.proceed();
      }

      @Override
      public void failed(Throwable failure, boolean begun) {
        barrier = false;
        list = null;
        if (begun) {
          client.abort(); // half a list must not look like a whole one
        } else {
          answers.owe(1, OVERHEAD, lines).error(BusClient.asEric(failure, channel));
          client.proceed();
        }
      }
    };
  }

  private void run(Command command) {
    AnswerSlot answer = answers.owe(1, OVERHEAD, lines);
    boolean held = barrier;
    bus.command(command)
        .onComplete(
            (result, failure) -> {
              if (failure == null) {
                answer.result(text(result));
              } else {
                answer.error(BusClient.asEric(failure, command.channel()));
              }
              barrier &= !held;
              client.proceed();
            });
  }

  private boolean writeAnswers() {
    Buffer ready = answers.takeReady();
    if (ready.length() == 0) {
      return false;
    }
    client.write(ready);
    return true;
  }

  /** Returns a result as clients see it: a text as it is, anything else as Python writes JSON. */
  static byte[] text(@Nullable Object result) {
    if (result instanceof String string) {
      return string.getBytes(StandardCharsets.UTF_8);
    }
    byte[] json = Payload.of(result).json();
    return new PythonJson(json.length).value(json).toBytes();
  }

  private static boolean isJson(byte[] text, int offset, int length) {
    if (!Payload.isUtf8(text, offset, length)) {
      return false;
    }
    try (JsonParser parser = ANY_JSON.createParser(text, offset, length)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
