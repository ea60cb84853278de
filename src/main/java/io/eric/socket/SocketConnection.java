package io.eric.socket;

import io.eric.EricException;
import io.eric.InvalidMessageFormatException;
import io.eric.UnavailableException;
import io.eric.internal.FifoTurns;
import io.eric.internal.client.BusClient;
import io.eric.internal.edge.Edge;
import io.eric.internal.edge.EdgeStream;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.CommandReader;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.SocketOptions;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves one client of the door, from connect to close: first as a pipeline of commands, and in the
 * end perhaps as a stream. On the door's context only.
 */
final class SocketConnection implements CommandPipeline.Client {

  /** The parts that all connections of a door share. */
  record Door(
      Context context,
      BusClient bus,
      FifoTurns turns,
      CommandReader reader,
      Edge edge,
      StreamPlaces places,
      SocketOptions options,
      Meters meters) {}

  private enum Phase {
    /** Commands are taken and answered. */
    COMMANDS,
    /** The edge writes a stream. */
    STREAMING,
    /**
     * The last answer is given. Further input is dropped, so that the client can read the answer.
     */
    LINGERING,
    /** The connection is closed, or will be as soon as everything is written. */
    CLOSING
  }

  /** The moment of something that has not happened. */
  private static final long NEVER = -1;

  private static final Buffer NOTHING = Buffer.buffer();

  /**
   * How long to wait before a probe. Clients on Java's NIO end their output first and close a
   * moment later.
   */
  private static final long PROBE_DELAY_MS = 200;

  /** The bytes of a probe, which are those of a heartbeat. */
  private static final Buffer PROBE = new LineFormat().heartbeat();

  private final Door door;
  private final NetSocket socket;
  private final HalfClose halfClose;
  private final CommandPipeline pipeline;
  private Phase phase = Phase.COMMANDS;
  private boolean inputEnded;
  private @Nullable EdgeStream stream;

  private boolean holdsPlace;

  /** Since when the connection has had no work; {@link #NEVER} if it has some. */
  private long restingSince = NEVER;

  private long waitingSince = now();
  private long takenBefore;
  private long unwritten;
  private long unwrittenSince;

  /** Serves a connection. Create it first thing in the connect handler. */
  SocketConnection(Door door, NetSocket socket) {
    this.door = door;
    this.socket = socket;
    this.pipeline =
        new CommandPipeline(
            door.bus(), door.turns(), door.reader(), door.options(), door.meters(), this);
    this.halfClose =
        HalfClose.install(socket, () -> door.context().runOnContext(v -> endOfInput()));
    socket.handler(this::input);
    socket.drainHandler(v -> proceed());
    // A connection that breaks is closed, and the close handler is called.
    socket.exceptionHandler(e -> {});
  }

  /** Gives an error as the last answer, whatever the client has asked for. */
  void refuse(EricException reason) {
    pipeline.fail(reason);
    proceed();
  }

  @Override
  public void abort() {
    halfClose.abort();
  }

  /**
   * Returns whether the connection has its last answer, and stays open only so that the client can
   * read it.
   */
  boolean isLeaving() {
    return pipeline.hasFailed() || phase == Phase.LINGERING || phase == Phase.CLOSING;
  }

  /**
   * Returns since when the connection has had no work, by the clock of {@link #now}; negative if it
   * has some.
   */
  long restingSince() {
    return phase == Phase.COMMANDS ? restingSince : NEVER;
  }

  /** Closes this connection, which rests, in favour of another one. */
  void giveWay() {
    close();
  }

  /** Releases everything; to be called when the socket is closed. */
  void closed() {
    phase = Phase.CLOSING;
    pipeline.clear();
    loseStream();
    leavePlace();
  }

  /**
   * Finds clients that do not finish their commands, or do not read their answers; to be called
   * regularly.
   */
  void checkDeadlines() {
    long now = now();
    SocketOptions options = door.options();
    if (waitingSince != NEVER && now - waitingSince >= options.getCommandTimeout()) {
      waitingSince = NEVER;
      inputOverdue(options.getCommandTimeout());
    }
    long left = phase == Phase.STREAMING ? 0 : halfClose.unwritten();
    if (left == 0 || left != unwritten) {
      unwritten = left;
      unwrittenSince = now;
    } else if (now - unwrittenSince >= options.getEdge().getWriteDeadline()) {
      door.meters().count(CounterName.SOCKET_ANSWERS_UNREAD);
      halfClose.abort();
    }
  }

  @Override
  public void write(Buffer answers) {
    socket.write(answers);
  }

  @Override
  public boolean isFull() {
    return socket.writeQueueFull();
  }

  @Override
  public void openStream(Command command) {
    if (!door.places().take()) {
      door.meters().count(CounterName.STREAMS_REFUSED_LIMIT);
      // The connection is closed too: otherwise idle connections of refused streams would take the
      // places of commands (CWE-770).
      pipeline.streamTurnedAway(
          new UnavailableException(
              "all "
                  + door.places().max()
                  + " streams are taken, other connections are kept for commands"));
      proceed();
      return;
    }
    holdsPlace = true;
    EdgeStream asked;
    try {
      asked =
          command instanceof Command.Listen listen
              ? door.edge().open(listen.channel(), listen.listener(), listen.after())
              : door.edge().open(watched(command), null, ((Command.Watch) command).after());
    } catch (UnavailableException draining) {
      refuseStream(draining);
      return;
    }
    stream = asked;
    asked
        .whenAttached()
        .onComplete(
            this::begin, failure -> refuseStream(BusClient.asEric(failure, command.channel())));
  }

  private void refuseStream(EricException reason) {
    stream = null;
    leavePlace();
    pipeline.streamRefused(reason);
    proceed();
  }

  @Override
  public void proceed() {
    if (phase == Phase.COMMANDS) {
      pipeline.advance();
    }
    if (phase == Phase.COMMANDS && pipeline.isIdle()) {
      if (inputEnded && (pipeline.hasFailed() || !pipeline.holdsInput())) {
        close();
      } else if (pipeline.hasFailed()) {
        linger();
      }
    }
    regulateInput();
  }

  private static String watched(Command command) {
    return ((Command.Watch) command).channel();
  }

  private void input(Buffer bytes) {
    if (phase == Phase.COMMANDS || phase == Phase.STREAMING) {
      pipeline.feed(bytes.getBytes());
      if (phase == Phase.STREAMING && pipeline.holdsInput()) {
        refuseInputOfStream();
      }
      proceed();
    }
  }

  private void endOfInput() {
    inputEnded = true;
    if (phase == Phase.LINGERING) {
      close();
    } else if (phase == Phase.COMMANDS) {
      pipeline.endOfInput();
      proceed();
    } else if (phase == Phase.STREAMING && door.options().getEdge().getHeartbeat() > 0) {
      long delay = Math.min(PROBE_DELAY_MS, door.options().getEdge().getHeartbeat());
      door.context().owner().setTimer(delay, timer -> probe());
    }
  }

  /** Finds out whether only the client's direction has ended, or the client is gone. */
  private void probe() {
    if (phase == Phase.STREAMING) {
      socket.write(PROBE); // a failed write closes the connection
    }
  }

  private void begin(EdgeStream opened) {
    if (phase != Phase.COMMANDS) { // the connection has its last answer, or is gone
      loseStream();
      return;
    }
    phase = Phase.STREAMING;
    waitingSince = NEVER;
    if (opened.isStopped()) {
      close();
    } else if (pipeline.holdsInput()) {
      refuseInputOfStream();
    } else {
      opened.begin(new SocketStream(socket, halfClose, this::close));
    }
    halfClose.resumeReading();
  }

  private void refuseInputOfStream() {
    loseStream();
    EricException error =
        new InvalidMessageFormatException("nothing may follow l or w on a connection");
    socket.write(Buffer.buffer(error.text() + '\n'));
    close();
  }

  private void leavePlace() {
    if (holdsPlace) {
      holdsPlace = false;
      door.places().release();
    }
  }

  private void loseStream() {
    EdgeStream lost = stream;
    stream = null;
    if (lost != null) {
      lost.lost();
    }
  }

  /**
   * Stops reading while too much is under way, and notes since when input is awaited and since when
   * the connection rests.
   */
  private void regulateInput() {
    if (phase != Phase.COMMANDS) {
      return;
    }
    boolean throttled = pipeline.isThrottled();
    if (throttled) {
      halfClose.stopReading();
    } else {
      halfClose.resumeReading();
    }
    long taken = pipeline.taken();
    boolean awaited = !throttled && !inputEnded && (taken == 0 || pipeline.holdsInput());
    if (!awaited) {
      waitingSince = NEVER;
    } else if (waitingSince == NEVER || taken != takenBefore) {
      waitingSince = now();
    }
    boolean rests = taken > 0 && !throttled && pipeline.isIdle() && !pipeline.holdsInput();
    if (!rests) {
      restingSince = NEVER;
    } else if (restingSince == NEVER || taken != takenBefore) {
      restingSince = now();
    }
    takenBefore = taken;
  }

  private void inputOverdue(long timeout) {
    door.meters().count(CounterName.SOCKET_DAWDLERS);
    if (phase == Phase.LINGERING) {
      halfClose.abort();
    } else if (phase == Phase.COMMANDS && pipeline.holdsInput()) {
      refuse(
          new InvalidMessageFormatException(
              "the command was not complete after " + timeout + " ms"));
    } else if (phase == Phase.COMMANDS) {
      close(); // the client has sent nothing
    }
  }

  /**
   * Keeps the connection until the client has read the last answer. Closing it with unread input
   * would make the client's writes fail before it reads the answer. So only our direction ends now,
   * and the connection is closed when the client has ended its own direction or its time is over.
   */
  private void linger() {
    phase = Phase.LINGERING;
    waitingSince = now();
    socket.write(NOTHING).onComplete(v -> halfClose.endOutput());
    halfClose.resumeReading();
  }

  /** Closes the connection when everything is written. */
  private void close() {
    phase = Phase.CLOSING;
    loseStream();
    socket.close();
  }

  /** Returns the milliseconds of a clock that never goes back. */
  static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
