package io.eric.auth;

/**
 * Who asks: a subject, what it may do, and what it has proved itself with. Immutable, so safe for
 * any thread.
 *
 * @param subject its name, which belongs to it alone; it is shown in the audit log
 * @param grants what it may do
 * @param credential what ends its rights
 */
public record Principal(String subject, Grants grants, Credential credential) {

  private static final Principal LOCAL = unlimited("local", Grants.everything());

  /**
   * Returns the principal of every request to a hub without authentication, which only this machine
   * reaches: it may do everything.
   */
  public static Principal local() {
    return LOCAL;
  }

  /** Returns a principal whose rights end with nothing but its connection. */
  public static Principal unlimited(String subject, Grants grants) {
    return new Principal(subject, grants, Credential.unlimited());
  }

  /** Returns its name alone, so that no log shows more by accident. */
  @Override
  public String toString() {
    return subject;
  }
}
