package io.eric.js;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How modules of both forms are told apart and found. */
class JsModulesTest {

  @TempDir private static Path directory;
  private static Scripts scripts;

  @BeforeAll
  static void startHub() {
    scripts = new Scripts(directory);
    scripts.file("package.json", "{}");
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
  void formIsDetectedAndCommonJsHasNamedExports() {
    scripts.file("node_modules/esm/package.json", "{\"module\": \"./esm.js\"}");
    scripts.file(
        "node_modules/esm/esm.js",
        "// exports.x = require('y')\nimport { part } from './part'; export const esm = part;");
    scripts.file("node_modules/esm/part.js", "export{p as part};const p='esm';");
    scripts.file("node_modules/part/index.js", "module.exports = 'another package';");
    scripts.file(
        "node_modules/cjs/index.js",
        "#!/usr/bin/env node\n/* export import */ exports.named = 'cjs'; exports['a-b'] = 1;");
    scripts.file("own.js", "module.exports = { own: typeof require };");
    scripts.run(
        """
        import { esm } from 'esm';
        import cjs, { named, 'a-b' as odd } from 'cjs';
        import { own } from './own.js';
        export const start = (eric) => eric.bus.send('out', [esm, named, odd, cjs.named, own]);
        """);
    assertThat(scripts.next())
        .isEqualTo(new JsonArray("[\"esm\", \"cjs\", 1, \"cjs\", \"function\"]"));
  }

  @Test
  void whatIsForNodeIsReplacedAsForBrowsers() {
    scripts.file(
        "node_modules/both/package.json",
        """
        {"main": "./main.js", "browser": {"./lib/node.js": "./lib/web.js", "fs": false},
         "imports": {"#inner": {"node": "./no.js", "default": "./lib/inner.js"}}}
        """);
    scripts.file(
        "node_modules/both/main.js",
        "exports.all = [require('./lib/node'), Object.keys(require('fs')).length,"
            + " require('#inner')];");
    scripts.file("node_modules/both/lib/web.js", "module.exports = 'web';");
    scripts.file("node_modules/both/lib/node.js", "module.exports = require('fs').readFileSync;");
    scripts.file("node_modules/both/lib/inner.js", "module.exports = 'inner';");
    scripts.run(
        """
        import { all } from 'both';
        export const start = (eric) => eric.bus.send('out', all);
        """);
    assertThat(scripts.next()).isEqualTo(new JsonArray("[\"web\", 0, \"inner\"]"));
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThat(scripts.failure("import 'nope';")).hasMessageContaining("nope");
    assertThat(scripts.failure("import fs from 'fs';"))
        .hasMessageContaining("fs")
        .hasMessageContaining("Node's own modules are not here");
    assertThat(scripts.failure("import fs from 'node:fs';")).hasMessageContaining("node:fs");
    scripts.file("lib.cjs", "require('./esm.mjs');");
    scripts.file("esm.mjs", "export default 1;");
    assertThat(scripts.failure("import './lib.cjs';"))
        .hasMessageContaining("esm.mjs is an ES module: import it, require cannot");
  }
}
