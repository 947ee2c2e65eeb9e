import { stageName } from "../../contract/container.ts";
import type { PlatformSettings } from "../settings.ts";
import { acquirerNoun, hasReconciliation, reconciliationNoun } from "./acquirer.ts";
import { fargateSizes, namePattern, nameShape } from "./fields.ts";
import { isReserved, maxNameLength } from "./names.ts";
import { isWorker, priorityOf, validatePath } from "./service-path.ts";
import { arnsLength, maxArnsLength } from "./policy-room.ts";
import { regionKey, suggestName } from "./problem.ts";
import { forEachService, type SettingRule, type ServiceRule } from "./rule.ts";
import type { ServiceSettings } from "./schema.ts";

const memorySizesFor = (cpuUnits: number) =>
    [...fargateSizes].filter(([cpu]) => cpu === cpuUnits).flatMap(([, memories]) => memories);

/** Suggestion for the first name that is not in a group. */
export function unknownNamesMessage(names: readonly (string | undefined)[], entries: object): string {
    const valid = Object.keys(entries);
    const unknown = names.find((name) => name !== undefined && !valid.includes(name)) ?? "";
    return valid.length > 0 ? suggestName(unknown, valid) : "it has none";
}

/** Whether a name is short enough. One that is not longer than the suffix is never refused: the suffix is then too long. */
export function nameFits(
    kind: Parameters<typeof maxNameLength>[0],
    name: string,
    suffix: string,
): { isMet: boolean; must: string } {
    const { length, because } = maxNameLength(kind, suffix);
    return {
        isMet: name.length <= Math.max(length, suffix.length),
        must: `have a name of at most ${length} characters with environmentSuffix "${suffix}" (${because}), and has one of ${name.length}`,
    };
}

function kindOf(one: ServiceSettings) {
    const [plain, reconciled] = isWorker(one)
        ? (["worker", "reconciledWorker"] as const)
        : (["service", "reconciledService"] as const);
    return hasReconciliation(one) ? reconciled : plain;
}

/** Nouns of what the platform makes for a service beside its own. */
const nounsBeside = ([name, one]: Services[number]): string[] => [
    ...(one.acquirer === undefined ? [] : [acquirerNoun(name)]),
    ...(hasReconciliation(one) ? [reconciliationNoun(name)] : []),
];

/** Percent of the minimum that fits below the maximum. */
const largestReserve = ({ minTasks, maxTasks }: { minTasks: number; maxTasks: number }): number =>
    minTasks === 0 ? Infinity : Math.floor((100 * (maxTasks - minTasks)) / minTasks);

type Services = Parameters<ServiceRule["isMet"]>[1]["all"];

const firstWithPath = (path: string | undefined, all: Services): string | undefined =>
    all.find(([, other]) => other.path === path)?.[0];

/** Chosen priorities first: a service whose priority follows from its name can be given another one. */
const firstWithPriority = (priority: number, all: Services): string | undefined =>
    all
        .toSorted(([, one], [, other]) => Number(one.priority === undefined) - Number(other.priority === undefined))
        .find(([name, other]) => other.path !== undefined && priorityOf(name, other) === priority)?.[0];

const targetsLength = ({ sends, publishes }: ServiceSettings, settings: PlatformSettings): number =>
    arnsLength(settings, [...sends, ...publishes]);

const isConsumed = (all: Services, queue: string): boolean => all.some(([, { consumes }]) => consumes === queue);

const subscribers = ({ queues }: PlatformSettings, topic: string): string[] =>
    Object.entries(queues).flatMap(([name, { subscribesTo }]) => (subscribesTo.includes(topic) ? [name] : []));

const rulesForEachService: readonly ServiceRule[] = [
    {
        name: "service-name",
        why: "The name is part of names of several AWS services, some of which accept lower case only.",
        field: "services.@",
        reads: ["services"],
        must: `be named in ${nameShape}`,
        isMet: (_, { name }) => namePattern.test(name),
    },
    {
        name: "service-name-fits",
        why: "AWS would reject a longer name during the deployment.",
        field: "services.@",
        reads: ["services", "services.@.path", "services.@.acquirer.reconciliation.enabled", "environmentSuffix"],
        must: (one, { name, settings }) => nameFits(kindOf(one), name, settings.environmentSuffix).must,
        isMet: (one, { name, settings }) => nameFits(kindOf(one), name, settings.environmentSuffix).isMet,
    },
    {
        name: "service-name-free",
        why: "Two resources with the same name would share log groups, roles or alarms, or their creation would fail.",
        field: "services.@",
        reads: ["services", "services.*.acquirer.reconciliation.enabled"],
        must: "have another name: the platform uses this one",
        isMet: (_, { name, all }) => !isReserved(name) && !all.flatMap(nounsBeside).includes(name),
    },
    {
        name: "path-free",
        why: "The merchants' API invokes the payment validator for the one, and may send its stage as the other.",
        field: "services.@.path",
        reads: [],
        must: `be another path: ${validatePath} is the payment validator's, /${stageName} the API's stage`,
        isMet: ({ path }) => path !== `${validatePath}/*` && path !== `/${stageName}/*`,
    },
    {
        name: "priority-with-path",
        why: "A service without a path is a worker, which has no listener rule.",
        field: "services.@.priority",
        reads: ["services.@.path"],
        must: "be left out without a path",
        isMet: ({ path, priority }) => priority === undefined || path !== undefined,
    },
    {
        name: "requests-with-path",
        why: "The load balancer counts the requests, and it sends none to a worker.",
        field: "services.@.requestsPerTaskPerMinute",
        reads: ["services.@.path"],
        must: "be left out without a path",
        isMet: (one) => one.requestsPerTaskPerMinute === undefined || !isWorker(one),
    },
    {
        name: "reserve-with-requests",
        why: "The reserve is kept by scaling on the number of requests; scaling on CPU or messages would remove it.",
        field: "services.@.reservePercent",
        reads: ["services.@.requestsPerTaskPerMinute"],
        must: "be 0 without requestsPerTaskPerMinute",
        isMet: (one) => one.reservePercent === 0 || one.requestsPerTaskPerMinute !== undefined,
    },
    {
        name: "health-command-of-worker",
        why: "The load balancer checks a service with a path, so ECS would never run the command.",
        field: "services.@.healthCommand",
        reads: ["services.@.path"],
        must: "be left out with a path",
        isMet: (one) => one.healthCommand === undefined || isWorker(one),
    },
    {
        name: "acquirer-egress",
        why: "Without NAT gateways, tasks can connect to AWS only, and every call to the acquirer would fail.",
        field: "services.@.acquirer.url",
        reads: ["network.egress"],
        must: 'be left out with egress "endpoints", which lets tasks connect to AWS only; or set network.egress to "nat" and network.natGateways to "per-az"',
        isMet: ({ acquirer }, { settings }) => acquirer === undefined || settings.network.egress === "nat",
    },
    {
        name: "reconciliation-database",
        why: "The payments are in the database, and the service measures there whether a day was compared.",
        field: "services.@.acquirer.reconciliation.enabled",
        reads: ["services.@.stores"],
        must: "be false for a service without the store database",
        isMet: (one) => !hasReconciliation(one) || one.stores.includes("database"),
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
    {
        name: "reserve-range",
        why: "The reserve would not have room: the service would always run its maximum of tasks, and never scale.",
        field: "services.@.reservePercent",
        reads: ["services.@.minTasks", "services.@.maxTasks"],
        must: ({ minTasks, maxTasks }) =>
            `be at most ${largestReserve({ minTasks, maxTasks })}, with which minTasks (${minTasks}) and the reserve are maxTasks (${maxTasks})`,
        isMet: (one) => one.minTasks > one.maxTasks || one.reservePercent <= largestReserve(one),
    },
    {
        name: "distinct-path",
        why: "The load balancer forwards a request to one service.",
        field: "services.@.path",
        reads: ["services.*.path"],
        must: ({ path }, { all }) => `differ from that of ${firstWithPath(path, all)}`,
        isMet: ({ path }, { name, all }) => path === undefined || firstWithPath(path, all) === name,
    },
    {
        name: "distinct-priority",
        why: "A listener accepts one rule per priority. Without a setting a priority follows from the service's name.",
        field: "services.@.priority",
        reads: ["services.*.path", "services.*.priority"],
        must: (one, { name, all }) => {
            const other = firstWithPriority(priorityOf(name, one), all);
            return one.priority === undefined
                ? `be given: the one that follows from the name, ${priorityOf(name, one)}, is that of ${other}`
                : `differ from that of ${other}`;
        },
        isMet: (one, { name, all }) => one.path === undefined || firstWithPriority(priorityOf(name, one), all) === name,
    },
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
        name: "targets-fit",
        why: "IAM would refuse the policy of the service's role, which names each queue and topic.",
        field: "services.@.sends",
        reads: ["services.@.sends.*", "services.@.publishes", "services.@.publishes.*", "environmentSuffix", regionKey],
        must: (one, { settings }) =>
            `name fewer queues, or publishes fewer topics: their ARNs have ${targetsLength(one, settings)} characters, and ${maxArnsLength} fit into the policy of the service's role`,
        isMet: (one, { settings }) => targetsLength(one, settings) <= maxArnsLength,
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
