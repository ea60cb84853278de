package io.eric.cluster.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group as it was after some entry. Immutable, so safe for any thread.
 *
 * @param claim the number of the last claim
 * @param owner who made it; {@code null} before the first one
 * @param channels in the order in which they came
 */
public record GroupView(long claim, @Nullable Owner owner, List<ChannelView> channels) {}
