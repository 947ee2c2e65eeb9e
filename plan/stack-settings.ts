import { metricsOf } from "../contract/metrics.ts";
import { hasSettings, noSettingsMessage } from "../lib/settings/no-settings.ts";
import { taskRangeWithImage, type TaskRange } from "../lib/compute/image.ts";
import { metricGroupsOf } from "../lib/settings/metric-groups.ts";
import { settingsProblemsText } from "../lib/settings/problem.ts";
import { readSettings, type PlatformSettings } from "../lib/settings.ts";
import { PlanError } from "./plan-error.ts";
import { withSourceLines } from "./setting-lines.ts";
import { readStack } from "./stack-file.ts";

/** Today as `2027-03-31`, in UTC, for the expiry of waivers and exceptions. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/**
 * The settings of a stack.
 *
 * @param day as `2027-03-31`; waivers expire
 * @throws PlanError with all problems of its file, and their lines
 */
export function readSettingsOfStack(root: string, stack: string, day = today()): PlatformSettings {
    const { config, secretKeys } = readStack(root, stack);
    if (!hasSettings(config)) {
        throw new PlanError([noSettingsMessage(stack)]);
    }
    const result = readSettings(config, secretKeys, day);
    if (result.problems) {
        const problems = withSourceLines(root, stack, result.problems, result.places);
        throw new PlanError([settingsProblemsText(stack, problems)]);
    }
    return result.settings;
}

/** @throws PlanError as `readSettingsOfStack` */
export function requireValidSettings(root: string, stack: string): void {
    readSettingsOfStack(root, stack);
}

/** Tasks of a service once it has an image; in the plan a service without one has none. */
export interface ServiceTasks extends TaskRange {
    /** Those that the load at rest needs: the minimum without the reserve. */
    readonly atRest: number;
    /** Requests a minute at which a task uses the CPU that autoscaling aims at. */
    readonly requestsPerMinute?: number;
    /** Metrics of the container contract that the service sends, however many tasks it has; 0 by default. */
    readonly customMetrics?: number;
}

/** Tasks by service, from the settings. */
export type TasksByService = Readonly<Record<string, ServiceTasks>>;

export const tasksByService = ({ services }: Pick<PlatformSettings, "services">): TasksByService =>
    Object.fromEntries(
        Object.entries(services).map(([name, service]) => [
            name,
            {
                atRest: service.minTasks,
                ...taskRangeWithImage(service),
                requestsPerMinute: service.requestsPerTaskPerMinute,
                customMetrics: metricsOf(metricGroupsOf(service)).length,
            },
        ]),
    );

/** Tasks of each service in the stack's file. */
export const tasksOfStack = (root: string, stack: string): TasksByService =>
    tasksByService(readSettingsOfStack(root, stack));
