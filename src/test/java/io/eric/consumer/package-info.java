/**
 * The library as its users meet it: what the documents say is taken out of them and done in
 * projects outside of this build, with nothing but what such a project resolves.
 */
package io.eric.consumer;
