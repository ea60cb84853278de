package io.eric.cluster.raft;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The warnings and errors of Ratis from its creation on. */
final class RatisLog implements AutoCloseable {

  private final Logger ratis = (Logger) LoggerFactory.getLogger("org.apache.ratis");
  private final Level level = ratis.getLevel();
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  RatisLog() {
    appender.start();
    ratis.setAdditive(false);
    ratis.setLevel(Level.WARN);
    ratis.addAppender(appender);
  }

  List<ILoggingEvent> lines() {
    return List.copyOf(appender.list);
  }

  @Override
  public void close() {
    ratis.detachAppender(appender);
    ratis.setLevel(level);
    ratis.setAdditive(true);
  }
}
