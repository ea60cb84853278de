package io.eric.log;

/**
 * Whether a store can serve at this moment.
 *
 * @param ok whether it can
 * @param reason why not, for operators: no credentials, no payloads; empty if it can
 */
public record StoreHealth(boolean ok, String reason) {

  /** All is well. */
  public static final StoreHealth OK = new StoreHealth(true, "");

  /** Not at this moment. */
  public static StoreHealth failed(String reason) {
    return new StoreHealth(false, reason);
  }
}
