package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.Fanout;
import io.eric.channel.internal.readers.Listener;
import io.eric.channel.internal.readers.Listeners;
import io.eric.log.MessageLog;
import io.eric.metrics.Meters;
import io.eric.options.ChannelOptions;
import io.eric.options.RetentionOptions;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Holds the parts of a channel that an overflow policy may look at and act on.
 *
 * @param retention what the log keeps, as the options have it
 * @param budget the budget of all logs of the hub together
 * @param clock the time in milliseconds
 * @param disconnect ends a listener's stream
 * @param remove removes a listener
 */
public record OverflowSurroundings(
    ChannelOptions<?> options,
    RetentionOptions retention,
    MessageLog log,
    Listeners listeners,
    Fanout fanout,
    LogBudget budget,
    LongSupplier clock,
    Consumer<Listener> disconnect,
    Consumer<Listener> remove,
    Meters meters) {}
