import { InvalidArgumentError } from "commander";
import { assumptions } from "../../analysis/capacity/assumptions.ts";
import { worstSpikes } from "../../analysis/capacity/outcome.ts";
import { simulatedServices } from "../../analysis/capacity/service.ts";
import { readSettingsOfStack, tasksByService } from "../../plan/stack-settings.ts";
import { defineCommand, flag, option, optionWithDefault } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
import { writeOutputFile } from "../frame/output-file.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { wrapWidth } from "../frame/table.ts";
import { parseWholeNumber, parsePositiveNumber } from "../frame/values.ts";
import { renderPlot } from "./plot.ts";
import { reportText } from "./report.ts";

/** The load begins to rise after two minutes, and stays for two hours after it has risen. */
const spikeStartSeconds = 120;
const peakSeconds = 2 * 60 * 60;
/** A load that takes longer to rise is no spike: autoscaling follows it. */
const maxRiseSeconds = 60 * 60;

const spec = {
    arguments: { stack: stackArgument },
    options: {
        factor: optionWithDefault("<n>", "load after the spike's rise, in times of the load at rest", 10, {
            parse: parsePositiveNumber,
        }),
        within: optionWithDefault("<seconds>", "time in which the load rises, evenly; 0: at once", 300, {
            parse: parseRise,
        }),
        launch: optionWithDefault("<seconds>", "time that Fargate takes to start a container", assumptions.launch, {
            parse: parsePositiveNumber,
        }),
        out: option("<file>", "draw load, capacity, tasks and backlog as SVG"),
        json: flag("print the outcome as JSON"),
    },
};

/** @throws InvalidArgumentError unless it is a whole number of seconds, at most an hour */
function parseRise(text: string): number {
    const seconds = parseWholeNumber(text);
    if (seconds > maxRiseSeconds) {
        throw new InvalidArgumentError(`It must be at most ${maxRiseSeconds}.`);
    }
    return seconds;
}

export const command = defineCommand(spec, async ({ stack, factor, within, launch, out: file, json }, context) => {
    const { root, out, planStack } = context;
    const plan = await planStack(root, stack);
    const settings = readSettingsOfStack(root, stack);
    const services = simulatedServices(plan, { tasks: tasksByService(settings), launch });
    const spike = { factor, within, at: spikeStartSeconds, until: spikeStartSeconds + within + peakSeconds };
    const found = worstSpikes(services, spike, settings.serviceLevels);
    const outcomes = found.map(({ outcome }) => outcome);
    const title = `${stack}: ${factor} times the load at rest`;
    if (file !== undefined) {
        const courses = found.map(({ timeline }) => timeline);
        writeOutputFile(root, file, renderPlot(`${title}, after ${spikeStartSeconds / 60} minutes`, courses));
    }
    out(
        json
            ? toJsonText({ stack, spike, launch, levels: settings.serviceLevels, services: outcomes })
            : reportText(`${title}, ${within === 0 ? "at once" : `within ${within} s`} and for two hours`, {
                  outcomes,
                  levels: settings.serviceLevels,
                  width: wrapWidth(context),
              }),
    );
    if (!outcomes.every(({ absorbed }) => absorbed)) {
        throw new ExitError("failed");
    }
});
