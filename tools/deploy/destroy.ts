import { namespace } from "../../lib/settings/problem.ts";
import { readStack } from "../../plan/stack-file.ts";
import { confirmStackName } from "./confirm.ts";
import { ExitError } from "../frame/exit.ts";
import { deleteLateLogGroups } from "./late-log-groups.ts";
import { removeOutputFiles } from "./output-files.ts";
import { runOperation } from "./run-operation.ts";
import { requireDeployedStack, type Session } from "./session.ts";
import { hasResources, readState } from "../../plan/state.ts";
import { previewDestroy } from "./destroy-preview.ts";

/**
 * Shows what is deleted and what AWS retains, requires the stack's name, and destroys. Deletes log groups that AWS created again,
 * and the files that describe the stack in `outputs/`.
 */
export async function destroy(session: Session): Promise<void> {
    const { root, stack, say } = session;
    const { config } = readStack(root, stack);
    const deployed = await requireDeployedStack(session);
    const state = await readState(deployed);
    if (!hasResources(state)) {
        say(`${stack} has nothing to destroy`);
        removeOutputFiles(root, stack);
        return;
    }
    const clients = await session.createClients(config["aws:region"] ?? "");
    session.progress.step("counting objects and images");
    const destroyPreview = await previewDestroy(clients, state);
    const isProtectedBySettings = config[`${namespace}deletionProtection`] === "true";
    const protectedResources = [
        ...destroyPreview.protectedResources,
        ...(isProtectedBySettings ? [`deletionProtection is true in ${stackFileName(stack)}`] : []),
    ];
    if (protectedResources.length > 0) {
        throw new ExitError(
            "protected",
            [
                `${stack} is protected; set deletionProtection: false, run \`up\`, then destroy:`,
                ...protectedResources,
            ].join("\n  "),
        );
    }
    sayList(say, "deleted with its data", destroyPreview.deletedData);
    sayList(say, "slow to delete", destroyPreview.slowDeletions);
    sayList(say, "retained by AWS", destroyPreview.remainingResources);
    await confirmStackName(session, `Destroy all ${state.resources.length} resources of ${stack}`);
    await runOperation(session, deployed, "destroy");
    (await deleteLateLogGroups(clients, state)).forEach(say);
    removeOutputFiles(root, stack);
}

const stackFileName = (stack: string): string => `Pulumi.${stack}.yaml`;

const sayList = (say: (line: string) => void, title: string, lines: readonly string[]): void => {
    if (lines.length > 0) {
        say([`${title}:`, ...lines].join("\n  "));
    }
};
