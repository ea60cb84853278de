package io.eric.app;

/** Starts the server or runs a command against one. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("eric-vertx");
  }
}
