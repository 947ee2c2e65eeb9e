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
import { readPulumiYaml, textAt } from "../../plan/pulumi-yaml.ts";
import { stackFileOf } from "../../plan/stack-file.ts";
import type { Cli } from "./cli.ts";
import type { Clients } from "./clients.ts";
import { Stop } from "./exit.ts";
import type { Interrupt } from "./interrupt.ts";
import { failureOf } from "./pulumi-command.ts";
import type { Pace } from "./settle.ts";
import { keepingStackFile } from "./stack-file.ts";
import type { Terminal } from "./terminal.ts";

/** What a deployment uses of a stack of the Automation API. */
export type DeployedStack = Pick<
    Stack,
    "up" | "preview" | "refresh" | "previewRefresh" | "destroy" | "cancel" | "exportStack"
>;

export interface Opening {
    readonly root: string;
    readonly stack: string;
    readonly command: PulumiCommand;
    /** Variables for Pulumi beside those of the process. */
    readonly env: Record<string, string>;
}

/** Finds a stack, or makes it. */
export type Open = (opening: Opening, how: "find" | "make") => Promise<DeployedStack>;

/** The project in its folder: what Pulumi's own commands would see. */
export const openWorkspace: Open = ({ root, stack, command, env }, how) => {
    const secretsProvider = textAt(readPulumiYaml(stackFileOf(root, stack)), ["secretsprovider"]);
    const place = { stackName: stack, workDir: root };
    const options = { pulumiCommand: command, envVars: env, secretsProvider };
    return how === "make"
        ? LocalWorkspace.createOrSelectStack(place, options)
        : LocalWorkspace.selectStack(place, options);
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
    /** `--accept`, as `acceptanceOf` writes them. */
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
    readonly pace: Pace;
    readonly plan: (root: string, stack: string) => Promise<Plan>;
    /** The promises that a plan must keep. */
    readonly rules: () => Promise<readonly Rule[]>;
    readonly connect: (region: string) => Promise<Clients>;
    readonly cli: Cli;
    /** Arguments of the verb. */
    readonly args: readonly string[];
    /** @throws Stop `no-backend` when the state cannot be read */
    readonly open: (how: "find" | "make") => Promise<DeployedStack>;
}

/** The stack, made if it is new; its file keeps its form. */
export const makeStack = (session: Session): Promise<DeployedStack> => opened(session, "make");

/** The stack, unless it was never made. */
export async function findStack(session: Session): Promise<DeployedStack | undefined> {
    try {
        return await opened(session, "find");
    } catch (error) {
        if (error instanceof StackNotFoundError) {
            return undefined;
        }
        throw error;
    }
}

/** @throws Stop `failed` when it was never made */
export async function existingStack(session: Session): Promise<DeployedStack> {
    const found = await findStack(session);
    if (found === undefined) {
        throw new Stop("failed", `Stack ${session.stack} is not in this backend: \`up\` makes it`);
    }
    return found;
}

async function opened({ root, stack, say, open, interrupt }: Session, how: "find" | "make"): Promise<DeployedStack> {
    try {
        return await interrupt.during(() => keepingStackFile(stackFileOf(root, stack), say, () => open(how)));
    } catch (error) {
        if (error instanceof StackNotFoundError || error instanceof ConcurrentUpdateError || !isPulumis(error)) {
            throw error;
        }
        throw new Stop("no-backend", `The state of ${stack} cannot be opened: ${failureOf(error)}`);
    }
}

/** An error of a command of Pulumi's, as opposed to one of this program. */
export const isPulumis = (error: unknown): error is CommandError => error instanceof CommandError;
