import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Folders that are removed when the process ends, which Ctrl-C does while work is in progress. */
const removals = new Set<() => void>();

const removeAll = (): void => {
    removals.forEach((remove) => {
        remove();
    });
};

/**
 * Does work in a new folder, which is removed at its end, or at that of the process.
 *
 * @param prefix of the folder's name
 * @param afterwards follows the removal, such as the one of Git's record of the folder
 */
export async function withTemporaryFolder<T>(
    prefix: string,
    work: (folder: string) => Promise<T> | T,
    afterwards: () => void = () => undefined,
): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), prefix));
    const remove = (): void => {
        removals.delete(remove);
        rmSync(folder, { recursive: true, force: true });
        afterwards();
    };
    if (removals.size === 0) {
        process.off("exit", removeAll).on("exit", removeAll);
    }
    removals.add(remove);
    try {
        return await work(folder);
    } finally {
        remove();
    }
}
