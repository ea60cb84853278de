/**
 * The log that all stores share, and what a store adds to it.
 *
 * <p>A {@link io.eric.log.indexed.ChannelLog} holds the structure of a channel's log in memory. A
 * {@link io.eric.log.indexed.LogStorage} keeps the contents: implement it, and open logs over it in
 * a {@link io.eric.log.MessageStore}, for a store of your own. A log with a past is put together by
 * a {@link io.eric.log.indexed.LogRestoration}.
 *
 * <p>The memory store is here too; it is the reference for all others.
 */
@NullMarked
package io.eric.log.indexed;

import org.jspecify.annotations.NullMarked;
