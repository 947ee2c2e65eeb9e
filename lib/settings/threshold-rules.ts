import { taskRangeWithImage } from "../compute/image.ts";
import type { PlatformSettings } from "../settings.ts";
import type { AlarmName } from "../monitoring/alarm-table.ts";
import { dueAfterHours, hasReconciliation } from "./acquirer.ts";
import { isWorker } from "./service-path.ts";
import type { SettingRule } from "./rule.ts";

/** A threshold that depends on other settings. A stack that leaves it out has one that fits. */
interface ThresholdRule extends Omit<SettingRule, "field" | "must" | "isMet"> {
    readonly alarm: AlarmName;
    readonly must: (settings: PlatformSettings) => string;
    readonly isMet: (threshold: number, settings: PlatformSettings) => boolean;
}

const thresholdRules: readonly ThresholdRule[] = [
    {
        name: "threshold-of-timeout",
        why: "Lambda stops the function at its timeout, so that no call takes longer and the alarm would never be raised.",
        alarm: "function-slow",
        reads: ["validation.timeoutSeconds"],
        must: (settings) => `be below the timeout of the function (${timeoutMilliseconds(settings)} ms)`,
        isMet: (threshold, settings) => threshold < timeoutMilliseconds(settings),
    },
    {
        name: "threshold-of-tasks",
        why: "A service at its minimum of tasks would raise the alarm all the time.",
        alarm: "tasks-missing",
        reads: ["services", "services.*.minTasks", "services.*.maxTasks", "services.*.reservePercent"],
        must: (settings) => `be at most the smallest minimum of tasks (${smallestMinimum(settings)})`,
        isMet: (threshold, settings) => threshold <= smallestMinimum(settings),
    },
    {
        name: "threshold-of-targets",
        why: "No service has so many tasks, and so many unhealthy ones.",
        alarm: "target-unhealthy",
        reads: ["services", "services.*.path", "services.*.maxTasks"],
        must: (settings) => `be below the largest maximum of tasks (${largestMaximum(settings)})`,
        isMet: (threshold, settings) => threshold < largestMaximum(settings),
    },
    {
        name: "threshold-of-reconciliation",
        why: "A day is compared in the hour of the next day that the settings name, so that the alarm would be raised every day.",
        alarm: "reconciliation-late",
        reads: ["services", "services.*.acquirer.reconciliation.hour", "services.*.acquirer.reconciliation.enabled"],
        must: (settings) =>
            `be above a day and the hour of the latest reconciliation (${greatestRegularAge(settings)} s)`,
        isMet: (threshold, settings) => threshold > greatestRegularAge(settings),
    },
    {
        name: "threshold-of-memory",
        why: "The database never has so much memory, so that the alarm would be raised all the time.",
        alarm: "memory-low",
        reads: ["database.maxAcu"],
        must: (settings) => `be below the memory at maxAcu (${memoryBytes(settings)} bytes)`,
        isMet: (threshold, settings) => threshold < memoryBytes(settings),
    },
];

export const thresholdSettingRules: readonly SettingRule[] = thresholdRules.map(
    ({ alarm, isMet, ...rule }): SettingRule => ({
        ...rule,
        field: `alarmThresholds.${alarm}`,
        isMet: (settings) => {
            const threshold = settings.alarmThresholds[alarm];
            return threshold === undefined || isMet(threshold, settings);
        },
    }),
);

const timeoutMilliseconds = ({ validation }: PlatformSettings): number => 1000 * validation.timeoutSeconds;

/** A service that may have no tasks raises no alarm while none are desired. */
const smallestMinimum = ({ services }: PlatformSettings): number =>
    Math.min(...Object.values(services).map((service) => Math.max(1, taskRangeWithImage(service).min)));

/** Without a service that has targets there is no alarm, and another rule refuses the services. */
const largestMaximum = ({ services }: PlatformSettings): number => {
    const withTargets = Object.values(services).filter((service) => !isWorker(service));
    return withTargets.length === 0 ? Infinity : Math.max(...withTargets.map(({ maxTasks }) => maxTasks));
};

/** The highest age in seconds that the metric reaches while no day is missed, of the service whose comparison is the latest. */
const greatestRegularAge = ({ services }: PlatformSettings): number =>
    3600 *
    Math.max(
        0,
        ...Object.values(services).map((service) =>
            service.acquirer && hasReconciliation(service) ? dueAfterHours(service.acquirer.reconciliation) : 0,
        ),
    );

const bytesPerAcu = 2 * 1024 ** 3;

/** Without an upper bound for a provisioned class, as the settings do not contain its memory. */
const memoryBytes = ({ database: { maxAcu = Infinity } }: PlatformSettings): number => maxAcu * bytesPerAcu;
