import {
    CommandError,
    ConcurrentUpdateError,
    LocalWorkspace,
    StackNotFoundError,
    type PulumiCommand,
    type Stack,
} from "@pulumi/pulumi/automation/index.js";
import type { Rule } from "../../checks/rule.ts";
import type { Plan } from "../../plan/plan.ts";
import { readPulumiYaml, yamlTextAt } from "../../plan/pulumi-yaml.ts";
import { stackFilePath } from "../../plan/stack-file.ts";
import type { Cli } from "./cli.ts";
import type { AwsClients } from "./clients.ts";
import { DeployError } from "./exit.ts";
import type { Interrupt } from "./interrupt.ts";
import { commandErrorText } from "./pulumi-command.ts";
import type { Clock } from "../clock.ts";
import { preserveStackFile } from "./stack-file.ts";
import type { Terminal } from "./terminal.ts";

/** What a deployment uses of a stack of the Automation API. */
export type DeployedStack = Pick<
    Stack,
    "up" | "preview" | "refresh" | "previewRefresh" | "destroy" | "cancel" | "exportStack"
>;

export interface PulumiSetup {
    readonly root: string;
    readonly stack: string;
    readonly command: PulumiCommand;
    /** Variables for Pulumi beside those of the process. */
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

/** What each command has at hand. */
export interface Session {
    readonly root: string;
    readonly stack: string;
    /** `--yes` */
    readonly yes: boolean;
    /** `--confirm` */
    readonly confirm?: string;
    /** `--json` */
    readonly json: boolean;
    /** `--accept`, as `acceptOptionValue` writes them. */
    readonly accept: readonly string[];
    /** `--accept-file` */
    readonly acceptFile?: string;
    /** `--write-accept-file` */
    readonly writeAcceptFile?: string;
    readonly out: (text: string) => void;
    /** A line about what happens, apart from what a program may read. */
    readonly say: (line: string) => void;
    /** The output goes to a terminal, on which Pulumi draws its own tree. */
    readonly onTerminal: boolean;
    readonly terminal?: Terminal;
    readonly interrupt: Interrupt;
    readonly clock: Clock;
    readonly plan: (root: string, stack: string) => Promise<Plan>;
    /** The promises that a plan must keep. */
    readonly rules: () => Promise<readonly Rule[]>;
    readonly createClients: (region: string) => Promise<AwsClients>;
    readonly cli: Cli;
    /** Arguments of the verb. */
    readonly args: readonly string[];
    /** @throws DeployError `no-backend` when the state cannot be read */
    readonly openStack: (how: "find" | "make") => Promise<DeployedStack>;
}

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

/** @throws DeployError `failed` when it was never made */
export async function requireDeployedStack(session: Session): Promise<DeployedStack> {
    const found = await selectStack(session);
    if (found === undefined) {
        throw new DeployError("failed", `Stack ${session.stack} is not in this backend: \`up\` makes it`);
    }
    return found;
}

async function openInBackend(
    { root, stack, say, openStack: open, interrupt }: Session,
    how: "find" | "make",
): Promise<DeployedStack> {
    try {
        return await interrupt.runPulumi(() => preserveStackFile(stackFilePath(root, stack), say, () => open(how)));
    } catch (error) {
        if (error instanceof StackNotFoundError || error instanceof ConcurrentUpdateError || !isPulumiError(error)) {
            throw error;
        }
        throw new DeployError("no-backend", `The state of ${stack} cannot be opened: ${commandErrorText(error)}`);
    }
}

/** An error of a command of Pulumi's, as opposed to one of this program. */
export const isPulumiError = (error: unknown): error is CommandError => error instanceof CommandError;
