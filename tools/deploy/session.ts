import {
    ConcurrentUpdateError,
    LocalWorkspace,
    StackNotFoundError,
    type PulumiCommand,
    type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { readPulumiYaml, yamlTextAt } from "../../plan/pulumi-yaml.ts";
import { stackFilePath } from "../../plan/stack-file.ts";
import { hasResources, readState, type State } from "../../plan/state.ts";
import type { CommandContext } from "../frame/context.ts";
import type { Cli } from "./cli.ts";
import { ExitError } from "../frame/exit.ts";
import { commandErrorText, errorFromCliOutput, isPulumiError } from "./pulumi-errors.ts";
import { preserveStackFile } from "./stack-file.ts";

/** What a deployment uses of a stack of the Automation API. */
export type DeployedStack = Pick<
    Stack,
    "up" | "preview" | "refresh" | "previewRefresh" | "destroy" | "cancel" | "exportStack"
>;

export interface PulumiSetup {
    readonly root: string;
    readonly stack: string;
    readonly command: PulumiCommand;
    /** Variables for Pulumi in addition to those of the process. */
    readonly env: Record<string, string>;
}

/** Finds a stack, or makes it. */
export type OpenStack = (opening: PulumiSetup, how: "find" | "make") => Promise<DeployedStack>;

/** The project in its folder: what Pulumi's own commands would see. */
export const openStack: OpenStack = ({ root, stack, command, env }, how) => {
    const secretsProvider = yamlTextAt(readPulumiYaml(stackFilePath(root, stack)), ["secretsprovider"]);
    const project = { stackName: stack, workDir: root };
    const options = { pulumiCommand: command, envVars: env, secretsProvider };
    return how === "make"
        ? LocalWorkspace.createOrSelectStack(project, options)
        : LocalWorkspace.selectStack(project, options);
};

/** What each subcommand works with. */
export interface Session extends Omit<CommandContext, "pulumi"> {
    readonly stack: string;
    readonly yes?: boolean;
    readonly confirm?: string;
    readonly json?: boolean;
    /** `--accept`, as `acceptOptionValue` writes them. */
    readonly accept?: readonly string[];
    readonly acceptFile?: string;
    readonly writeAcceptFile?: string;
    /** The stack in which the images must have passed. */
    readonly promotedFrom?: string;
    readonly cli: Cli;
    /** Arguments of Pulumi's CLI, after the subcommand `pulumi`. */
    readonly args: readonly string[];
    /** @throws ExitError `no-backend` when the state cannot be read */
    readonly openStack: (how: "find" | "make") => Promise<DeployedStack>;
}

/** Runs an operation of Pulumi, which a cancellation waits for. */
export const runPulumi = <T>({ interrupt }: Pick<Session, "interrupt">, work: () => Promise<T>): Promise<T> =>
    interrupt.waitFor(
        work,
        "what was done is in the state. To continue, run it again; if the stack stays locked, `cancel` first",
    );

/** The stack, made if it is new; its file keeps its form. */
export const createOrSelectStack = (session: Session): Promise<DeployedStack> => openInBackend(session, "make");

/** The stack, unless it was never made. */
export async function selectStack(session: Session): Promise<DeployedStack | undefined> {
    try {
        return await openInBackend(session, "find");
    } catch (error) {
        if (error instanceof StackNotFoundError) {
            return undefined;
        }
        throw error;
    }
}

/** @throws ExitError `not-deployed` when it was never made */
export async function requireDeployedStack(session: Session): Promise<DeployedStack> {
    const found = await selectStack(session);
    if (found === undefined) {
        throw new ExitError("not-deployed", `Stack ${session.stack} is not in this backend: \`up\` makes it`);
    }
    return found;
}

/**
 * The state of a stack that has resources.
 *
 * @throws ExitError `not-deployed` when it has none
 */
export async function requireDeployedState(session: Session): Promise<State> {
    const state = await readState(await requireDeployedStack(session));
    if (!hasResources(state)) {
        throw new ExitError("not-deployed", `Stack ${session.stack} has no resources: \`up\` deploys it`);
    }
    return state;
}

async function openInBackend(session: Session, how: "find" | "make"): Promise<DeployedStack> {
    const { root, stack, say, openStack: open } = session;
    session.progress.step(`opening ${stack} in the backend`);
    try {
        return await runPulumi(session, () => preserveStackFile(stackFilePath(root, stack), say, () => open(how)));
    } catch (error) {
        if (error instanceof StackNotFoundError || error instanceof ConcurrentUpdateError || !isPulumiError(error)) {
            throw error;
        }
        const text = commandErrorText(error);
        const reason = errorFromCliOutput(text)?.message ?? text;
        throw new ExitError("no-backend", `The state of ${stack} cannot be opened: ${reason}`);
    }
}
