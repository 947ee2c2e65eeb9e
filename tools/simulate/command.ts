import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import type { CommandContext } from "../plan/command.ts";
import { createCommand, runForExitCode, failWithoutStack } from "../plan/command-line.ts";
import { planStack } from "../../plan/plan.ts";
import { minTasksByService } from "../../plan/stack-settings.ts";
import { assumptions } from "../../analysis/capacity/assumptions.ts";
import { simulationOutcomeOf } from "../../analysis/capacity/outcome.ts";
import { renderPlot } from "./plot.ts";
import { reportText } from "./report.ts";
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
const stepStartSeconds = 120;
const stepEndSeconds = stepStartSeconds + 2 * 60 * 60;

/** Runs the command and gives its exit code: 0, 1 where the step is not absorbed, 2 for arguments that make no sense. */
export async function run(argv: string[], context: CommandContext): Promise<number> {
    const { out, root } = context;
    const command = defineCommand(context);
    return runForExitCode(async () => {
        const { stack, factor, launch, out: file, json } = parse(command, argv, root);
        const plan = await planStack(root, stack);
        const services = simulatedServices(plan, { minTasks: minTasksByService(root, stack), launch });
        const step = { factor, at: stepStartSeconds, until: stepEndSeconds };
        const courses = simulate(services, step);
        const outcomes = courses.map((course) => simulationOutcomeOf(course, step));
        const title = `${stack}: ${factor} times the load at rest`;
        if (file !== undefined) {
            writeFileSync(resolve(root, file), renderPlot(`${title}, after ${stepStartSeconds / 60} minutes`, courses));
        }
        out(
            json
                ? `${JSON.stringify({ stack, step, launch, services: outcomes }, null, 2)}\n`
                : reportText(`${title}, at once and for two hours`, outcomes),
        );
        return outcomes.every(({ absorbed }) => absorbed) ? 0 : 1;
    }, context);
}

const defineCommand = (streams: CommandContext): Command =>
    createCommand("simulate", streams)
        .description("Simulates a step of load on a stack, second by second; docs/simulation.md tells the model.")
        .argument("[stack]", "name of the stack, as in Pulumi.<stack>.yaml")
        .option("--factor <n>", "load after the step, in times of the load at rest", parsePositiveNumber, 10)
        .option(
            "--launch <seconds>",
            "time that Fargate takes to start a container",
            parsePositiveNumber,
            assumptions.launch,
        )
        .option("--out <file>", "draw load, capacity, tasks and backlog as SVG")
        .option("--json", "print the outcome as JSON");

function parsePositiveNumber(text: string): number {
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
        ? failWithoutStack(command, root)
        : { ...command.opts<Omit<Arguments, "stack">>(), stack };
}
