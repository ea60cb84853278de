package io.eric.js;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a script writes to the log: one line each, and nobody else's. */
class JsConsoleTest {

  @TempDir private static Path directory;
  private static Scripts scripts;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeAll
  static void startHub() {
    scripts = new Scripts(directory);
  }

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
    logger().setLevel(Level.ALL);
  }

  @AfterEach
  void clear() {
    logger().detachAppender(log);
    logger().setLevel(null);
    scripts.clear();
  }

  @AfterAll
  static void closeHub() {
    scripts.close();
  }

  @Test
  void whatCouldForgeALineIsEscaped() {
    assertThat(
            lines(
                """
                console.log('a\\n2026-01-01 ERROR [main] io.eric - forged\\r\\nb');
                console.log('\\u001b[31mred\\u001b[0m\\u009b2J\\u0007\\u0000\\u007f', '\\u2028\\u2029\\u0085');
                console.log('%s|', 'x\\ny', 'z\\u202e');
                console.log('tab\\tand ä 😀 stay');
                console.error(new Error('one\\ntwo'));
                console.table([{ 'a\\nb': 'c\\nd' }]);
                console.group('in\\nside');
                console.log('q\\nr');
                """))
        .allSatisfy(
            line ->
                assertThat(line).doesNotContainPattern("[\\p{Cc}&&[^\\t]]|[\u2028\u2029\u202e]"))
        .startsWith(
            "a\\n2026-01-01 ERROR [main] io.eric - forged\\r\\nb",
            "\\u001b[31mred\\u001b[0m\\u009b2J\\u0007\\u0000\\u007f \\u2028\\u2029\\u0085",
            "x\\ny| z\\u202e",
            "tab\tand ä 😀 stay",
            "Error: one\\ntwo")
        .contains("in\\nside", "  q\\nr");
  }

  @Test
  void anErrorThatNobodyCatchesForgesNoLineEither() {
    String forged = "x\\n2026-01-01 ERROR forged\\u001b[2J";
    assertThat(scripts.failure("throw new Error('" + forged + "');"))
        .hasMessage("Error: x\\n2026-01-01 ERROR forged\\u001b[2J at main.mjs:1:7");
    assertThat(
            lines(
                """
                Promise.reject(new Error('%s'));
                const named = { ['f\\n()']() { throw new Error('here'); } };
                Promise.resolve().then(named['f\\n()']);
                """
                    .formatted(forged)))
        .anySatisfy(line -> assertThat(line).contains("x\\n2026-01-01 ERROR forged\\u001b[2J"));
    assertThat(List.copyOf(log.list))
        .allSatisfy(
            event -> {
              assertThat(event.getThrowableProxy().getMessage()).doesNotContain("\n", "\u001b");
              for (var frame : event.getThrowableProxy().getStackTraceElementProxyArray()) {
                assertThat(frame.getSTEAsString()).doesNotContain("\n");
              }
            });
  }

  @Test
  void aLongTextIsCut() {
    assertThat(lines("console.log('x'.repeat(100_000));"))
        .singleElement()
        .satisfies(
            line -> assertThat(line).hasSizeLessThan(66_000).endsWith("(34464 more characters)"));
  }

  @Test
  void directivesAreFilledIn() {
    assertThat(
            lines(
                """
                console.log('%s is %d and %i, %f%%', 'a', 1.5, 2.7, '3.25', 'rest', { b: 1 });
                console.log('%j %o %O %c!', { a: [1] }, [2], { c: 3 }, 'color: red');
                console.log('%s %s', 'only');
                console.log('100%', 5, '%s', 'x');
                console.log();
                """))
        .containsExactly(
            "a is 1.5 and 2, 3.25% rest {\"b\":1}",
            "{\"a\":[1]} [2] {\"c\":3} !", "only %s", "100% 5 %s x", "");
  }

  @Test
  void valuesAreShownAsWhatTheyAre() {
    assertThat(
            lines(
                """
                const loop = { name: 'l' };
                loop.self = loop;
                console.log({ a: 1, b: [true, null, 'x'] }, 'text', 7n, undefined);
                console.log(new Map([['k', { v: 1 }]]), new Set([1]), new Uint8Array([1, 2]));
                console.log(loop, class A {}, () => {}, Symbol('s'), new (class Point { x = 1 })());
                console.log({ get bad() { throw new Error('no'); } });
                console.log(Array.from({ length: 150 }, (_, i) => i).length, new Array(101).fill(0));
                """))
        .startsWith(
            "{\"a\":1,\"b\":[true,null,\"x\"]} text 7n undefined",
            "Map(1) {\"k\" => {\"v\":1}} Set(1) {1} Uint8Array(2) [1,2]",
            "{\"name\":\"l\",\"self\":[circular]} [class A] [function (anonymous)] Symbol(s) Point"
                + " {\"x\":1}",
            "[not readable]")
        .last()
        .asString()
        .startsWith("150 [0,0,")
        .endsWith(",… 1 more]");
  }

  @Test
  void tablesTimersCountersAndGroups() {
    List<String> lines =
        lines(
            """
            console.table([{ a: 1, b: 'x' }, { a: 22 }]);
            console.table(new Map([['k', 5]]));
            console.time('t');
            console.timeLog('t', 'on');
            console.timeEnd('t');
            console.timeEnd('t');
            console.count();
            console.count();
            console.group('outer');
            console.info('inner');
            console.groupEnd();
            console.assert(true, 'not shown');
            console.assert(false, 'shown');
            console.dir({ a: 1 });
            const { log } = console;
            log('end');
            """);
    assertThat(lines.subList(0, 7))
        .containsExactly(
            "| (index) | a  | b |",
            "|---------|----|---|",
            "| 0       | 1  | x |",
            "| 1       | 22 |   |",
            "| (index) | Values |",
            "|---------|--------|",
            "| k       | 5      |");
    assertThat(lines.get(7)).matches("t: \\d+\\.\\d{3} ms on");
    assertThat(lines.get(8)).matches("t: \\d+\\.\\d{3} ms");
    assertThat(lines.subList(9, lines.size()))
        .containsExactly(
            "there is no timer t",
            "default: 1",
            "default: 2",
            "outer",
            "  inner",
            "assertion failed: shown",
            "{\"a\":1}",
            "end");
  }

  @Test
  void levelsAreThoseOfTheLog() {
    lines("for (const l of ['trace', 'debug', 'log', 'info', 'warn', 'error']) console[l](l);");
    assertThat(List.copyOf(log.list))
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.TRACE, Level.DEBUG, Level.INFO, Level.INFO, Level.WARN, Level.ERROR);
  }

  private List<String> lines(String module) {
    scripts.run(module);
    return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("js.main.mjs");
  }
}
