import { expect, test } from "@jest/globals";
import { storageByType } from "../../../lib/manifest/storage-by-type.ts";
import { catalogue, rowsOfAwsTypes, typesWith } from "../../../plan/catalogue/catalogue.ts";
import type { PlanNode } from "../../../plan/plan.ts";
import { lookups } from "../../../tools/deploy/lookups.ts";
import { childListersByType } from "../../../tools/drift/child-listers.ts";
import { planAllSuffixes } from "../analysis/deployer/fixtures.ts";
import { classOf, missingRowText } from "./missing-row.ts";

/** A resource of each type that any stack plans. */
async function plannedByType(): Promise<Map<string, PlanNode>> {
    const nodes = (await planAllSuffixes()).flatMap(([, plan]) => plan.nodes);
    return new Map(
        nodes
            .filter(({ type, custom, external }) => custom && !external && type.startsWith("aws:"))
            .map((node) => [node.type, node]),
    );
}

test("every type that any stack plans has a row; fill in what is printed here", async () => {
    const planned = await plannedByType();
    expect(planned.size).toBeGreaterThan(90);
    const missing = [...planned.values()].map(missingRowText).filter((text) => text !== undefined);
    expect(missing.join("\n")).toBe("");
    // Rows of other types are in plan/catalogue/not-created.ts.
    expect(Object.keys(rowsOfAwsTypes).filter((type) => !planned.has(type))).toEqual([]);
});

test("a type without a row is printed with what its class says", async () => {
    const queue = (await plannedByType()).get("aws:sqs/queue:Queue");
    const broker = { ...queue, type: "aws:mq/broker:Broker" } as PlanNode;
    const text = missingRowText(broker);
    expect(text).toContain('"aws:mq/broker:Broker": { // takes tags');
    expect(text).toContain('name: { input: "brokerName", maxLength: <characters that AWS allows> }');
    expect(text).toMatch(/forceNew\("<mq\/broker>", \[<.*: applyImmediately, .*brokerName.*>\]\)/);
    expect(text).toContain("in plan/catalogue/mq.ts");
    const query = { ...queue, type: "aws:cloudwatch/queryDefinition:QueryDefinition" } as PlanNode;
    expect(missingRowText(query)).toContain('forceNew("<cloudwatch/query_definition>", ');
    // A guess that is copied as it is would be taken for a fact.
    expect(missingRowText(query)).toContain('recovery: { importId: "<{name}>" }');
    expect(missingRowText(query)).toContain('writeGrant("<cloudwatch>: <Create');
});

test("a resource takes tags where its class does", async () => {
    const planned = [...(await plannedByType()).values()];
    const taggable = planned.filter(({ outputs }) => "tagsAll" in outputs).map(({ type }) => type);
    expect(taggable.length).toBeGreaterThan(40);
    expect(taggable).toEqual(planned.filter(({ type }) => classOf(type).inputs.has("tags")).map(({ type }) => type));
});

test("every row names inputs that the provider's class has", () => {
    const ofAws = Object.entries(catalogue).filter(([type]) => type.startsWith("aws:"));
    const wrong = ofAws.flatMap(([type, { name, forceNew, recovery, otherKeyInputs = [] }]) => {
        const { inputs } = classOf(type);
        const input = name !== undefined && "maxLength" in name ? [name.input ?? "name"] : [];
        const template = typeof recovery === "object" && "importId" in recovery ? recovery.importId : "";
        const named = [
            ...input,
            ...otherKeyInputs,
            ...(forceNew?.inputs ?? []).map((path) => path.replace(/\..*/, "")),
            ...[...template.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => key),
        ];
        return named.filter((each) => !inputs.has(each)).map((each) => `${type} ${each}`);
    });
    expect(wrong).toEqual([]);
});

test("AWS is asked for each type whose row says so, and for no other", () => {
    const asked = typesWith("recovery").filter(([, recovery]) => recovery === "lookup");
    expect(asked.map(([type]) => type).toSorted()).toEqual(Object.keys(lookups).toSorted());
});

test("what is below a resource is listed for each type whose row says so, and for no other", () => {
    const listed = typesWith("children").filter(([, children]) => children === "listed");
    expect(listed.map(([type]) => type).toSorted()).toEqual(
        Object.keys(childListersByType)
            .map((type) => `aws:${type}`)
            .toSorted(),
    );
});

test("what the manifest says that a type keeps is in its row", () => {
    expect(Object.fromEntries(typesWith("storage"))).toEqual(storageByType);
});

test("each type that a row names has a row of its own", () => {
    const named = Object.values(catalogue).flatMap(({ loss, policyOf, protector, name }) => [
        ...(loss?.partOf ?? []),
        ...[policyOf?.type, protector?.protects],
        ...[name !== undefined && "sharedWith" in name ? name.sharedWith : undefined],
    ]);
    const types = named.filter((type) => type !== undefined);
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter((type) => !(type in catalogue))).toEqual([]);
});

test("each source of force-new inputs is a file of the provider or a page", () => {
    const sources = typesWith("forceNew").map(([, { source }]) => source);
    expect(sources.filter((source) => !/^(https:\/\/|internal\/service\/\w+\/\w+\.go$)/.test(source))).toEqual([]);
});
