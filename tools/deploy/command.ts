import { homedir } from "node:os";
import { ConcurrentUpdateError } from "@pulumi/pulumi/automation/index.js";
import { Argument, CommanderError } from "commander";
import { consequenceKinds } from "../../analysis/difference/consequence.ts";
import type { Rule } from "../../checks/rule.ts";
import { createCommand, requireStackFile } from "../plan/command-line.ts";
import { PlanError } from "../../plan/plan-error.ts";
import type { Plan } from "../../plan/plan.ts";
import { collectAcceptOption } from "./acceptance.ts";
import type { createCli } from "./cli.ts";
import type { AwsClients } from "./clients.ts";
import {
    CliExit,
    exitCodeFor,
    exitCodes,
    stackLockedError,
    DeployError,
    errorFromCliOutput,
    type ExitReason,
} from "./exit.ts";
import type { Interrupt } from "./interrupt.ts";
import { setUpPulumi } from "./pulumi-setup.ts";
import { commandErrorText, type PulumiInstaller } from "./pulumi-command.ts";
import { isPulumiError, type OpenStack, type Session } from "./session.ts";
import type { Clock } from "../clock.ts";
import type { Terminal } from "./terminal.ts";
import { subcommands, type SubcommandName } from "./subcommands.ts";

export interface DeployContext {
    /** Folder of the project. */
    root: string;
    out: (text: string) => void;
    err: (text: string) => void;
    env: NodeJS.ProcessEnv;
    /** The output goes to a terminal. */
    onTerminal: boolean;
    /** Somebody who can answer. */
    terminal?: Terminal;
    interrupt: Interrupt;
    pulumi: PulumiInstaller;
    openStack: OpenStack;
    createCli: typeof createCli;
    /** Plans a stack of the project in a folder. */
    plan: (root: string, stack: string) => Promise<Plan>;
    rules: () => Promise<readonly Rule[]>;
    createClients: (region: string) => Promise<AwsClients>;
    clock: Clock;
}

interface Options extends Pick<Session, "yes" | "confirm" | "json" | "acceptFile" | "writeAcceptFile"> {
    readonly accept?: readonly string[];
}

interface Arguments extends Options {
    stack: string;
    subcommand: SubcommandName;
    /** Arguments of the verb `pulumi`. */
    args: readonly string[];
}

/** Runs the command and gives its exit code, one of `endings`. */
export async function run(argv: string[], context: DeployContext): Promise<number> {
    const { err, interrupt } = context;
    try {
        const args = parse(argv, context);
        const work = runSubcommand(args, context);
        await Promise.race([work, interrupt.cancelledOutsidePulumi]);
        return exitCodeFor("done");
    } catch (error) {
        if (error instanceof CommanderError) {
            return exitCodeFor(error.exitCode === 0 ? "done" : "usage");
        }
        if (error instanceof CliExit) {
            return error.code;
        }
        const { exitReason, message } = describeFailure(error, interrupt);
        err(`${message}\n`);
        return exitCodeFor(exitReason);
    }
}

async function runSubcommand({ subcommand, accept = [], ...given }: Arguments, context: DeployContext): Promise<void> {
    const { root, out, err, env, onTerminal, terminal, interrupt, clock, plan, rules, createClients } = context;
    const say = (line: string): void => {
        err(`${line}\n`);
    };
    const { stack } = given;
    const opening = await setUpPulumi({
        ...{ env, home: homedir(), root, stack, terminal, say },
        pulumi: context.pulumi,
    });
    const session: Session = {
        ...given,
        ...{ root, accept, out, say, onTerminal, terminal, interrupt, clock, plan, rules, createClients },
        cli: context.createCli(opening),
        openStack: (how) => context.openStack(opening, how),
    };
    await subcommands[subcommand].run(session);
}

function describeFailure(error: unknown, interrupt: Interrupt): { exitReason: ExitReason; message: string } {
    if (error instanceof DeployError) {
        return error;
    }
    // Ctrl-C at a question.
    if (interrupt.signal.aborted || (error instanceof Error && error.name === "AbortError")) {
        return { exitReason: "cancelled", message: "Cancelled" };
    }
    if (error instanceof PlanError) {
        return { exitReason: "failed", message: error.message };
    }
    if (error instanceof ConcurrentUpdateError) {
        return stackLockedError();
    }
    if (isPulumiError(error)) {
        const message = commandErrorText(error);
        return errorFromCliOutput(message) ?? { exitReason: "failed", message };
    }
    throw error;
}

const firstColumnWidth = 12;
const formatColumns = (rows: readonly (readonly [string, string])[]): string =>
    rows.map(([left, right]) => `  ${left.padEnd(firstColumnWidth)}${right}`).join("\n");

const helpText = (): string => `
Verbs:
${formatColumns(Object.entries(subcommands).map(([name, { summary }]) => [name, summary]))}

Exit codes:
${formatColumns(Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]))}

See docs/deploy.md.`;

/** Options that one verb alone takes: elsewhere they would accept nothing, and nobody would know. */
const subcommandOfOption: Readonly<Partial<Record<keyof Options, SubcommandName>>> = {
    accept: "up",
    acceptFile: "up",
    writeAcceptFile: "preview",
};

const toKebabCase = (option: string): string => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function parse(argv: string[], { root, ...streams }: DeployContext): Arguments {
    // What follows the verb `pulumi` is for Pulumi, options included.
    const own = argv[1] === "pulumi" ? argv.slice(0, 2) : argv;
    const command = createCommand("deploy", streams)
        .description("Deploys a stack, and what goes with it. It needs no preparation but AWS credentials.")
        .usage("<stack> <verb> [options]\n       deploy <stack> pulumi [arguments of Pulumi...]")
        .argument("<stack>", "name of the stack, as in Pulumi.<stack>.yaml")
        .addArgument(new Argument("<verb>", "what to do").choices(Object.keys(subcommands)))
        .option("--yes", "do not ask (CI)", false)
        .option("--json", "drift: write what was found as JSON", false)
        .option("--confirm <stack>", "destroy without asking: the stack's name once more")
        .option(
            "--accept <resource:kind>",
            `up: accept one consequence, such as payment-cache-dev:replace; kinds: ${consequenceKinds.join(", ")}`,
            collectAcceptOption,
        )
        .option("--accept-file <file>", "up: accept what a reviewed file lists, for the one update it was written for")
        .option("--write-accept-file <file>", "preview: write the consequences of the update as a file to review")
        .addHelpText("after", helpText)
        .showHelpAfterError("Run it with --help to see how.")
        .parse(own, { from: "user" });
    const [stack = "", verb] = command.args;
    requireStackFile(command, root, stack);
    const options = command.opts<Options>();
    const misplaced = Object.entries(subcommandOfOption).filter(([option, of]) => option in options && of !== verb);
    if (misplaced.length > 0) {
        command.error(
            misplaced
                .map(([option, of]) => `error: --${toKebabCase(option)} belongs to ${of}, not to ${verb ?? ""}`)
                .join("\n"),
        );
    }
    return { ...options, stack, subcommand: verb as SubcommandName, args: argv.slice(own.length) };
}
