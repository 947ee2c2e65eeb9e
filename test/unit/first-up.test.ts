import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

const page = readFileSync("docs/first-up.md", "utf8");

/** Cells of the rows of all tables, without headings and separators. */
const rows = page
    .split("\n")
    .filter((line) => /^\| (?!Assumption|-)/.test(line))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()));

const testTitles = [...page.matchAll(/`([a-z-]+)` "([^"]+)"/g)];

test("each assumption says what shows it and what to do otherwise", () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const cells of rows) {
        expect(cells).toHaveLength(3);
        const [assumption = "", shownBy = "", remedy = ""] = cells;
        expect([assumption, shownBy]).toEqual([
            expect.stringMatching(/^[A-Z]/),
            expect.stringMatching(/npm run [a-z]|`[a-z-]+` "[^"]+"|`aws [a-z0-9]+ [a-z-]+`/),
        ]);
        expect(remedy.length).toBeGreaterThan(10);
    }
});

test("every test has the suite and the title that the page names", () => {
    expect(testTitles.length).toBeGreaterThan(20);
    const missing = testTitles.filter(([, suite = "", title = ""]) => {
        const file = `test/integration/${suite}.test.ts`;
        return !existsSync(file) || !readFileSync(file, "utf8").includes(title);
    });
    expect(missing.map(([text]) => text)).toEqual([]);
});
