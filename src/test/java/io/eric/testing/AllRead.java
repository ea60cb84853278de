package io.eric.testing;

import io.eric.log.Cursors;

/** The cursors of listeners that have read everything. */
public record AllRead() implements Cursors {

  @Override
  public long of(String listener) {
    return Long.MAX_VALUE;
  }

  @Override
  public long lowest() {
    return Long.MAX_VALUE;
  }
}
