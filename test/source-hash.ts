import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Files and folders that decide what the program plans. A test holds that nothing is imported from elsewhere. */
export const planSources = ["contract", "index.ts", "lib", "package.json", "package-lock.json", "plan", "validator"];

export const hash = (content: unknown): string => createHash("sha256").update(JSON.stringify(content)).digest("hex");

/** The hash of the sources in a folder, and of the version of Node. */
export function sourceHash(root: string): string {
    const files = globSync(
        planSources.flatMap((source) => [source, `${source}/**/*.*`]),
        { cwd: root },
    );
    const contents = files.sort().map((file) => [file, readIfFile(join(root, file)) ?? "folder"]);
    return hash([process.version, contents]);
}

/** The file's content; undefined if it cannot be read. */
export function readIfFile(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}
