import type { styleText } from "node:util";
import type { Rule } from "../../checks/rule.ts";
import type { Plan } from "../../plan/plan.ts";
import type { PulumiAccess } from "../deploy/pulumi-access.ts";
import type { AwsClients, ClientConfig } from "./aws-clients.ts";
import type { Clock } from "./clock.ts";
import type { Interrupt } from "./interrupt.ts";
import type { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Marks a text up where the output shows styles. */
export type StyleText = (format: Parameters<typeof styleText>[0], text: string) => string;

/** Everything outside the program that a command uses; tests replace it. */
export interface CommandContext {
    /** Folder of the project. */
    readonly root: string;
    readonly env: NodeJS.ProcessEnv;
    /** Writes the result to the standard output, which a program may read. */
    readonly out: (text: string) => void;
    /** Writes a line about the progress to the standard error. */
    readonly say: (line: string) => void;
    readonly style: StyleText;
    /** Characters of a line of the standard output; 120 where it is no terminal. */
    readonly width: number;
    /** The standard output is a terminal. */
    readonly onTerminal: boolean;
    /** Undefined where no person can answer, as in CI. */
    readonly terminal?: Terminal;
    readonly interrupt: Interrupt;
    /** Shows what takes longer than two seconds. */
    readonly progress: Pick<Progress, "step" | "pauseDuring">;
    readonly clock: Clock;
    readonly fetch: (url: string) => Promise<Pick<Response, "ok" | "status" | "json">>;
    /** What follows is loaded when it is first used: together it takes seconds. */
    readonly planStack: (root: string, stack: string) => Promise<Plan>;
    /** The rules that every plan must keep. */
    readonly rules: () => Promise<readonly Rule[]>;
    /** @param credentials of a session. Default: those of the environment */
    readonly createClients: (region: string, credentials?: ClientConfig["credentials"]) => Promise<AwsClients>;
    readonly pulumi: () => Promise<PulumiAccess>;
}
