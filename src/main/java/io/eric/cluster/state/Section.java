package io.eric.cluster.state;

import java.util.List;

/**
 * The changes of one channel that take effect together or not at all.
 *
 * @param channel the channel's id
 * @param claim the number of the claim under which the writer owns the channel; changes under any
 *     other claim are refused
 * @param changes what to change, in this order; none if only the verdict is wanted, which says
 *     whether the claim is in effect
 */
public record Section(String channel, long claim, List<Change> changes) {}
