import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Esbuild from "esbuild";

export interface Bundle {
    /** One ES module that exports `handler`. */
    code: string;
    /** SHA-256 of the code, in hexadecimal. */
    hash: string;
}

/**
 * Bundles the function for Lambda: the same source gives the same bytes, on any machine and in any folder.
 *
 * The AWS SDK stays outside, since the Node runtimes of Lambda bring their own. `tsconfig.json` is not read, so that a change of
 * a type checker's option does not redeploy the function.
 */
export function bundle(root: string): Bundle {
    // Loaded here: most plans find the code in the cache, and esbuild takes as long as a hundred resources.
    const { buildSync } = projectRequire()("esbuild") as typeof Esbuild;
    const { outputFiles } = buildSync({
        absWorkingDir: root,
        entryPoints: ["validator/handler.ts"],
        bundle: true,
        write: false,
        platform: "node",
        // The older of the runtimes that a stack may choose.
        target: "node22",
        format: "esm",
        minify: true,
        charset: "utf8",
        legalComments: "none",
        external: ["@aws-sdk/*", "@smithy/*"],
        tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
        logLevel: "silent",
    });
    const code = outputFiles.map(({ text }) => text).join("");
    return bundleOf(code);
}

/** The same, made once for each state of the source: what is here and the bundler's version decide every byte. */
export function cachedBundle(root: string): Bundle {
    const folder = join(root, "node_modules", ".cache", "validator");
    const file = join(folder, `${sourceHash(root)}.mjs`);
    try {
        return bundleOf(readFileSync(file, "utf8"));
    } catch {
        const made = bundle(root);
        writeCacheFile(folder, file, made.code);
        return made;
    }
}

/** Modules of this project, whichever folder the source lies in. */
const projectRequire = () => createRequire(join(process.cwd(), "package.json"));

const bundleOf = (code: string): Bundle => ({ code, hash: createHash("sha256").update(code).digest("hex") });

function sourceHash(root: string): string {
    const bundler = projectRequire().resolve("esbuild/package.json");
    const hash = createHash("sha256").update(readFileSync(bundler));
    for (const name of readdirSync(join(root, "validator")).sort()) {
        hash.update(`\0${name}\0`).update(readFileSync(join(root, "validator", name)));
    }
    return hash.digest("hex");
}

/** Writes and renames; never throws. A folder that cannot be written to costs the next run its time, and nothing else. */
export function writeCacheFile(folder: string, file: string, text: string): void {
    const draft = `${file}.${process.pid}`;
    try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(draft, text);
        // Renamed, so that no reader sees half of it.
        renameSync(draft, file);
    } catch {
        // The next run makes it anew.
    }
}
