import { ExitError } from "../frame/exit.ts";
import { errorFromCliOutput } from "./pulumi-errors.ts";
import { runPulumi, type Session } from "./session.ts";
import type { PendingOperation, StateResource } from "../../plan/state.ts";

/** The part of an exported state that holds resources; secrets in it are encrypted. */
interface ExportedDeployment {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly PendingOperation[] | null;
}

/**
 * Exports the state, changes it and imports it again.
 *
 * @throws ExitError `locked` when another operation has locked the stack, `no-backend` when the passphrase is wrong, `failed`
 * when the CLI fails for another reason
 */
export async function editState(
    session: Session,
    change: (deployment: ExportedDeployment) => ExportedDeployment,
): Promise<void> {
    const { cli } = session;
    await runPulumi(session, async () => {
        const exported = await cli(["stack", "export"]);
        mustSucceed(exported.code, exported.stderr);
        const state = JSON.parse(exported.stdout) as { readonly deployment: ExportedDeployment };
        const input = JSON.stringify({ ...state, deployment: change(state.deployment) });
        const imported = await cli(["stack", "import"], { input });
        mustSucceed(imported.code, imported.stderr);
    });
}

function mustSucceed(code: number, stderr: string): void {
    if (code !== 0) {
        throw errorFromCliOutput(stderr) ?? new ExitError("failed", `The state cannot be edited: ${stderr.trim()}`);
    }
}
