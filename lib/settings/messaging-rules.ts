import { namePattern } from "./fields.ts";
import { isReserved } from "./names.ts";
import type { Rule } from "./rule.ts";
import { unknownAmong } from "./service-rules.ts";

/** Names that would give a queue or a topic the variable, output or dead-letter queue of something else. */
const taken = {
    // Containers find the queue that they read as CONSUME_QUEUE_URL.
    queues: (name: string) => isReserved(name) || name === "consume" || name.endsWith("-dlq"),
    // The output `topicArns` has the topics of alerts beside them.
    topics: (name: string) => isReserved(name) || ["critical", "warning"].includes(name),
} as const;

const namesOf = (group: "queues" | "topics", one: string): readonly Rule[] => [
    {
        name: `${one}-name`,
        why: "The name stands in names of several AWS services, and the strictest takes lower case only.",
        field: `${group}.@`,
        reads: [group],
        must: "be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
        holds: (_, name) => namePattern.test(name),
    },
    {
        name: `${one}-name-free`,
        why: "Two parts of one name would share alarms, variables or outputs, or fail to be made.",
        field: `${group}.@`,
        reads: [group],
        must: "have another name: the platform has a part of this one",
        holds: (_, name) => !taken[group](name),
    },
];

export const messagingRules: readonly Rule[] = [
    ...namesOf("queues", "queue"),
    ...namesOf("topics", "topic"),
    {
        name: "topic-name-distinct",
        why: "A queue and a topic of one name could not be told apart in names and alarms.",
        field: "topics.@",
        reads: ["topics", "queues"],
        must: "have another name: a queue is called so",
        holds: ({ queues }, name) => !Object.hasOwn(queues, name),
    },
    {
        name: "subscribes-to-topics",
        why: "A topic that is not among the settings is not made.",
        field: "queues.@.subscribesTo",
        reads: ["queues.@.subscribesTo.*", "topics"],
        must: ({ queues, topics }, name) =>
            `name topics of the stack (${unknownAmong(queues[name]?.subscribesTo ?? [], topics)})`,
        holds: ({ queues, topics }, name) =>
            (queues[name]?.subscribesTo ?? []).every((topic) => Object.hasOwn(topics, topic)),
    },
];
