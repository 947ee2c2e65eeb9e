import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folder of what is recorded of the committed stacks, below the project's. */
export const golden = "golden";

/** Folder of the project that one works in: Pulumi runs policy packs in their own folder, below it. */
export function projectRoot(from = process.cwd()): string {
    const above = dirname(from);
    return existsSync(join(from, "Pulumi.yaml")) || above === from ? from : projectRoot(above);
}

/** Content of a recorded file; nothing where there is none. */
export function recorded(file: string, root = projectRoot()): string | undefined {
    const path = join(root, golden, file);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
