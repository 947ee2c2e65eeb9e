import { createRequire } from "node:module";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { expect, test } from "@jest/globals";
import { withDirectCounters } from "../../jest/direct-counters.ts";

interface Istanbul {
    createInstrumenter: (options: object) => { instrumentSync: (code: string, path: string) => string };
}
type Counts = Record<"s" | "f" | "b", object>;

interface Sizes {
    size?: (count: number) => string;
}

const path = "/project/lib/sizes.ts";
const source = `"use strict";
exports.size = (count) => {
    return count > 9 ? "large" : "small";
};`;

/** The one of Jest: it is a package of Jest's own packages. */
const { createInstrumenter } = createRequire(join(process.cwd(), "package.json"))(
    "istanbul-lib-instrument",
) as Istanbul;
const instrumented = createInstrumenter({ compact: false }).instrumentSync(source, path);

/** The counts after the source was loaded as a module `loads` times, each time with a call that takes the second branch. */
function countsOf(source: string, loads: number): Counts | undefined {
    const context = createContext({});
    const load = runInContext(`(function (exports) {${source}\n})`, context) as (exports: Sizes) => void;
    for (let count = 0; count < loads; count++) {
        const exports: Sizes = {};
        load(exports);
        expect(exports.size?.(3)).toBe("small");
    }
    const counts = (context.__coverage__ as Record<string, Counts>)[path];
    return counts && { s: counts.s, f: counts.f, b: counts.b };
}

test.each([1, 3])("after %d loads it counts as Istanbul does", (loads) => {
    const counts = countsOf(withDirectCounters(instrumented), loads);
    expect(counts).toEqual(countsOf(instrumented, loads));
    expect(counts?.b).toEqual({ 0: [0, loads] });
});

test("no statement, function or branch calls a function to count", () => {
    expect(instrumented.match(/cov_\w+\(\)\./g)).toHaveLength(5);
    expect(withDirectCounters(instrumented)).not.toMatch(/cov_\w+\(\)\./);
});

test("errors keep their lines", () => {
    const [direct, original] = [withDirectCounters(instrumented), instrumented].map((text) => text.split("\n"));
    expect(direct?.length).toBe(original?.length);
    expect(direct?.findIndex((line) => line.includes("return count"))).toBe(
        original?.findIndex((line) => line.includes("return count")),
    );
});

test("a source without coverage stays as it is", () => {
    expect(withDirectCounters(source)).toBe(source);
});
