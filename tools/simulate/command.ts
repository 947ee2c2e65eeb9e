import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import type { Surroundings } from "../plan/command.ts";
import { commandNamed, exitCodeOf, whichStack } from "../plan/command-line.ts";
import { planStack } from "../../plan/plan.ts";
import { minTasksOf } from "../../plan/settings.ts";
import { assumptions } from "../../analysis/capacity/assumptions.ts";
import { outcomeOf } from "../../analysis/capacity/outcome.ts";
import { plot } from "./plot.ts";
import { report } from "./report.ts";
import { simulatedServices } from "../../analysis/capacity/service.ts";
import { simulate } from "../../analysis/capacity/simulation.ts";

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
    const { out, root } = surroundings;
    const command = commandOf(surroundings);
    return exitCodeOf(async () => {
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
    }, surroundings);
}

const commandOf = (streams: Surroundings): Command =>
    commandNamed("simulate", streams)
        .description("Simulates a step of load on a stack, second by second; docs/simulation.md tells the model.")
        .argument("[stack]", "name of the stack, as in Pulumi.<stack>.yaml")
        .option("--factor <n>", "load after the step, in times of the load at rest", positive, 10)
        .option("--launch <seconds>", "time that Fargate takes to start a container", positive, assumptions.launch)
        .option("--out <file>", "draw load, capacity, tasks and backlog as SVG")
        .option("--json", "print the outcome as JSON");

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
    return stack === undefined ? whichStack(command, root) : { ...command.opts<Omit<Arguments, "stack">>(), stack };
}
