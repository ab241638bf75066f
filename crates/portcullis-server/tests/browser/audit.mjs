// Is a page accessible, and does it fit? axe-core looks, and a ruler.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { holds, openContext, same } from "./browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every look of a page. */
export const LOOKS = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["320", { colorScheme: "light", viewport: { width: 320, height: 720 } }],
  ["dark-320", { colorScheme: "dark", viewport: { width: 320, height: 720 } }],
];

/** Opens `url` in a context of its own, brings it to a state by `act`, and judges what is there. */
export async function audit({ browser, watch }, name, url, options, act) {
  // Only here is the policy off: axe has to be put into the page.
  const context = await openContext(browser, watch, { ...options, bypassCSP: true });
  await context.addInitScript({ content: axe });
  const page = await context.newPage();
  await page.goto(url);
  await act(page);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  same(found, [], `accessibility of ${name}`);
  holds(passes.some(({ id }) => id === "color-contrast"), `${name}: contrast was not measured`);
  const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  holds(width <= room, `${name} scrolls sideways: ${width} > ${room}`);
  return { page, context };
}
