import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { PlanError } from "../../plan/plan-error.ts";
import type { CommandContext } from "../frame/context.ts";
import { errorMessage, ExitError } from "../frame/exit.ts";
import { withTemporaryFolder } from "../frame/temporary-folder.ts";

/** The project as a commit has it. */
export interface Checkout {
    /** Folder of the project. */
    readonly folder: string;
    /** Full hash. */
    readonly commit: string;
    /** What differs between its surroundings and those of today. */
    readonly notes: readonly string[];
}

type WorktreeContext = Pick<CommandContext, "say" | "interrupt">;

const runProcess = promisify(execFile);

/**
 * Checks a commit out into a worktree of its own, with the packages of its lock file, and removes that at the end. What is
 * not committed in the project's folder stays as it is.
 *
 * @throws ExitError `usage` when Git has no such commit; PlanError when its packages cannot be installed
 */
export async function withWorktree<T>(
    root: string,
    ref: string,
    context: WorktreeContext,
    act: (checkout: Checkout) => Promise<T>,
): Promise<T> {
    const commit = await resolveCommit(root, ref);
    const { stdout: projectPrefix } = await runProcess("git", ["rev-parse", "--show-prefix"], { cwd: root });
    return await withTemporaryFolder(
        "payment-platform-diff-",
        async (temporaryFolder) => {
            const tree = join(temporaryFolder, "tree");
            await runProcess("git", ["worktree", "add", "--detach", tree, commit], {
                cwd: root,
                signal: context.interrupt.signal,
            });
            const folder = join(tree, projectPrefix.trim());
            return act({ folder, commit, notes: await installPackages(root, folder, ref, context) });
        },
        () => {
            execFileSync("git", ["worktree", "prune"], { cwd: root });
        },
    );
}

async function resolveCommit(root: string, ref: string): Promise<string> {
    try {
        const { stdout } = await runProcess("git", ["rev-parse", "--verify", "--end-of-options", `${ref}^{commit}`], {
            cwd: root,
        });
        return stdout.trim();
    } catch {
        throw new ExitError(
            "usage",
            `"${ref}" is neither \`deployed\`, nor a file that \`npm run plan -- <stack> --json <file>\` wrote, nor a commit`,
        );
    }
}

/** Links today's packages where the lock file is the same, else installs those of the commit: they decide the plan. */
async function installPackages(
    root: string,
    folder: string,
    ref: string,
    { say, interrupt }: WorktreeContext,
): Promise<string[]> {
    const [now, then] = [root, folder].map((each) => readFileIfExists(join(each, "package-lock.json")));
    if (now === then) {
        symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
        return [];
    }
    const note = `packages differ between ${ref} and now: each plan is made with its own`;
    say(`${note}; installing those of ${ref}`);
    try {
        await runProcess("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
            cwd: folder,
            signal: interrupt.signal,
        });
    } catch (error) {
        throw new PlanError([
            `${note}, and those of ${ref} cannot be installed: ${errorMessage(error)}`,
            `plan it where they are, \`npm run plan -- <stack> --json <file>\`, and give the file in place of the commit`,
        ]);
    }
    return [note];
}

const readFileIfExists = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
