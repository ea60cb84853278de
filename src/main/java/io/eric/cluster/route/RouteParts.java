package io.eric.cluster.route;

import io.eric.internal.Loop;
import io.eric.internal.client.AddressRouter.Far;
import io.eric.metrics.Meters;

/** What all routes of a node share, so that a route of its own costs little memory. */
record RouteParts(
    Loop loop, Far links, WaitingBudget budget, Meters meters, RouteObserver observer) {}
