package io.eric.log;

/**
 * Tells a log how far the listeners of its channel have read. Only the channel knows, because most
 * cursors move in groups, with the acknowledgements of an edge; so the log asks when it decides
 * what to drop. Used on the channel's context.
 */
public interface Cursors {

  /**
   * Returns the sequence up to which a listener has read; {@link Long#MAX_VALUE} if there is no
   * such listener.
   */
  long of(String listener);

  /**
   * Returns a sequence up to which every listener has read; {@link Long#MAX_VALUE} without
   * listeners. The answer may be lower than the slowest listener's cursor, but never higher.
   */
  long lowest();
}
