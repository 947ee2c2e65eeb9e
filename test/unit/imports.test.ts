import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { buildSync } from "esbuild";

const notOfTheProject = [".stryker-tmp", "dist", "node_modules"];

/** By file below a folder, the files there that it imports. Imports of types alone are none: they are gone when it runs. */
function importsBelow(root: string): Map<string, string[]> {
    const files = globSync("**/*.ts", { cwd: root, exclude: (name) => notOfTheProject.includes(name) });
    const { metafile } = buildSync({
        absWorkingDir: root,
        stdin: { contents: files.map((file) => `import "./${file}";`).join("\n"), resolveDir: root },
        bundle: true,
        write: false,
        metafile: true,
        packages: "external",
        format: "esm",
        tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
        logLevel: "silent",
    });
    return new Map(
        Object.entries(metafile.inputs).map(([file, { imports }]) => [
            file,
            imports.filter(({ external }) => external !== true).map(({ path }) => path),
        ]),
    );
}

/** Circles of imports, each as the files along it: none only if there is none. */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
    const circles: string[][] = [];
    const followed = new Set<string>();
    const follow = (file: string, path: readonly string[]): void => {
        if (path.includes(file)) {
            circles.push([...path.slice(path.indexOf(file)), file]);
        }
        if (followed.has(file)) {
            return;
        }
        followed.add(file);
        for (const imported of imports.get(file) ?? []) {
            follow(imported, [...path, file]);
        }
    };
    for (const file of imports.keys()) {
        follow(file, []);
    }
    return circles;
}

test("no file is part of a circle of imports", () => {
    const imports = importsBelow(process.cwd());
    expect(imports.size).toBeGreaterThan(1000);
    expect(circlesOf(imports)).toEqual([]);
});

test("a circle is found, whichever way its files import each other, but not one of types alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "imports-"));
    const files = {
        "a.ts": 'import { b } from "./b.ts";\nexport const a = b;',
        "b.ts": 'export * from "./c.ts";\nexport const b = 1;',
        "c.ts": 'export const load = () => import("./a.ts");',
        "d.ts": 'import type { E } from "./e.ts";\nexport const d: E = 1;',
        "e.ts": 'import { d } from "./d.ts";\nexport type E = number;\nexport const e = d;',
    };
    for (const [name, source] of Object.entries(files)) {
        writeFileSync(join(folder, name), source);
    }
    try {
        expect(circlesOf(importsBelow(folder))).toEqual([["c.ts", "a.ts", "b.ts", "c.ts"]]);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
