/// <reference lib="dom" />
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { findChromium, launchChromium } from "./support/chromium.ts";
import { pages, picturesFolder, writePage } from "./support/pages.ts";

const axeSource = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");
const widths = [1280, 390];
const schemes = ["light", "dark"] as const;
const views = widths.flatMap((width) => schemes.map((scheme) => ({ width, scheme })));

/** Without a Chromium the set-up has said so, or failed. */
const describeInBrowser = findChromium(process.env) === undefined ? describe.skip : describe;

describeInBrowser.each(Object.keys(pages))("the page %s", (name) => {
    let browser: Browser;
    let file: string;
    let open: Page[] = [];
    let messages: string[] = [];

    beforeAll(async () => {
        [browser, file] = await Promise.all([launchChromium(), writePage(name)]);
    });
    afterAll(() => browser.close());
    afterEach(async () => {
        await Promise.all(open.map((page) => page.close()));
        open = [];
        messages = [];
    });

    async function openPage(width = 1280, colorScheme: (typeof schemes)[number] = "light", hash = ""): Promise<Page> {
        // What axe adds to the page would be refused by its policy.
        const page = await browser.newPage({
            viewport: { width, height: 900 },
            colorScheme,
            bypassCSP: hash === "#axe",
        });
        open.push(page);
        page.on("console", (message) => messages.push(message.text()));
        page.on("pageerror", (error) => messages.push(error.message));
        page.on("requestfailed", (request) => messages.push(request.url()));
        await page.goto(`${pathToFileURL(file).href}${hash}`);
        return page;
    }

    const shownRows = (page: Page, section: string): Promise<number> =>
        page.locator(`#${section} .list > [data-row]:not([hidden])`).count();

    test("loads without an error in the console and without a request, and is below 3 MB", async () => {
        const page = await openPage();
        const loads = await page.evaluate(() => performance.getEntriesByType("resource").length);
        const [navigation] = await page.evaluate(() =>
            performance.getEntriesByType("navigation").map((each) => each.duration),
        );
        process.stdout.write(`${name}: ${statSync(file).size} bytes, loaded in ${Math.round(navigation ?? 0)} ms\n`);
        expect(messages).toEqual([]);
        expect(loads).toBe(0);
        expect(statSync(file).size).toBeLessThan(3_000_000);
    });

    test("every link leads to an element of the page or to a page of the docs", async () => {
        const page = await openPage();
        const links = await page
            .locator("a[href]")
            .evaluateAll((all) => [...new Set(all.map((each) => each.getAttribute("href") ?? ""))]);
        const ids = new Set(await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id)));
        const wrong = links.filter((link) => {
            if (link.startsWith("#")) {
                return !ids.has(link.slice(1));
            }
            const url = new URL(link, pathToFileURL(file));
            return url.protocol !== "file:" || !existsSync(fileURLToPath(new URL(url.pathname, url)));
        });
        expect(links.length).toBeGreaterThan(100);
        expect(wrong).toEqual([]);
    });

    test("no ID is there twice", async () => {
        const page = await openPage();
        const ids = await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
        expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    });

    test("the search finds a resource and hides the others", async () => {
        const page = await openPage();
        const all = await shownRows(page, "resources");
        await page.keyboard.press("/");
        await page.keyboard.type("rds.cluster payment-database");
        expect(await shownRows(page, "resources")).toBeLessThan(all / 5);
        await page.locator("[data-found]", { hasText: "Resources" }).waitFor();
        const found = await page.locator("#resources .list > [data-row]:not([hidden]) .name").allTextContents();
        expect(found.some((each) => each.startsWith("payment-database-"))).toBe(true);
        await page.getByRole("button", { name: "Clear" }).click();
        expect(await shownRows(page, "resources")).toBe(all);
    });

    test("a filter leaves the resources with its value, and says how many", async () => {
        const page = await openPage();
        await page.getByLabel("Encrypted by").selectOption({ index: 2 });
        const value = await page.getByLabel("Encrypted by").inputValue();
        const values = await page
            .locator("#resources [data-resource]:not([hidden])")
            .evaluateAll((all) => all.map((each) => each.getAttribute("data-encryption")));
        expect(new Set(values)).toEqual(new Set([value]));
        expect(await page.locator("[data-count=resources]").textContent()).toContain(`${values.length} of `);
    });

    test("a group of the drawing opens and closes by the keyboard, and keeps the focus", async () => {
        const page = await openPage();
        const drawing = page.locator(".drawing");
        const endpoints = drawing.getByRole("button", { name: /^VPC endpoints/, expanded: false });
        await endpoints.focus();
        await page.keyboard.press("Enter");
        const close = drawing.getByRole("button", { name: "VPC endpoints", expanded: true });
        expect(await close.evaluate((each) => each === document.activeElement)).toBe(true);
        expect(await page.locator(".box.b-endpoint:visible").count()).toBeGreaterThan(1);
        await page.keyboard.press("Space");
        expect(await endpoints.evaluate((each) => each === document.activeElement)).toBe(true);
        expect(await page.locator(".box.b-endpoint:visible").count()).toBe(0);
    });

    test("what belongs to a request lights up, and nothing else", async () => {
        const page = await openPage();
        const lit = () => page.locator(".box.lit:visible .title").allTextContents();
        const validator = page.locator(".drawing").getByRole("button", { name: "validator Lambda function" });
        await validator.focus();
        await page.keyboard.press("Space");
        expect((await lit()).toSorted()).toEqual(["audit", "internet", "rest-api", "transactions", "validator"]);
        expect(await validator.getAttribute("aria-pressed")).toBe("true");
        expect(await page.locator("[data-lit]").textContent()).toContain("transactions");
        await page.keyboard.press("Escape");
        expect(await lit()).toEqual([]);
        await page.locator("[data-request]").selectOption({ label: "/api/* → api" });
        expect(await lit()).toEqual(expect.arrayContaining(["internet", "alb", "api", "database"]));
        expect(await lit()).not.toContain("validator");
    });

    test("an entry opens by the keyboard, and by a link to it", async () => {
        const page = await openPage();
        const entry = page.locator("#resources details").first();
        await entry.locator("summary").focus();
        await page.keyboard.press("Enter");
        expect(await entry.evaluate((each) => (each as HTMLDetailsElement).open)).toBe(true);
        const other = page.locator("#resources details[data-type='rds.Cluster']").first();
        const id = (await other.getAttribute("id")) ?? "";
        const linked = await openPage(1280, "light", `#${id}`);
        expect(await linked.locator(`#${id}`).evaluate((each) => (each as HTMLDetailsElement).open)).toBe(true);
    });

    test("is complete without a script", async () => {
        const context = await browser.newContext({ javaScriptEnabled: false });
        const page = await context.newPage();
        await page.goto(pathToFileURL(file).href);
        expect(await page.locator(".box.b-service").first().isVisible()).toBe(true);
        expect(await page.getByLabel("Encrypted by").isVisible()).toBe(false);
        expect(await page.getByText("Select a part").isVisible()).toBe(false);
        expect(await page.locator('svg [role="button"], svg [tabindex]').count()).toBe(0);
        await page.locator("#resources summary").first().click();
        expect(await page.locator("#resources details[open] .properties").count()).toBe(1);
        await context.close();
    });

    test.each(views)("axe finds nothing at $width pixels, $scheme", async ({ width, scheme }) => {
        const page = await openPage(width, scheme, "#axe");
        await page.locator("#resources summary").first().click();
        await page.locator("#controls summary").first().click();
        await page.evaluate(axeSource);
        const { violations } = await page.evaluate<AxeResults>("axe.run()");
        expect(
            violations.map(
                ({ id, nodes }) =>
                    `${id}: ${nodes
                        .map(({ html }) => html)
                        .slice(0, 3)
                        .join("\n")}`,
            ),
        ).toEqual([]);
    });

    test.each(views)(
        "is as wide as the window at $width pixels, $scheme; its picture is kept",
        async ({ width, scheme }) => {
            const page = await openPage(width, scheme);
            await page.screenshot({ path: join(picturesFolder, `${name}-${width}-${scheme}.png`) });
            await page
                .locator("#architecture")
                .screenshot({ path: join(picturesFolder, `${name}-${width}-${scheme}-architecture.png`) });
            expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        },
    );

    test("boxes of the drawing do not overlap, whatever is open", async () => {
        const page = await openPage();
        for (const toggle of [
            "none",
            ...(await page.locator("[data-toggle]").evaluateAll((all) => all.map((each) => each.textContent))),
        ]) {
            if (toggle !== "none") {
                await page.locator("[data-toggle]", { hasText: toggle }).click();
            }
            const faces = await page
                .locator(".box:visible .face")
                .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON() as DOMRect));
            const overlapping = faces.flatMap((one, i) =>
                faces
                    .slice(i + 1)
                    .filter(
                        (other) =>
                            one.left < other.right &&
                            other.left < one.right &&
                            one.top < other.bottom &&
                            other.top < one.bottom,
                    ),
            );
            expect(overlapping).toEqual([]);
        }
    });

    test("prints to pages of A4", async () => {
        const page = await openPage();
        const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
        writeFileSync(join(picturesFolder, `${name}.pdf`), pdf);
        const text = pdf.toString("latin1");
        const boxes = [...text.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, w, h]) => [
            Math.round(Number(w)),
            Math.round(Number(h)),
        ]);
        expect(boxes.length).toBeGreaterThan(5);
        expect(new Set(boxes.map(String))).toEqual(new Set(["595,842"]));
    });
});
