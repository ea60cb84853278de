package io.eric.js;

import io.vertx.core.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.graalvm.polyglot.io.FileSystem;
import org.jspecify.annotations.Nullable;

/**
 * The files that a verticle's imports may reach: those under the module root, for reading only.
 * Files that lie elsewhere, or are reached through a link that leads elsewhere, do not exist for
 * the script (CWE-22): each path is resolved to the real file, which is then checked and opened.
 *
 * <p>GraalJS asks for {@code import 'name'} as if it were a file {@code name} beside the importer;
 * {@link NodePackages} decides what the name stands for. A file in CommonJS form ({@link
 * ModuleForm}) is shown as a module. Its default export is what the prelude's {@code require}
 * returns for the file, and its other exports are the properties of that object.
 */
final class ModuleFiles implements FileSystem {

  /** The modules that only Node has, so that a script that lacks one is told why. */
  private static final Set<String> OF_NODE =
      Set.of(
          "assert",
          "async_hooks",
          "buffer",
          "child_process",
          "cluster",
          "crypto",
          "dgram",
          "dns",
          "events",
          "fs",
          "http",
          "http2",
          "https",
          "module",
          "net",
          "os",
          "path",
          "perf_hooks",
          "process",
          "querystring",
          "readline",
          "stream",
          "string_decoder",
          "timers",
          "tls",
          "tty",
          "url",
          "util",
          "v8",
          "vm",
          "worker_threads",
          "zlib");

  private final Path root;
  private final NodePackages packages;
  private final ModuleForm form;
  private final Evaluator evaluator;

  /**
   * Resolved paths are kept, because resolving a name looks at many files, and GraalJS asks several
   * times for each.
   */
  private final Map<Path, Path> resolved = new HashMap<>();

  /**
   * The module that GraalJS has named last, which it does just before it asks for an import of that
   * module.
   */
  private @Nullable Path importer;

  /** Evaluates the script's files, once its context exists. */
  interface Evaluator {

    /** Returns whether a file's text can be parsed as CommonJS. */
    boolean isFunctionBody(Path file, String text);

    /**
     * Returns the names that a CommonJS file exports. This evaluates the file; the list is empty if
     * that fails.
     */
    List<String> exportNames(Path file);
  }

  /**
   * Creates a view of the files under this directory.
   *
   * @throws IOException if there is no such directory
   */
  ModuleFiles(Path root, Evaluator evaluator) throws IOException {
    this.root = root.toRealPath();
    this.packages = new NodePackages(this.root);
    this.form = new ModuleForm(packages, evaluator::isFunctionBody);
    this.evaluator = evaluator;
  }

  /**
   * Returns the module root of a file: the nearest directory upwards that has a {@code
   * package.json} or {@code node_modules}, but not above the working directory; otherwise the
   * file's own directory.
   *
   * @throws IOException if there is no such file
   */
  static Path rootOf(Path file, Path workingDirectory) throws IOException {
    Path own = Objects.requireNonNull(file.toRealPath().getParent());
    Path last = workingDirectory.toRealPath();
    for (Path up = own; up != null && up.startsWith(last); up = up.getParent()) {
      if (NodePackages.isProject(up)) {
        return up;
      }
    }
    return own;
  }

  /** Returns a file's name as it is shown in messages: relative to the root. */
  String shown(String path) {
    Path file = Path.of(path);
    return file.startsWith(root) ? root.relativize(file).toString() : path;
  }

  /**
   * Returns the file that {@code require(specifier)} means in a file.
   *
   * @throws IOException if there is no such file under the root
   */
  Path required(Path importer, String specifier) throws IOException {
    return confined(packages.required(importer, specifier), specifier);
  }

  /** Returns whether a file is in CommonJS form. */
  boolean isCommonJs(Path file) throws IOException {
    return form.isCommonJs(file);
  }

  @Override
  public Path parsePath(URI uri) {
    if (!"file".equals(uri.getScheme())) {
      throw new UnsupportedOperationException("modules come from files, not from " + uri);
    }
    return Path.of(uri);
  }

  @Override
  public Path parsePath(String path) {
    Path parsed = Path.of(path);
    if (parsed.equals(resolved.get(parsed))) { // only modules that were found resolve to themselves
      importer = parsed;
    }
    return parsed;
  }

  @Override
  public Path toAbsolutePath(Path path) {
    return root.resolve(path);
  }

  @Override
  public Path toRealPath(Path path, LinkOption... linkOptions) throws IOException {
    return real(path);
  }

  @Override
  public void checkAccess(Path path, Set<? extends AccessMode> modes, LinkOption... linkOptions)
      throws IOException {
    if (modes.contains(AccessMode.WRITE)) {
      throw readOnly(path);
    }
    real(path);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    Path file = real(path);
    return Files.readAttributes(
        file.equals(NodePackages.NOTHING) ? root : file, attributes, options);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    for (OpenOption option : options) {
      if (option != StandardOpenOption.READ) {
        throw readOnly(path);
      }
    }
    Path file = real(path);
    if (file.equals(NodePackages.NOTHING)) {
      return new Bytes("export default {};".getBytes(StandardCharsets.UTF_8));
    }
    return form.isCommonJs(file) ? new Bytes(asModule(file)) : Files.newByteChannel(file, options);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    throw new AccessDeniedException(path.toString(), null, "scripts may only read modules");
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    throw readOnly(path);
  }

  @Override
  public void delete(Path path) throws IOException {
    throw readOnly(path);
  }

  /** Returns the real file, if it exists and is under the root. */
  private Path real(Path path) throws IOException {
    Path asked = toAbsolutePath(path).normalize();
    Path known = resolved.get(asked);
    if (known == null) {
      known = confined(packages.imported(asked, importer), path.toString());
      resolved.put(asked, known);
      // The file is asked for by its real name too, which must not be taken for a package's name.
      resolved.put(known, known);
    }
    return known;
  }

  private Path confined(@Nullable Path file, String asked) throws IOException {
    if (file == null) {
      String name = Path.of(asked).getFileName().toString();
      throw new NoSuchFileException(
          asked, null, OF_NODE.contains(name) ? "Node's own modules are not here" : null);
    }
    if (file.equals(NodePackages.NOTHING)) {
      return file;
    }
    Path real = file.toRealPath();
    if (!real.startsWith(root)) {
      throw new NoSuchFileException(asked, null, "outside of the module root " + root);
    }
    return real;
  }

  private byte[] asModule(Path file) {
    StringBuilder module =
        new StringBuilder("const module = globalThis[Symbol.for('eric.require')](")
            .append(Json.encode(file.toString()))
            .append("); export default module;");
    List<String> names = evaluator.exportNames(file);
    for (int i = 0; i < names.size(); i++) {
      String quoted = Json.encode(names.get(i));
      module
          .append(" const _")
          .append(i)
          .append(" = module[")
          .append(quoted)
          .append("];")
          .append(" export { _")
          .append(i)
          .append(" as ")
          .append(quoted)
          .append(" };");
    }
    return module.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static IOException readOnly(Path path) {
    return new AccessDeniedException(path.toString(), null, "scripts may only read modules");
  }

  /** Presents a few bytes as a file. */
  private static final class Bytes implements SeekableByteChannel {
    private final ByteBuffer bytes;
    private boolean open = true;

    private Bytes(byte[] bytes) {
      this.bytes = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    @Override
    public int read(ByteBuffer into) {
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int length = Math.min(bytes.remaining(), into.remaining());
      into.put(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
      return length;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      throw new AccessDeniedException("module");
    }

    @Override
    public long position() {
      return bytes.position();
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
      bytes.position((int) Math.min(newPosition, bytes.limit()));
      return this;
    }

    @Override
    public long size() {
      return bytes.limit();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      throw new AccessDeniedException("module");
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }
  }
}
