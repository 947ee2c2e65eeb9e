import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestSchema, type Manifest } from "../../lib/manifest.ts";
import { Stop } from "./exit.ts";
import type { State } from "./state.ts";

/** The manifest among the outputs of a stack. @throws Stop `failed` when there is none, or one of another form */
export function manifestOf({ manifest }: State, stack: string): Manifest {
    const { data, error } = manifestSchema.safeParse(manifest);
    if (data === undefined) {
        const [issue] = error.issues;
        const where = ["manifest", ...(issue?.path ?? [])].map(String).join(".");
        throw new Stop(
            "failed",
            `Stack ${stack} has no manifest of this version (${where}: ${issue?.message ?? ""}): \`up\` writes it`,
        );
    }
    return data;
}

const folder = "outputs";
const filesOf = (root: string, stack: string) => ({
    outputs: join(root, folder, `${stack}.json`),
    manifest: join(root, folder, `${stack}.manifest.json`),
});

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes outputs and manifest, for their owner's eyes; returns the files. */
export function writeFiles(root: string, stack: string, state: State): string[] {
    const files = filesOf(root, stack);
    mkdirSync(join(root, folder), { recursive: true, mode: 0o700 });
    for (const [file, content] of [
        [files.outputs, state.outputs],
        [files.manifest, manifestOf(state, stack)],
    ] as const) {
        // The mode is taken of new files only.
        rmSync(file, { force: true });
        writeFileSync(file, asJson(content), { mode: 0o600 });
    }
    return Object.values(files);
}

export function removeFiles(root: string, stack: string): void {
    Object.values(filesOf(root, stack)).forEach((file) => {
        rmSync(file, { force: true });
    });
}
