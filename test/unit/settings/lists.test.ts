import { expect, test } from "@jest/globals";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { compareText } from "../../../plan/query.ts";
import { settingsJsonSchema } from "../../../tools/schema/stack-schema.ts";
import { settingRows } from "../../../tools/schema/tables.ts";
import { planOfConfig } from "../checks/config-plans.ts";
import { readStackConfig, withSettings } from "./stack-config.ts";

interface ListSample {
    /** Field of the list in the stack dev of the tests. */
    readonly field: string;
    /** Not in alphabetical order. */
    readonly entries: readonly string[];
    /** Other settings that these entries require. */
    readonly with?: Readonly<Record<string, unknown>>;
    /** Why an entry is not removed in this test. */
    readonly onlyReorderedBecause?: string;
}

/** A list that is not compared, with the reason. */
interface Exempt {
    readonly because: string;
}

const worker = { cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 10 };
const moreTopics = { "topics.zebra": {}, "topics.made": {} };

/** A sample of each list of the schema. */
const samples: Readonly<Record<string, ListSample | Exempt>> = {
    "edge.allowedCidrs": {
        field: "edge.allowedCidrs",
        entries: ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.7/32"],
    },
    "database.otherGenerations": {
        because: "its entries are numbers, by which clusters are named (test/unit/database-generations.test.ts)",
    },
    "waf.countOnly": { field: "waf.countOnly", entries: ["SQLiRuleSet", "AnonymousIpList", "RateLimit"] },
    "services.<name>.acquirer.reconciliation.command": { because: "its entries are the words of one command" },
    "services.<name>.healthCommand": { because: "its entries are the words of one command" },
    "services.<name>.stores": {
        field: "services.api.stores",
        entries: ["database", "cache"],
        onlyReorderedBecause: "no resource belongs to one entry",
    },
    "services.<name>.sends": {
        field: "services.api.sends",
        entries: ["yak", "processing", "notifications"],
        with: { "queues.yak": {}, "services.zoo": { ...worker, consumes: "yak" } },
    },
    "services.<name>.publishes": {
        field: "services.payment.publishes",
        entries: ["zebra", "events", "made"],
        with: { ...moreTopics, "queues.notifications.subscribesTo": ["events", "made", "zebra"] },
    },
    "services.<name>.metrics": { field: "services.api.metrics", entries: ["outbox", "acquirer", "acceptance"] },
    "queues.<name>.subscribesTo": {
        field: "queues.processing.subscribesTo",
        entries: ["zebra", "events", "made"],
        with: moreTopics,
    },
    "gateway.corsOrigins": {
        field: "gateway.corsOrigins",
        entries: ["https://z.example.com", "https://a.example.com", "https://m.example.com"],
    },
    "alerts.critical": { field: "alerts.critical", entries: ["z@example.com", "a@example.com", "m@example.com"] },
    "alerts.warning": { field: "alerts.warning", entries: ["y@example.com", "b@example.com", "n@example.com"] },
    waivers: { because: "no resource depends on a waiver" },
};

const compared = Object.entries(samples).flatMap(([setting, sample]) =>
    "field" in sample ? [[setting, sample] as const] : [],
);

/** Dev with all lists, which are planned together, as each plan takes time. */
const planWith = (entriesOf: (sample: ListSample) => readonly string[]): Promise<Plan> =>
    planOfConfig(
        compared.reduce(
            (config, [, one]) => withSettings(config, { ...one.with, [one.field]: entriesOf(one) }),
            readStackConfig("dev"),
        ),
        "dev",
    );
const withAllEntries = (): Promise<Plan> => planWith(({ entries }) => entries);

/** Inputs of each resource, by URN. */
const inputsByUrn = ({ nodes }: Plan): Record<string, string> =>
    Object.fromEntries(
        nodes
            .map(({ urn, inputs }) => [urn, JSON.stringify(inputs)] as const)
            .toSorted(([a], [b]) => compareText(a, b)),
    );

const mentions = (text: string, entry: string): boolean => text.toLowerCase().includes(entry.toLowerCase());

/** Hashes of other inputs, such as those of an API's deployment, do not contain the entry. */
const withoutHashes = ({ inputs }: PlanNode): PlanNode["inputs"] =>
    Object.fromEntries(
        Object.entries(inputs).filter(
            ([, value]) => !/^(\{"redeployment":)?"[0-9a-f]{64}"/.test(JSON.stringify(value)),
        ),
    );

/** What the removal of the first entry does to other resources than those that depend on it. */
function unrelatedChanges(before: Plan, after: Plan, [first = "", ...others]: readonly string[]): string[] {
    const kept = new Map(after.nodes.map((node) => [node.urn, node]));
    return before.nodes.flatMap((node) => {
        const same = kept.get(node.urn);
        const all = JSON.stringify(node.inputs);
        if (same === undefined) {
            return mentions(all, first) && !others.some((entry) => mentions(all, entry)) ? [] : [`deletes ${node.urn}`];
        }
        const now = withoutHashes(same);
        return Object.entries(withoutHashes(node))
            .filter(([input, value]) => JSON.stringify(value) !== JSON.stringify(now[input]))
            .filter(([, value]) => !mentions(JSON.stringify(value), first))
            .map(([input]) => `changes ${input} of ${node.urn}`);
    });
}

test("every list of the schema has a sample", () => {
    const lists = settingRows("", settingsJsonSchema(), "").filter(({ values }) => values.startsWith("list"));
    expect(lists.map(({ path }) => path).toSorted()).toEqual(Object.keys(samples).toSorted());
});

test("another order of every list changes no resource", async () => {
    const before = await withAllEntries();
    const after = await planWith(({ entries }) => entries.toReversed());
    expect(inputsByUrn(after)).toEqual(inputsByUrn(before));
});

test.each(compared.filter(([, { onlyReorderedBecause }]) => onlyReorderedBecause === undefined))(
    "an entry that is removed from the front of %s, or added there, changes nothing of the others",
    async (_, sample) => {
        const before = await withAllEntries();
        const after = await planWith((one) => (one === sample ? one.entries.slice(1) : one.entries));
        expect(inputsByUrn(after)).not.toEqual(inputsByUrn(before));
        expect(unrelatedChanges(before, after, sample.entries)).toEqual([]);
        const urns = new Set(before.nodes.map(({ urn }) => urn));
        expect(after.nodes.filter(({ urn }) => !urns.has(urn))).toEqual([]);
    },
);
