import { fargateSizes, namePattern } from "./fields.ts";
import { isReserved } from "./names.ts";
import { isWorker } from "./worker.ts";
import { forEachService, type Rule, type ServiceRule } from "./rule.ts";

const memoriesFor = (cpuUnits: number) =>
    [...fargateSizes].filter(([cpu]) => cpu === cpuUnits).flatMap(([, memories]) => memories);

const each: readonly ServiceRule[] = [
    {
        name: "service-name",
        why: "The name stands in names of every AWS service, and the strictest takes lower case only.",
        field: "services.@",
        reads: ["services"],
        must: "be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
        holds: (_, { name }) => namePattern.test(name),
    },
    {
        name: "service-name-free",
        why: "Two parts of one name would share log groups, roles or alarms, or fail to be made.",
        field: "services.@",
        reads: ["services"],
        must: "have another name: the platform has a part of this one",
        holds: (_, { name }) => !isReserved(name),
    },
    {
        name: "path-free",
        why: "The merchants' API sends it to the payment validator.",
        field: "services.@.path",
        reads: [],
        must: "be another path: /validate is the payment validator's",
        holds: ({ path }) => path !== "/validate/*",
    },
    {
        name: "path-with-priority",
        why: "A listener rule needs both; a service with neither is a worker.",
        field: "services.@.path",
        reads: ["services.@.priority"],
        must: "be given together with priority, or both left out for a worker",
        holds: ({ path, priority }) => path !== undefined || priority === undefined,
    },
    {
        name: "priority-with-path",
        why: "A listener rule needs both; a service with neither is a worker.",
        field: "services.@.priority",
        reads: ["services.@.path"],
        must: "be given together with path, or both left out for a worker",
        holds: ({ path, priority }) => priority !== undefined || path === undefined,
    },
    {
        name: "requests-with-path",
        why: "Only the load balancer counts requests, and it sends none to a worker.",
        field: "services.@.requestsPerTaskPerMinute",
        reads: ["services.@.path", "services.@.priority"],
        must: "be left out without a path",
        holds: (one) => one.requestsPerTaskPerMinute === undefined || !isWorker(one),
    },
    {
        name: "health-command-of-worker",
        why: "The load balancer checks a service with a path, so ECS would never run the command.",
        field: "services.@.healthCommand",
        reads: ["services.@.path", "services.@.priority"],
        must: "be left out with a path",
        holds: (one) => one.healthCommand === undefined || isWorker(one),
    },
    {
        name: "fargate-size",
        why: "Fargate offers certain sizes only.",
        field: "services.@.memoryMib",
        reads: ["services.@.cpuUnits"],
        must: ({ cpuUnits }) => `be one of ${memoriesFor(cpuUnits).join(", ")} with ${cpuUnits} CPU units`,
        holds: ({ cpuUnits, memoryMib }) => memoriesFor(cpuUnits).includes(memoryMib),
    },
    {
        name: "task-range",
        why: "A range has its least value first.",
        field: "services.@.minTasks",
        reads: ["services.@.maxTasks"],
        must: ({ maxTasks }) => `be at most maxTasks (${maxTasks})`,
        holds: ({ minTasks, maxTasks }) => minTasks <= maxTasks,
    },
    ...(["path", "priority"] as const).map((field): ServiceRule => {
        const firstWith = (value: string | number | undefined, all: Parameters<ServiceRule["holds"]>[1]["all"]) =>
            all.find(([, other]) => other[field] === value)?.[0];
        return {
            name: `distinct-${field}`,
            why: "The load balancer sends a request to one service.",
            field: `services.@.${field}`,
            reads: [`services.*.${field}`],
            must: (one, { all }) => `differ from that of ${firstWith(one[field], all)}`,
            holds: (one, { name, all }) => one[field] === undefined || firstWith(one[field], all) === name,
        };
    }),
    {
        name: "one-consumer",
        why: "Each of two readers would see half of the messages, and scale on the backlog of both.",
        field: "services.@.consumes",
        reads: ["services.*.consumes"],
        must: "name a queue that no service before it consumes",
        holds: ({ consumes }, { name, all }) =>
            consumes === undefined || all.find(([, other]) => other.consumes === consumes)?.[0] === name,
    },
    {
        name: "sent-to-a-consumer",
        why: "Messages that nobody reads pile up and are thrown away.",
        field: "services.@.sends",
        reads: ["services.@.sends.*", "services.*.consumes"],
        must: "name queues that a service consumes",
        holds: ({ sends }, { all }) => sends.every((queue) => all.some(([, { consumes }]) => consumes === queue)),
    },
    {
        name: "published-to-a-consumer",
        why: "The topic fans out to `notifications`; without a reader its messages are thrown away.",
        field: "services.@.publishes",
        reads: ["services.*.consumes"],
        must: "be false while no service consumes notifications",
        holds: ({ publishes }, { all }) => !publishes || all.some(([, { consumes }]) => consumes === "notifications"),
    },
];

export const serviceRules: readonly Rule[] = each.map(forEachService);
