import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { assumptions } from "../../analysis/capacity/assumptions.ts";
import { simulationOutcomeOf } from "../../analysis/capacity/outcome.ts";
import { simulatedServices } from "../../analysis/capacity/service.ts";
import { simulate } from "../../analysis/capacity/simulation.ts";
import { minTasksByService } from "../../plan/stack-settings.ts";
import { defineCommand, flag, option, optionWithDefault } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { parsePositiveNumber } from "../frame/values.ts";
import { renderPlot } from "./plot.ts";
import { reportText } from "./report.ts";

/** The load steps up after two minutes, and stays for two hours. */
const stepStartSeconds = 120;
const stepEndSeconds = stepStartSeconds + 2 * 60 * 60;

const spec = {
    arguments: { stack: stackArgument },
    options: {
        factor: optionWithDefault("<n>", "load after the step, in times of the load at rest", 10, {
            parse: parsePositiveNumber,
        }),
        launch: optionWithDefault("<seconds>", "time that Fargate takes to start a container", assumptions.launch, {
            parse: parsePositiveNumber,
        }),
        out: option("<file>", "draw load, capacity, tasks and backlog as SVG"),
        json: flag("print the outcome as JSON"),
    },
};

export const command = defineCommand(spec, async ({ stack, factor, launch, out: file, json }, context) => {
    const { root, out, planStack } = context;
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
            ? toJsonText({ stack, step, launch, services: outcomes })
            : reportText(`${title}, at once and for two hours`, outcomes),
    );
    if (!outcomes.every(({ absorbed }) => absorbed)) {
        throw new ExitError("failed");
    }
});
