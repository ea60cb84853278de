package io.eric.cluster.route;

import org.jspecify.annotations.Nullable;

/** What waits for the answer to a command. */
interface Caller {

  /** Takes the answer of the channel. */
  void reply(@Nullable Object answer);

  /** Takes a refusal: a code of docs/PROTOCOL.md section 2, and its text. */
  void fail(int code, @Nullable String text);
}
