import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";

/** Without imports and exports of types alone, which are removed when Node strips the types. */
const importStatement = /^(?:import|export)\s(?!type\b)(?:[^"';]*?\sfrom\s+)?"(\.[^"]+)";|\bimport\("(\.[^"]+)"\)/gm;

const importsOf = (file: string, source: string): string[] =>
    Array.from(source.matchAll(importStatement), ([, fixed = "", dynamic = ""]) =>
        join(dirname(file), fixed || dynamic),
    );

/** The files of the first circle that is found, in the order in which they import each other; empty if there is none. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
    const done = new Set<string>();
    const from = (file: string, path: readonly string[]): string[] => {
        if (path.includes(file)) {
            return [...path.slice(path.indexOf(file)), file];
        }
        if (done.has(file)) {
            return [];
        }
        for (const next of imports.get(file) ?? []) {
            const circle = from(next, [...path, file]);
            if (circle.length > 0) {
                return circle;
            }
        }
        done.add(file);
        return [];
    };
    return [...imports.keys()].map((file) => from(file, [])).find((circle) => circle.length > 0) ?? [];
}

const notOurs = ["node_modules", ".stryker-tmp", "coverage", "dist"];
// The samples below are no imports of this file.
const files = globSync("**/*.ts", { exclude: (path) => notOurs.includes(path) }).filter(
    (file) => !__filename.endsWith(file),
);

test("no file is part of a circle of imports", () => {
    const imports = new Map(files.map((file) => [file, importsOf(file, readFileSync(file, "utf8"))]));
    // A pattern that found nothing would find no circle.
    expect([...imports.values()].flat().filter((file) => !imports.has(file) && file.endsWith(".ts"))).toEqual([]);
    expect([...imports.values()].flat().length).toBeGreaterThan(2 * files.length);
    expect(circleIn(imports)).toEqual([]);
});

test.each([
    [
        "two files",
        { "a.ts": 'import { b } from "./b.ts";', "b.ts": 'export * from "./a.ts";' },
        ["a.ts", "b.ts", "a.ts"],
    ],
    [
        "a longer way, several lines and a call",
        {
            "a.ts": 'import "./x/b.ts";',
            "x/b.ts": 'import {\n    type T,\n    c,\n} from "../c.ts";',
            "c.ts": 'const a = () => import("./a.ts");',
        },
        ["a.ts", "x/b.ts", "c.ts", "a.ts"],
    ],
    ["a file that imports itself", { "a.ts": 'import { a } from "./a.ts";' }, ["a.ts", "a.ts"]],
    ["no circle of types", { "a.ts": 'import type { B } from "./b.ts";', "b.ts": 'import { a } from "./a.ts";' }, []],
])("finds %s", (_, sources, circle) => {
    const imports = new Map(Object.entries(sources).map(([file, source]) => [file, importsOf(file, source)]));
    expect(circleIn(imports)).toEqual(circle);
});
