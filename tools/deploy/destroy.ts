import { namespace } from "../../lib/settings/problem.ts";
import { readStack } from "../../plan/stack-file.ts";
import { confirmName } from "./confirm.ts";
import { Stop } from "./exit.ts";
import { removeFiles } from "./files.ts";
import { operate } from "./operate.ts";
import { existingStack, type Session } from "./session.ts";
import { hasResources, readState } from "../../plan/state.ts";
import { surveyOf } from "./survey.ts";

/** Says what goes and what stays, asks for the stack's name, destroys. */
export async function destroy(session: Session): Promise<void> {
    const { root, stack, say } = session;
    const { config } = readStack(root, stack);
    const deployed = await existingStack(session);
    const state = await readState(deployed);
    if (!hasResources(state)) {
        say(`${stack} has nothing to destroy`);
        return;
    }
    const survey = await surveyOf(await session.connect(config["aws:region"] ?? ""), state);
    const wanted = config[`${namespace}deletionProtection`] === "true";
    const protectors = [...survey.protectors, ...(wanted ? [`deletionProtection is true in ${fileOf(stack)}`] : [])];
    if (protectors.length > 0) {
        throw new Stop(
            "protected",
            [`${stack} is protected; set deletionProtection: false, run \`up\`, then destroy:`, ...protectors].join(
                "\n  ",
            ),
        );
    }
    tell(say, "goes with its content", survey.contents);
    tell(say, "takes long", survey.slow);
    tell(say, "stays behind", survey.survivors);
    await confirmName(session, `Destroy all ${state.resources.length} resources of ${stack}`);
    await operate(session, deployed, "destroy");
    removeFiles(root, stack);
}

const fileOf = (stack: string): string => `Pulumi.${stack}.yaml`;

const tell = (say: (line: string) => void, title: string, lines: readonly string[]): void => {
    if (lines.length > 0) {
        say([`${title}:`, ...lines].join("\n  "));
    }
};
