import { stackFilePath } from "../../plan/stack-file.ts";
import { readState, type State } from "../../plan/state.ts";
import { withPulumiErrors } from "../deploy/pulumi-errors.ts";
import { setUpPulumi } from "../deploy/pulumi-setup.ts";
import { preserveStackFile } from "../deploy/stack-file.ts";
import type { CommandContext } from "../frame/context.ts";

/** The state in the backend that `npm run deploy` takes. */
export async function readDeployedState(context: CommandContext, stack: string, home: string): Promise<State> {
    const { root, env, say } = context;
    const { installer, openStack } = await context.pulumi();
    const setup = await setUpPulumi({ pulumi: installer, env, home, root, stack, say });
    return await withPulumiErrors(async () =>
        readState(await preserveStackFile(stackFilePath(root, stack), say, () => openStack(setup, "find"))),
    );
}
