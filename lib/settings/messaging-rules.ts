import { namePattern } from "./fields.ts";
import { isReserved } from "./names.ts";
import type { SettingRule } from "./rule.ts";
import { unknownNamesMessage } from "./service-rules.ts";

/** Names that would give a queue or a topic the variable, output or dead-letter queue of something else. */
const isTaken = {
    // Containers find the queue that they read as CONSUME_QUEUE_URL.
    queues: (name: string) => isReserved(name) || name === "consume" || name.endsWith("-dlq"),
    // The output `topicArns` has the topics of alerts beside them.
    topics: (name: string) => isReserved(name) || ["critical", "warning"].includes(name),
} as const;

const nameRules = (group: "queues" | "topics", one: string): readonly SettingRule[] => [
    {
        name: `${one}-name`,
        why: "The name stands in names of several AWS services, and the strictest takes lower case only.",
        field: `${group}.@`,
        reads: [group],
        must: "be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
        isMet: (_, name) => namePattern.test(name),
    },
    {
        name: `${one}-name-free`,
        why: "Two parts of one name would share alarms, variables or outputs, or fail to be made.",
        field: `${group}.@`,
        reads: [group],
        must: "have another name: the platform has a part of this one",
        isMet: (_, name) => !isTaken[group](name),
    },
];

export const messagingRules: readonly SettingRule[] = [
    ...nameRules("queues", "queue"),
    ...nameRules("topics", "topic"),
    {
        name: "topic-name-distinct",
        why: "A queue and a topic of one name could not be told apart in names and alarms.",
        field: "topics.@",
        reads: ["topics", "queues"],
        must: "have another name: a queue is called so",
        isMet: ({ queues }, name) => !Object.hasOwn(queues, name),
    },
    {
        name: "subscribes-to-topics",
        why: "A topic that is not among the settings is not made.",
        field: "queues.@.subscribesTo",
        reads: ["queues.@.subscribesTo.*", "topics"],
        must: ({ queues, topics }, name) =>
            `name topics of the stack (${unknownNamesMessage(queues[name]?.subscribesTo ?? [], topics)})`,
        isMet: ({ queues, topics }, name) =>
            (queues[name]?.subscribesTo ?? []).every((topic) => Object.hasOwn(topics, topic)),
    },
];
