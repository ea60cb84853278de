package io.eric.cluster;

import java.util.List;

/**
 * Where a node runs.
 *
 * @param address its IP address
 * @param prefix what a command starts with to run there
 */
record Host(String address, List<String> prefix) {}
