import { namespace } from "../../lib/settings/problem.ts";
import { readStack } from "../../plan/stack-file.ts";
import { confirmStackName } from "./confirm.ts";
import { ExitError } from "../frame/exit.ts";
import { removeOutputFiles } from "./output-files.ts";
import { runOperation } from "./run-operation.ts";
import { requireDeployedStack, type Session } from "./session.ts";
import { hasResources, readState } from "../../plan/state.ts";
import { previewDestroy } from "./destroy-preview.ts";

/** Shows what is deleted and what remains, asks for the stack's name, destroys. */
export async function destroy(session: Session): Promise<void> {
    const { root, stack, say } = session;
    const { config } = readStack(root, stack);
    const deployed = await requireDeployedStack(session);
    const state = await readState(deployed);
    if (!hasResources(state)) {
        say(`${stack} has nothing to destroy`);
        return;
    }
    const destroyPreview = await previewDestroy(await session.createClients(config["aws:region"] ?? ""), state);
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
    sayList(say, "goes with its content", destroyPreview.deletedData);
    sayList(say, "takes long", destroyPreview.slowDeletions);
    sayList(say, "stays behind", destroyPreview.remainingResources);
    await confirmStackName(session, `Destroy all ${state.resources.length} resources of ${stack}`);
    await runOperation(session, deployed, "destroy");
    removeOutputFiles(root, stack);
}

const stackFileName = (stack: string): string => `Pulumi.${stack}.yaml`;

const sayList = (say: (line: string) => void, title: string, lines: readonly string[]): void => {
    if (lines.length > 0) {
        say([`${title}:`, ...lines].join("\n  "));
    }
};
