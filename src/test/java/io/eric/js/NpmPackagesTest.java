package io.eric.js;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.testing.NodeScripts;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pure-JS packages as npm installs them, which know of Node and of browsers alone. */
class NpmPackagesTest {

  @TempDir private static Path directory;
  private static Scripts scripts;

  @BeforeAll
  static void startHub() {
    scripts = new Scripts(directory);
  }

  @AfterEach
  void clear() {
    scripts.clear();
  }

  @AfterAll
  static void closeHub() {
    scripts.close();
  }

  @Test
  void rxjs() {
    install("rxjs", "tslib");
    scripts.run(
        """
        import { from, map, filter, mergeMap, timer, lastValueFrom, toArray } from 'rxjs';
        import { scan } from 'rxjs/operators';
        export async function start(eric) {
          const numbers = from([1, 2, 3, 4]).pipe(
            filter((n) => n > 1), map((n) => n * 10), scan((sum, n) => sum + n),
            mergeMap((n) => timer(1).pipe(map(() => n))), toArray());
          eric.bus.send('out', await lastValueFrom(numbers));
        }
        """);
    assertThat(scripts.next()).isEqualTo(new JsonArray("[20, 50, 90]"));
  }

  @Test
  void immer() {
    install("immer");
    scripts.run(
        """
        import { produce, enableMapSet } from 'immer';
        enableMapSet();
        const base = { list: [1], map: new Map([['a', 1]]) };
        const next = produce(base, (draft) => { draft.list.push(2); draft.map.set('b', 2); });
        export const start = (eric) =>
          eric.bus.send('out', [base.list.length, next.list, [...next.map.keys()], Object.isFrozen(next)]);
        """);
    assertThat(scripts.next()).isEqualTo(new JsonArray("[1, [1, 2], [\"a\", \"b\"], true]"));
  }

  @Test
  void uuid() {
    install("uuid");
    scripts.run(
        """
        import { v4, v5, v7, validate, version } from 'uuid';
        export const start = (eric) => eric.bus.send('out', [
          validate(v4()), version(v7()), v4() !== v4(), v5('https://eric.io', v5.URL)]);
        """);
    JsonArray out = (JsonArray) scripts.next();
    assertThat(out.getBoolean(0)).isTrue();
    assertThat(out.getInteger(1)).isEqualTo(7);
    assertThat(out.getBoolean(2)).isTrue();
    assertThat(out.getString(3)).isEqualTo("d87f4a39-7c29-5de3-a0b2-9ec1ba71f42b"); // as Node says
  }

  @Test
  void nanoidWhoseDefaultNeedsNodeAndMsInCommonJs() {
    install("nanoid", "ms");
    scripts.run(
        """
        import { nanoid } from 'nanoid';
        import ms from 'ms';
        export const start = (eric) => eric.bus.send('out', [
          nanoid().length, ms('2 days'), ms(60000, { long: true })]);
        """);
    assertThat(scripts.next()).isEqualTo(new JsonArray("[21, 172800000, \"1 minute\"]"));
  }

  /** Its modules are CommonJS, require each other in a circle, and ask for process.env. */
  @Test
  void semver() {
    install("semver");
    scripts.run(
        """
        import semver from 'semver';
        export const start = async (eric) => {
          const { satisfies } = (await import('semver')).default;
          eric.bus.send('out', [
            semver.inc('1.2.3', 'minor'), satisfies('5.1.6', '^5.1.0'), semver.coerce('v17').version]);
        };
        """);
    assertThat(scripts.next()).isEqualTo(new JsonArray("[\"1.3.0\", true, \"17.0.0\"]"));
  }

  /** Copies packages, because a link would lead out of the module root. */
  private static void install(String... packages) {
    Path modules =
        Path.of(NodeScripts.needing(packages[0], "package.json")).resolveSibling("node_modules");
    for (String name : packages) {
      Path from = modules.resolve(name);
      Path to = directory.resolve("node_modules").resolve(name);
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.filter(each -> isNeeded(each.toString())).toList()) {
          Path copy = to.resolve(from.relativize(file).toString());
          if (Files.isRegularFile(file) && !Files.exists(copy)) {
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static boolean isNeeded(String file) {
    return file.endsWith("js") || file.endsWith(".json");
  }
}
