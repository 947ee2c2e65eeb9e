import { homedir } from "node:os";
import { readStack } from "../../plan/stack-file.ts";
import type { CommandContext } from "../frame/context.ts";
import { withPulumiErrors } from "./pulumi-errors.ts";
import { setUpPulumi } from "./pulumi-setup.ts";
import type { Session } from "./session.ts";

/** What the command line says about a session. */
export type SessionOptions = Pick<Session, "stack"> &
    Partial<
        Pick<
            Session,
            "yes" | "confirm" | "json" | "accept" | "acceptFile" | "writeAcceptFile" | "promotedFrom" | "args"
        >
    >;

/**
 * Sets up Pulumi for a stack, and does something with it. Errors of Pulumi become `ExitError`s.
 *
 * @throws PlanError for a stack file that cannot be read, before Pulumi is looked for
 */
export async function withSession(
    context: CommandContext,
    options: SessionOptions,
    act: (session: Session) => Promise<void>,
): Promise<void> {
    const { env, root, terminal, say, progress } = context;
    const { stack } = options;
    readStack(root, stack);
    const { installer, createCli, openStack } = await context.pulumi();
    await withPulumiErrors(async () => {
        const setup = await setUpPulumi({ pulumi: installer, env, home: homedir(), root, stack, terminal, say });
        const cli = createCli(setup);
        await act({
            ...context,
            args: [],
            ...options,
            cli: (args, cliOptions) =>
                cliOptions?.terminal === undefined
                    ? cli(args, cliOptions)
                    : progress.pauseDuring(() => cli(args, cliOptions)),
            openStack: (how) => openStack(setup, how),
        });
    });
}
