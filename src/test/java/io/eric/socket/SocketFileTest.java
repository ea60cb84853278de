package io.eric.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.options.SocketOptions;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFileTest {

  @TempDir Path directory;

  @Test
  void theSocketHasItsModeBeforeItHasItsName() throws Exception {
    SocketFile file = file("s.sock", "0640");
    try (ServerSocketChannel server = bind(file.bindPath())) {
      assertThat(Files.exists(directory.resolve("s.sock"))).isFalse();
      assertThat(mode(file.bindPath().getParent())).isEqualTo("rwx------");
      file.publish();
      assertThat(mode(directory.resolve("s.sock"))).isEqualTo("rw-r-----");
      assertThat(server.isOpen()).isTrue();
    }
  }

  @Test
  void nothingButTheSocketIsLeftAndThatGoesToo() throws Exception {
    SocketFile file = file("s.sock", "0600");
    try (ServerSocketChannel server = bind(file.bindPath())) {
      file.publish();
      assertThat(names()).containsExactly("s.sock");
      file.remove();
      file.remove();
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void aStaleSocketIsReplaced() throws Exception {
    bind(directory.resolve("s.sock")).close();
    assertThat(names()).containsExactly("s.sock");
    SocketFile file = file("s.sock", "0600");
    try (ServerSocketChannel server = bind(file.bindPath())) {
      file.publish();
      assertThat(names()).containsExactly("s.sock");
    }
  }

  @Test
  void aLiveServersSocketIsRefusedAndLeftAlone() throws Exception {
    try (ServerSocketChannel server = bind(directory.resolve("s.sock"))) {
      assertThatThrownBy(() -> file("s.sock", "0600"))
          .isInstanceOf(IOException.class)
          .hasMessage("a live server owns the socket " + directory.resolve("s.sock"));
      assertThat(names()).containsExactly("s.sock");
    }
  }

  @Test
  void aServerThatTookTheNameMeanwhileKeepsIt() throws Exception {
    SocketFile file = file("s.sock", "0600");
    try (ServerSocketChannel ours = bind(file.bindPath());
        ServerSocketChannel faster = bind(directory.resolve("s.sock"))) {
      assertThatThrownBy(file::publish).hasMessageContaining("another server");
      file.remove();
      assertThat(names()).containsExactly("s.sock");
    }
  }

  @Test
  void somebodyElsesSocketIsNotRemoved() throws Exception {
    SocketFile file = file("s.sock", "0600");
    try (ServerSocketChannel ours = bind(file.bindPath())) {
      file.publish();
      Files.delete(directory.resolve("s.sock"));
      try (ServerSocketChannel theirs = bind(directory.resolve("s.sock"))) {
        file.remove();
        assertThat(names()).containsExactly("s.sock");
      }
    }
  }

  @Test
  void whatIsNotASocketIsRefusedAndLeftAlone() throws Exception {
    Files.writeString(directory.resolve("s.sock"), "precious");
    assertThatThrownBy(() -> file("s.sock", "0600")).hasMessageContaining("not a socket");
    assertThat(Files.readString(directory.resolve("s.sock"))).isEqualTo("precious");
  }

  @Test
  void aLinkIsNotFollowedEvenToAStaleSocket() throws Exception {
    bind(directory.resolve("target.sock")).close();
    Files.createSymbolicLink(directory.resolve("s.sock"), directory.resolve("target.sock"));
    assertThatThrownBy(() -> file("s.sock", "0600")).hasMessageContaining("not a socket");
    assertThat(names()).containsExactly("s.sock", "target.sock");
  }

  @Test
  void aPathThatTheKernelCannotTakeIsRefusedWithTheLimit() {
    String name = "x".repeat(120);
    assertThatThrownBy(() -> file(name, "0600")).hasMessageContaining("at most 107 bytes");
    assertThat(names()).isEmpty();
  }

  @Test
  void aDirectoryThatIsMissingIsNamed() {
    assertThatThrownBy(() -> file("none/s.sock", "0600"))
        .hasMessage("no directory for the socket " + directory.resolve("none/s.sock"));
  }

  private SocketFile file(String name, String mode) throws IOException {
    return new SocketFile(
        directory.resolve(name).toString(), new SocketOptions().setMode(mode).permissions());
  }

  private java.util.List<String> names() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static ServerSocketChannel bind(Path path) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return server.bind(UnixDomainSocketAddress.of(path));
  }
}
