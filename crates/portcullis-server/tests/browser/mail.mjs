// Mails as a reader's browser shows them: `node mail.mjs file:///FOLDER/OF/HTML/ SCREENSHOT_DIR`.
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { holds, readArguments, run, same } from "./browser.mjs";

const { base, shots } = readArguments();
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const files = (await readdir(fileURLToPath(base))).sort();
holds(files.length >= 9, `only ${files.length} mails`);

const checks = [];
for (const file of files) {
  for (const [scheme, width] of [["light", 700], ["dark", 700], ["light", 320]]) {
    checks.push([`${file}, ${scheme}, ${width} wide`, async ({ page, at }) => {
      await page.setViewportSize({ width, height: 640 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(new URL(file, base).href);
      // The button, and the same address in letters: both lead where they say.
      const links = await page.locator("a").evaluateAll((nodes) => nodes.map((node) => [node.href, node.textContent]));
      same(links.length, 2, "number of links");
      const [[button], [bare, shown]] = links;
      same([button, bare], [shown, shown], "addresses");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      holds(wide <= width, `${wide} px wide`);
      await page.evaluate(AXE);
      const found = await page.evaluate(() => globalThis.axe.run());
      same(found.violations.map(({ id, nodes }) => [id, nodes[0].html]), [], "accessibility");
      await page.screenshot({ path: at(`mail-${file.replace(".html", "")}-${scheme}-${width}.png`), fullPage: true });
    }]);
  }
}

await run(base, shots, checks);
