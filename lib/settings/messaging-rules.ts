import type { PlatformSettings } from "../settings.ts";
import { namePattern, nameShape } from "./fields.ts";
import { isReserved } from "./names.ts";
import { arnsLength, maxArnsLength } from "./policy-room.ts";
import { regionKey } from "./problem.ts";
import type { SettingRule } from "./rule.ts";
import type { QueueSettings } from "./schema.ts";
import { maxRetentionSeconds } from "../time-limits.ts";
import { nameFits, unknownNamesMessage } from "./service-rules.ts";

/** Names that would conflict with another variable, output or dead-letter queue. */
const isTaken = {
    // Containers have the URL of the queue that they consume in CONSUME_QUEUE_URL.
    queues: (name: string) => isReserved(name) || name === "consume" || name.endsWith("-dlq"),
    // The output `topicArns` also has the topics of alerts.
    topics: (name: string) => isReserved(name) || ["critical", "warning"].includes(name),
} as const;

const nameRules = (group: "queues" | "topics", one: string): readonly SettingRule[] => [
    {
        name: `${one}-name`,
        why: "The name is part of names of several AWS services, some of which accept lower case only.",
        field: `${group}.@`,
        reads: [group],
        must: `be named in ${nameShape}`,
        isMet: (_, name) => namePattern.test(name),
    },
    {
        name: `${one}-name-free`,
        why: "Two resources with the same name would share alarms, variables or outputs, or their creation would fail.",
        field: `${group}.@`,
        reads: [group],
        must: "have another name: the platform uses this one",
        isMet: (_, name) => !isTaken[group](name),
    },
    {
        name: `${one}-name-of-service`,
        why: "Names of resources and alarms have the one's name where they have the other's, and their creation would fail.",
        field: `${group}.@`,
        reads: [group, "services"],
        must: (settings, name) =>
            `have another name, or the service ${serviceNamedAs(name, settings)} must: its name is this one, or begins with it`,
        isMet: (settings, name) => serviceNamedAs(name, settings) === undefined,
    },
];

const serviceNamedAs = (name: string, { services }: PlatformSettings): string | undefined =>
    Object.keys(services).find((service) => service === name || service.startsWith(`${name}-`));

/** Receives of a message that fails each time, until it expires. */
const mostReceives = (queue: QueueSettings | undefined): number =>
    Math.floor(maxRetentionSeconds / (queue?.visibilityTimeoutSeconds ?? 1));

export const messagingRules: readonly SettingRule[] = [
    ...nameRules("queues", "queue"),
    ...nameRules("topics", "topic"),
    {
        name: "queue-name-fits",
        why: "AWS would reject a longer name during the deployment.",
        field: "queues.@",
        reads: ["queues", "environmentSuffix"],
        must: ({ environmentSuffix }, name) => nameFits("queue", name, environmentSuffix).must,
        isMet: ({ environmentSuffix }, name) => nameFits("queue", name, environmentSuffix).isMet,
    },
    {
        name: "topic-name-distinct",
        why: "A queue and a topic with the same name could not be distinguished in names and alarms.",
        field: "topics.@",
        reads: ["topics", "queues"],
        must: "have another name: a queue has this one",
        isMet: ({ queues }, name) => !Object.hasOwn(queues, name),
    },
    {
        name: "receives-before-expiry",
        why: "SQS deletes a message at the end of its retention: it would be lost, and never reach the dead-letter queue.",
        field: "queues.@.maxReceiveCount",
        reads: ["queues.@.visibilityTimeoutSeconds"],
        must: ({ queues }, name) =>
            `be at most ${mostReceives(queues[name])}: as many visibility timeouts are in the ${maxRetentionSeconds} s of SQS's retention`,
        isMet: ({ queues }, name) => (queues[name]?.maxReceiveCount ?? 0) <= mostReceives(queues[name]),
    },
    {
        name: "subscribes-to-topics",
        why: "A topic that is not in the settings does not exist.",
        field: "queues.@.subscribesTo",
        reads: ["queues.@.subscribesTo.*", "topics"],
        must: ({ queues, topics }, name) =>
            `name topics of the stack (${unknownNamesMessage(queues[name]?.subscribesTo ?? [], topics)})`,
        isMet: ({ queues, topics }, name) =>
            (queues[name]?.subscribesTo ?? []).every((topic) => Object.hasOwn(topics, topic)),
    },
    {
        name: "subscriptions-fit",
        why: "SQS would refuse the policy of the queue, which names each topic.",
        field: "queues.@.subscribesTo",
        reads: ["queues.@.subscribesTo.*", "environmentSuffix", regionKey],
        must: (settings, name) =>
            `name fewer topics: their ARNs have ${arnsLength(settings, settings.queues[name]?.subscribesTo ?? [])} characters, and ${maxArnsLength} fit into the policy of the queue`,
        isMet: (settings, name) => arnsLength(settings, settings.queues[name]?.subscribesTo ?? []) <= maxArnsLength,
    },
];
