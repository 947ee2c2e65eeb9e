import { homedir } from "node:os";
import { ConcurrentUpdateError } from "@pulumi/pulumi/automation/index.js";
import { Argument, CommanderError } from "commander";
import { consequenceKinds } from "../../analysis/difference/consequence.ts";
import type { Rule } from "../../checks/rule.ts";
import { commandNamed, demandStack } from "../plan/command-line.ts";
import { PlanError } from "../../plan/plan-error.ts";
import type { Plan } from "../../plan/plan.ts";
import { addAcceptance } from "./acceptance.ts";
import type { cliOf } from "./cli.ts";
import type { Clients } from "./clients.ts";
import { CliExit, codeOf, endings, lockedStop, Stop, stopOf, type Ending } from "./exit.ts";
import type { Interrupt } from "./interrupt.ts";
import { openingOf } from "./opening.ts";
import { failureOf, type PulumiSource } from "./pulumi-command.ts";
import { isPulumis, type Open, type Session } from "./session.ts";
import type { Pace } from "./settle.ts";
import type { Terminal } from "./terminal.ts";
import { verbs, type VerbName } from "./verbs.ts";

export interface Surroundings {
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
    pulumi: PulumiSource;
    open: Open;
    cli: typeof cliOf;
    /** Plans a stack of the project in a folder. */
    plan: (root: string, stack: string) => Promise<Plan>;
    rules: () => Promise<readonly Rule[]>;
    connect: (region: string) => Promise<Clients>;
    pace: Pace;
}

interface Options extends Pick<Session, "yes" | "confirm" | "json" | "acceptFile" | "writeAcceptFile"> {
    readonly accept?: readonly string[];
}

interface Arguments extends Options {
    stack: string;
    verb: VerbName;
    /** Arguments of the verb `pulumi`. */
    args: readonly string[];
}

/** Runs the command and gives its exit code, one of `endings`. */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
    const { err, interrupt } = surroundings;
    try {
        const args = parse(argv, surroundings);
        const work = perform(args, surroundings);
        await Promise.race([work, interrupt.outsidePulumi]);
        return codeOf("done");
    } catch (error) {
        if (error instanceof CommanderError) {
            return codeOf(error.exitCode === 0 ? "done" : "usage");
        }
        if (error instanceof CliExit) {
            return error.code;
        }
        const { ending, message } = endOf(error, interrupt);
        err(`${message}\n`);
        return codeOf(ending);
    }
}

async function perform({ verb, accept = [], ...given }: Arguments, surroundings: Surroundings): Promise<void> {
    const { root, out, err, env, onTerminal, terminal, interrupt, pace, plan, rules, connect } = surroundings;
    const say = (line: string): void => {
        err(`${line}\n`);
    };
    const { stack } = given;
    const opening = await openingOf({
        ...{ env, home: homedir(), root, stack, terminal, say },
        pulumi: surroundings.pulumi,
    });
    const session: Session = {
        ...given,
        ...{ root, accept, out, say, onTerminal, terminal, interrupt, pace, plan, rules, connect },
        cli: surroundings.cli(opening),
        open: (how) => surroundings.open(opening, how),
    };
    await verbs[verb].run(session);
}

function endOf(error: unknown, interrupt: Interrupt): { ending: Ending; message: string } {
    if (error instanceof Stop) {
        return error;
    }
    // Ctrl-C at a question.
    if (interrupt.signal.aborted || (error instanceof Error && error.name === "AbortError")) {
        return { ending: "cancelled", message: "Cancelled" };
    }
    if (error instanceof PlanError) {
        return { ending: "failed", message: error.message };
    }
    if (error instanceof ConcurrentUpdateError) {
        return lockedStop();
    }
    if (isPulumis(error)) {
        const message = failureOf(error);
        return stopOf(message) ?? { ending: "failed", message };
    }
    throw error;
}

const width = 12;
const columns = (rows: readonly (readonly [string, string])[]): string =>
    rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`).join("\n");

const help = (): string => `
Verbs:
${columns(Object.entries(verbs).map(([name, { does }]) => [name, does]))}

Exit codes:
${columns(Object.values(endings).map(({ code, meaning }) => [String(code), meaning]))}

See docs/deploy.md.`;

/** Options that one verb alone takes: elsewhere they would accept nothing, and nobody would know. */
const verbOfOption: Readonly<Partial<Record<keyof Options, VerbName>>> = {
    accept: "up",
    acceptFile: "up",
    writeAcceptFile: "preview",
};

const dashed = (option: string): string => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function parse(argv: string[], { root, ...streams }: Surroundings): Arguments {
    // What follows the verb `pulumi` is for Pulumi, options included.
    const own = argv[1] === "pulumi" ? argv.slice(0, 2) : argv;
    const command = commandNamed("deploy", streams)
        .description("Deploys a stack, and what goes with it. It needs no preparation but AWS credentials.")
        .usage("<stack> <verb> [options]\n       deploy <stack> pulumi [arguments of Pulumi...]")
        .argument("<stack>", "name of the stack, as in Pulumi.<stack>.yaml")
        .addArgument(new Argument("<verb>", "what to do").choices(Object.keys(verbs)))
        .option("--yes", "do not ask (CI)", false)
        .option("--json", "drift: write what was found as JSON", false)
        .option("--confirm <stack>", "destroy without asking: the stack's name once more")
        .option(
            "--accept <resource:kind>",
            `up: accept one consequence, such as payment-cache-dev:replace; kinds: ${consequenceKinds.join(", ")}`,
            addAcceptance,
        )
        .option("--accept-file <file>", "up: accept what a reviewed file lists, for the one update it was written for")
        .option("--write-accept-file <file>", "preview: write the consequences of the update as a file to review")
        .addHelpText("after", help)
        .showHelpAfterError("Run it with --help to see how.")
        .parse(own, { from: "user" });
    const [stack = "", verb] = command.args;
    demandStack(command, root, stack);
    const options = command.opts<Options>();
    const misplaced = Object.entries(verbOfOption).filter(([option, of]) => option in options && of !== verb);
    if (misplaced.length > 0) {
        command.error(
            misplaced
                .map(([option, of]) => `error: --${dashed(option)} belongs to ${of}, not to ${verb ?? ""}`)
                .join("\n"),
        );
    }
    return { ...options, stack, verb: verb as VerbName, args: argv.slice(own.length) };
}
