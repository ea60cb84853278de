package io.eric.channel;

/** What a started listener's messages go to: exactly one stream of an edge, or one bus consumer. */
sealed interface Attachment permits StreamAttachment, BusConsumer {

  /** Whether messages are pushed as they come. */
  boolean isLive();

  /** The sequence up to which everything was handed over. */
  long cursor();
}
