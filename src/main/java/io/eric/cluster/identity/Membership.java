package io.eric.cluster.identity;

import java.util.List;

/**
 * What all members have agreed on when the cluster came to be, and what an operator has changed
 * since.
 *
 * @param cluster a random name of the cluster
 * @param groups how many groups there are, which never changes
 * @param members all nodes, in the order of their names
 */
public record Membership(String cluster, int groups, List<Member> members) {}
