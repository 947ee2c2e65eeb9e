import type { PlatformSettings } from "../settings.ts";
import { fargateSizes, namePattern } from "./fields.ts";
import { isReserved } from "./names.ts";
import { isWorker, validatePath } from "./service-path.ts";
import { suggestName } from "./problem.ts";
import { forEachService, type SettingRule, type ServiceRule } from "./rule.ts";

const memorySizesFor = (cpuUnits: number) =>
    [...fargateSizes].filter(([cpu]) => cpu === cpuUnits).flatMap(([, memories]) => memories);

/** Suggestion for the first name that is not in a group. */
export function unknownNamesMessage(names: readonly (string | undefined)[], entries: object): string {
    const valid = Object.keys(entries);
    const unknown = names.find((name) => name !== undefined && !valid.includes(name)) ?? "";
    return valid.length > 0 ? suggestName(unknown, valid) : "it has none";
}

const isConsumed = (all: Parameters<ServiceRule["isMet"]>[1]["all"], queue: string): boolean =>
    all.some(([, { consumes }]) => consumes === queue);

const subscribers = ({ queues }: PlatformSettings, topic: string): string[] =>
    Object.entries(queues).flatMap(([name, { subscribesTo }]) => (subscribesTo.includes(topic) ? [name] : []));

const rulesForEachService: readonly ServiceRule[] = [
    {
        name: "service-name",
        why: "The name is part of names of several AWS services, some of which accept lower case only.",
        field: "services.@",
        reads: ["services"],
        must: "be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
        isMet: (_, { name }) => namePattern.test(name),
    },
    {
        name: "service-name-free",
        why: "Two resources with the same name would share log groups, roles or alarms, or their creation would fail.",
        field: "services.@",
        reads: ["services", "queues", "topics"],
        must: "have another name: the platform uses this one",
        isMet: (_, { name, settings: { queues, topics } }) =>
            !isReserved(name) &&
            ![...Object.keys(queues), ...Object.keys(topics)].some(
                (other) => name === other || name.startsWith(`${other}-`),
            ),
    },
    {
        name: "path-free",
        why: "The merchants' API invokes the payment validator for it.",
        field: "services.@.path",
        reads: [],
        must: `be another path: ${validatePath} is the payment validator's`,
        isMet: ({ path }) => path !== `${validatePath}/*`,
    },
    {
        name: "path-with-priority",
        why: "A listener rule needs both; a service with neither is a worker.",
        field: "services.@.path",
        reads: ["services.@.priority"],
        must: "be given together with priority, or both left out for a worker",
        isMet: ({ path, priority }) => path !== undefined || priority === undefined,
    },
    {
        name: "priority-with-path",
        why: "A listener rule needs both; a service with neither is a worker.",
        field: "services.@.priority",
        reads: ["services.@.path"],
        must: "be given together with path, or both left out for a worker",
        isMet: ({ path, priority }) => priority !== undefined || path === undefined,
    },
    {
        name: "requests-with-path",
        why: "The load balancer counts the requests, and it sends none to a worker.",
        field: "services.@.requestsPerTaskPerMinute",
        reads: ["services.@.path", "services.@.priority"],
        must: "be left out without a path",
        isMet: (one) => one.requestsPerTaskPerMinute === undefined || !isWorker(one),
    },
    {
        name: "health-command-of-worker",
        why: "The load balancer checks a service with a path, so ECS would never run the command.",
        field: "services.@.healthCommand",
        reads: ["services.@.path", "services.@.priority"],
        must: "be left out with a path",
        isMet: (one) => one.healthCommand === undefined || isWorker(one),
    },
    {
        name: "fargate-size",
        why: "Fargate supports certain combinations of CPU and memory only.",
        field: "services.@.memoryMib",
        reads: ["services.@.cpuUnits"],
        must: ({ cpuUnits }) => `be one of ${memorySizesFor(cpuUnits).join(", ")} with ${cpuUnits} CPU units`,
        isMet: ({ cpuUnits, memoryMib }) => memorySizesFor(cpuUnits).includes(memoryMib),
    },
    {
        name: "task-range",
        why: "The minimum cannot exceed the maximum.",
        field: "services.@.minTasks",
        reads: ["services.@.maxTasks"],
        must: ({ maxTasks }) => `be at most maxTasks (${maxTasks})`,
        isMet: ({ minTasks, maxTasks }) => minTasks <= maxTasks,
    },
    ...(["path", "priority"] as const).map((field): ServiceRule => {
        const firstWith = (value: string | number | undefined, all: Parameters<ServiceRule["isMet"]>[1]["all"]) =>
            all.find(([, other]) => other[field] === value)?.[0];
        return {
            name: `distinct-${field}`,
            why: "The load balancer forwards a request to one service.",
            field: `services.@.${field}`,
            reads: [`services.*.${field}`],
            must: (one, { all }) => `differ from that of ${firstWith(one[field], all)}`,
            isMet: (one, { name, all }) => one[field] === undefined || firstWith(one[field], all) === name,
        };
    }),
    {
        name: "one-consumer",
        why: "Each of two consumers would receive some of the messages, and scale on the backlog of both.",
        field: "services.@.consumes",
        reads: ["services.*.consumes"],
        must: "name a queue that no service before it consumes",
        isMet: ({ consumes }, { name, all }) =>
            consumes === undefined || all.find(([, other]) => other.consumes === consumes)?.[0] === name,
    },
    {
        name: "consumes-a-queue",
        why: "A queue that is not in the settings does not exist.",
        field: "services.@.consumes",
        reads: ["queues"],
        must: ({ consumes }, { settings }) =>
            `name a queue of the stack (${unknownNamesMessage([consumes], settings.queues)})`,
        isMet: ({ consumes }, { settings }) => consumes === undefined || Object.hasOwn(settings.queues, consumes),
    },
    {
        name: "sends-to-queues",
        why: "A queue that is not in the settings does not exist.",
        field: "services.@.sends",
        reads: ["services.@.sends.*", "queues"],
        must: ({ sends }, { settings }) => `name queues of the stack (${unknownNamesMessage(sends, settings.queues)})`,
        isMet: ({ sends }, { settings }) => sends.every((queue) => Object.hasOwn(settings.queues, queue)),
    },
    {
        name: "publishes-to-topics",
        why: "A topic that is not in the settings does not exist.",
        field: "services.@.publishes",
        reads: ["services.@.publishes.*", "topics"],
        must: ({ publishes }, { settings }) =>
            `name topics of the stack (${unknownNamesMessage(publishes, settings.topics)})`,
        isMet: ({ publishes }, { settings }) => publishes.every((topic) => Object.hasOwn(settings.topics, topic)),
    },
    {
        name: "sent-to-a-consumer",
        why: "Messages without a consumer accumulate and expire.",
        field: "services.@.sends",
        reads: ["services.@.sends.*", "services.*.consumes", "queues"],
        must: "name queues that a service consumes",
        isMet: ({ sends }, { all, settings }) =>
            sends.every((queue) => isConsumed(all, queue) || !Object.hasOwn(settings.queues, queue)),
    },
    {
        name: "published-to-a-consumer",
        why: "A topic stores nothing: without a queue its messages are lost, and in a queue without a consumer they expire.",
        field: "services.@.publishes",
        reads: ["services.@.publishes.*", "services.*.consumes", "topics", "queues", "queues.*.subscribesTo.*"],
        must: "name topics to which queues subscribe, each with a service that consumes it",
        isMet: ({ publishes }, { all, settings }) =>
            publishes
                .filter((topic) => Object.hasOwn(settings.topics, topic))
                .map((topic) => subscribers(settings, topic))
                .every((queues) => queues.length > 0 && queues.every((queue) => isConsumed(all, queue))),
    },
];

export const serviceSettingRules: readonly SettingRule[] = rulesForEachService.map(forEachService);
