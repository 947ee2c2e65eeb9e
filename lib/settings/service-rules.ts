import type { PlatformSettings } from "../settings.ts";
import { fargateSizes, namePattern } from "./fields.ts";
import { isReserved } from "./names.ts";
import { isWorker, validatePath } from "./service-path.ts";
import { suggestName } from "./problem.ts";
import { forEachService, type SettingRule, type ServiceRule } from "./rule.ts";

const memorySizesFor = (cpuUnits: number) =>
    [...fargateSizes].filter(([cpu]) => cpu === cpuUnits).flatMap(([, memories]) => memories);

/** What to say of names that are not among the entries of a group. */
export function unknownNamesMessage(names: readonly (string | undefined)[], entries: object): string {
    const known = Object.keys(entries);
    const unknown = names.find((name) => name !== undefined && !known.includes(name)) ?? "";
    return known.length > 0 ? suggestName(unknown, known) : "it has none";
}

const isConsumed = (all: Parameters<ServiceRule["isMet"]>[1]["all"], queue: string): boolean =>
    all.some(([, { consumes }]) => consumes === queue);

const subscribers = ({ queues }: PlatformSettings, topic: string): string[] =>
    Object.entries(queues).flatMap(([name, { subscribesTo }]) => (subscribesTo.includes(topic) ? [name] : []));

const rulesForEachService: readonly ServiceRule[] = [
    {
        name: "service-name",
        why: "The name stands in names of every AWS service, and the strictest takes lower case only.",
        field: "services.@",
        reads: ["services"],
        must: "be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
        isMet: (_, { name }) => namePattern.test(name),
    },
    {
        name: "service-name-free",
        why: "Two parts of one name would share log groups, roles or alarms, or fail to be made.",
        field: "services.@",
        reads: ["services", "queues", "topics"],
        must: "have another name: the platform has a part of this one",
        isMet: (_, { name, settings: { queues, topics } }) =>
            !isReserved(name) &&
            ![...Object.keys(queues), ...Object.keys(topics)].some(
                (other) => name === other || name.startsWith(`${other}-`),
            ),
    },
    {
        name: "path-free",
        why: "The merchants' API sends it to the payment validator.",
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
        why: "Only the load balancer counts requests, and it sends none to a worker.",
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
        why: "Fargate offers certain sizes only.",
        field: "services.@.memoryMib",
        reads: ["services.@.cpuUnits"],
        must: ({ cpuUnits }) => `be one of ${memorySizesFor(cpuUnits).join(", ")} with ${cpuUnits} CPU units`,
        isMet: ({ cpuUnits, memoryMib }) => memorySizesFor(cpuUnits).includes(memoryMib),
    },
    {
        name: "task-range",
        why: "A range has its least value first.",
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
            why: "The load balancer sends a request to one service.",
            field: `services.@.${field}`,
            reads: [`services.*.${field}`],
            must: (one, { all }) => `differ from that of ${firstWith(one[field], all)}`,
            isMet: (one, { name, all }) => one[field] === undefined || firstWith(one[field], all) === name,
        };
    }),
    {
        name: "one-consumer",
        why: "Each of two readers would see half of the messages, and scale on the backlog of both.",
        field: "services.@.consumes",
        reads: ["services.*.consumes"],
        must: "name a queue that no service before it consumes",
        isMet: ({ consumes }, { name, all }) =>
            consumes === undefined || all.find(([, other]) => other.consumes === consumes)?.[0] === name,
    },
    {
        name: "consumes-a-queue",
        why: "A queue that is not among the settings is not made.",
        field: "services.@.consumes",
        reads: ["queues"],
        must: ({ consumes }, { settings }) =>
            `name a queue of the stack (${unknownNamesMessage([consumes], settings.queues)})`,
        isMet: ({ consumes }, { settings }) => consumes === undefined || Object.hasOwn(settings.queues, consumes),
    },
    {
        name: "sends-to-queues",
        why: "A queue that is not among the settings is not made.",
        field: "services.@.sends",
        reads: ["services.@.sends.*", "queues"],
        must: ({ sends }, { settings }) => `name queues of the stack (${unknownNamesMessage(sends, settings.queues)})`,
        isMet: ({ sends }, { settings }) => sends.every((queue) => Object.hasOwn(settings.queues, queue)),
    },
    {
        name: "publishes-to-topics",
        why: "A topic that is not among the settings is not made.",
        field: "services.@.publishes",
        reads: ["services.@.publishes.*", "topics"],
        must: ({ publishes }, { settings }) =>
            `name topics of the stack (${unknownNamesMessage(publishes, settings.topics)})`,
        isMet: ({ publishes }, { settings }) => publishes.every((topic) => Object.hasOwn(settings.topics, topic)),
    },
    {
        name: "sent-to-a-consumer",
        why: "Messages that nobody reads pile up and are thrown away.",
        field: "services.@.sends",
        reads: ["services.@.sends.*", "services.*.consumes", "queues"],
        must: "name queues that a service consumes",
        isMet: ({ sends }, { all, settings }) =>
            sends.every((queue) => isConsumed(all, queue) || !Object.hasOwn(settings.queues, queue)),
    },
    {
        name: "published-to-a-consumer",
        why: "A topic keeps nothing: its messages are lost without a queue, and thrown away in one that nobody reads.",
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
