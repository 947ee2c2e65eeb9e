import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { namespace } from "../../lib/settings/problem.ts";
import type { Settings } from "../../lib/settings/schema.ts";
import type { Surroundings } from "../plan/command.ts";
import { PlanError, planStack } from "../plan/plan.ts";
import { readStack, stacksOf } from "../plan/stack-file.ts";
import { assumptions } from "./assumptions.ts";
import { outcomeOf } from "./outcome.ts";
import { plot } from "./plot.ts";
import { report } from "./report.ts";
import { simulatedServices } from "./service.ts";
import { simulate } from "./simulation.ts";

interface Arguments {
    stack: string;
    factor: number;
    launch: number;
    out?: string;
    json?: true;
}

/** The load steps up after two minutes, and stays for two hours. */
const quiet = 120;
const until = quiet + 2 * 60 * 60;

/** Runs the command and gives its exit code: 0, 1 where the step is not absorbed, 2 for arguments that make no sense. */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
    const { err, out, root } = surroundings;
    const command = commandOf(surroundings);
    try {
        const { stack, factor, launch, out: file, json } = parse(command, argv, root);
        const plan = await planStack(root, stack);
        const services = simulatedServices(plan, { minTasks: minTasksOf(root, stack), launch });
        const step = { factor, at: quiet, until };
        const courses = simulate(services, step);
        const outcomes = courses.map((course) => outcomeOf(course, step));
        const title = `${stack}: ${factor} times the load at rest`;
        if (file !== undefined) {
            writeFileSync(resolve(root, file), plot(`${title}, after ${quiet / 60} minutes`, courses));
        }
        out(
            json
                ? `${JSON.stringify({ stack, step, launch, services: outcomes }, null, 2)}\n`
                : report(`${title}, at once and for two hours`, outcomes),
        );
        return outcomes.every(({ absorbed }) => absorbed) ? 0 : 1;
    } catch (error) {
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? 0 : 2;
        }
        if (error instanceof PlanError) {
            err(`${error.message}\n`);
            return 1;
        }
        throw error;
    }
}

const commandOf = ({ out, err }: Surroundings): Command =>
    new Command("npm run simulate --")
        .description("Simulates a step of load on a stack, second by second; docs/simulation.md tells the model.")
        .argument("[stack]", "name of the stack, as in Pulumi.<stack>.yaml")
        .option("--factor <n>", "load after the step, in times of the load at rest", positive, 10)
        .option("--launch <seconds>", "time that Fargate takes to start a container", positive, assumptions.launch)
        .option("--out <file>", "draw load, capacity, tasks and backlog as SVG")
        .option("--json", "print the outcome as JSON")
        .configureOutput({ writeOut: out, writeErr: err })
        .showHelpAfterError()
        .exitOverride();

function positive(text: string): number {
    const number = Number(text);
    if (!(number > 0 && Number.isFinite(number))) {
        throw new InvalidArgumentError("It must be a number above 0.");
    }
    return number;
}

function parse(command: Command, argv: string[], root: string): Arguments {
    command.parse(argv, { from: "user" });
    const [stack] = command.args;
    return stack === undefined
        ? command.error(`error: which stack? There are ${stacksOf(root).join(", ")}`)
        : { ...command.opts<Omit<Arguments, "stack">>(), stack };
}

/** Tasks at rest, as the stack sets them. */
function minTasksOf(root: string, stack: string): Record<string, number> {
    const services = JSON.parse(String(readStack(root, stack).config[`${namespace}services`])) as Settings["services"];
    return Object.fromEntries(Object.entries(services).map(([name, { minTasks }]) => [name, minTasks]));
}
