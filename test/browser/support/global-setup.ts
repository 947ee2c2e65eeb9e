import { findChromium } from "./chromium.ts";

/** Says once why all is skipped; fails instead where `BROWSER_TESTS=required`, so that a run cannot pass empty. */
export default function setUp(): void {
    if (findChromium(process.env) === undefined) {
        const reason = "there is no Chromium: install the package chromium, or set CHROMIUM_PATH";
        if (process.env.BROWSER_TESTS === "required") {
            throw new Error(`browser tests are required, and cannot run: ${reason}`);
        }
        process.stdout.write(`\nbrowser tests skipped: ${reason}\n`);
    }
}
