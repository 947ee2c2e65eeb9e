import { expect, test } from "@jest/globals";
import { deletionProtectionsOf, dependentsByUrn, isCreatedInAws } from "../../../../analysis/resources/facts.ts";
import { plannedPropertiesOf } from "../../../../analysis/resources/properties.ts";
import { requireItem } from "../../../../lib/list.ts";
import { defaultNodeOptions } from "../../../../plan/plan-node.ts";
import { Secret, type PlanNode } from "../../../../plan/plan.ts";
import { planNode } from "../../../plan-node.ts";
import { planTestStack } from "../../../stacks.ts";

const node = (changes: Partial<PlanNode>): PlanNode =>
    planNode({
        urn: "urn:pulumi:test::payment-platform::aws:rds/cluster:Cluster::payment-database-test",
        type: "aws:rds/cluster:Cluster",
        name: "payment-database-test",
        ...changes,
    });

test("properties are shown by their paths, lists of plain values as one", () => {
    const inputs = { port: 5432, zones: ["a", "b"], scaling: { maxCapacity: 8 }, rules: [{ days: 1 }], name: null };
    expect(plannedPropertiesOf(node({ inputs })).map(({ path, text }) => `${path} ${text}`)).toEqual([
        "port 5432",
        "zones a, b",
        "scaling.maxCapacity 8",
        "rules.0.days 1",
        "name null",
    ]);
});

test("a secret is never shown, however deep it is", () => {
    const inputs = { token: new Secret("hidden"), all: [{ inner: new Secret("hidden") }] };
    const shown = plannedPropertiesOf(node({ inputs }));
    expect(shown.map(({ text }) => text)).toEqual(["[secret]", "[secret]"]);
});

test("of a value that only AWS determines, the resource that it comes from is shown", () => {
    const shown = plannedPropertiesOf(
        node({
            inputs: { vpcId: "vpc-placeholder", ids: ["placeholder"], other: "placeholder" },
            unknown: ["vpcId", "ids.0", "other"],
            propertyDependencies: { vpcId: ["urn:pulumi:test::p::aws:ec2/vpc:Vpc::payment-network-test"] },
        }),
    );
    expect(shown.map(({ text, isKnownLater }) => [text, isKnownLater])).toEqual([
        ["(after up) from payment-network-test", true],
        ["(after up)", true],
        ["(after up)", true],
    ]);
});

test("JSON in a text is shown over several lines, and a text that only looks like it as it is", () => {
    const [policy, text] = plannedPropertiesOf(node({ inputs: { policy: '{"Version":"1"}', text: "[no JSON" } }));
    expect(policy?.text).toBe('{\n "Version": "1"\n}');
    expect(text?.text).toBe("[no JSON");
});

test("what protects a resource from deletion is named", () => {
    expect(deletionProtectionsOf(node({ inputs: { deletionProtection: false } }))).toEqual([]);
    expect(
        deletionProtectionsOf(
            node({
                inputs: { deletionProtection: true },
                options: { ...defaultNodeOptions(), protect: true, retainOnDelete: true },
            }),
        ),
    ).toEqual(["Pulumi's option protect", "Pulumi's option retainOnDelete", "deletionProtection = true"]);
    expect(deletionProtectionsOf(node({ type: "aws:unknown/thing:Thing" }))).toEqual([]);
});

test("dependents are the reverse of dependencies", async () => {
    const { nodes } = await planTestStack("prod");
    const dependents = dependentsByUrn({
        nodes,
        project: "",
        stack: "",
        outputs: {},
        unknownOutputs: [],
        inventedAnswers: [],
        messages: [],
    });
    const key = requireItem(
        nodes.filter(({ type }) => type === "aws:kms/key:Key"),
        0,
    );
    const expected = nodes.filter(({ dependencies }) => dependencies.includes(key.urn)).map(({ urn }) => urn);
    expect(dependents.get(key.urn)?.toSorted()).toEqual(expected.toSorted());
    expect(expected.length).toBeGreaterThan(0);
});

test("components, providers and what is only read are not created in AWS", () => {
    expect([
        isCreatedInAws(node({})),
        isCreatedInAws(node({ custom: false })),
        isCreatedInAws(node({ external: true })),
        isCreatedInAws(node({ type: "pulumi:providers:aws" })),
    ]).toEqual([true, false, false, false]);
});
