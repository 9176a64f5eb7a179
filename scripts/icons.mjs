// icons.mjs: extension/icons/icon.svg in the sizes that Chrome asks for. To be run when the drawing has changed, and its files committed.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { EXECUTABLE, QUIET, SANDBOX } from "./world.mjs";

const FOLDER = join(import.meta.dirname, "../extension/icons");
const SIZES = [16, 32, 48, 128];

const browser = await chromium.launch({ executablePath: EXECUTABLE, args: [...QUIET, ...SANDBOX] });
const page = await browser.newPage({ viewport: { width: 128, height: 128 } });
const drawing = `data:image/svg+xml;base64,${readFileSync(join(FOLDER, "icon.svg")).toString("base64")}`;
for (const size of SIZES) {
  await page.setContent(`<body style="margin:0"><img src="${drawing}" width="${size}" height="${size}" style="display:block">`);
  await page.locator("img").evaluate((image) => image.decode());
  writeFileSync(join(FOLDER, `icon-${size}.png`), await page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } }));
}
await browser.close();
process.exit();
