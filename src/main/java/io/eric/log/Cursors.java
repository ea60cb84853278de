package io.eric.log;

/**
 * How far the listeners of a channel have read. Only the channel knows (most cursors move in
 * groups, with the acknowledgements of an edge), so the log asks when it decides what may go.
 */
public interface Cursors {

  /** The sequence up to which a listener has read; {@link Long#MAX_VALUE} for an unknown one. */
  long of(String listener);

  /**
   * A sequence that no listener has read less than; {@link Long#MAX_VALUE} without listeners. It
   * may be older than the truth, never newer.
   */
  long lowest();
}
