import { pathToFileURL } from "node:url";
import { launchChromium } from "./support/chromium.ts";

/** Renews the picture in the README, from the page that `npm run report -- prod` wrote. */
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1280, height: 1800 }, colorScheme: "light" });
await page.goto(pathToFileURL("outputs/prod.html").href);
await page.locator("[data-request]").selectOption({ index: 2 });
await page.locator(".drawing").screenshot({ path: "docs/images/report.png" });
await browser.close();
