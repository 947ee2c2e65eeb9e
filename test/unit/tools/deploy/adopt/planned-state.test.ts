import { expect, test } from "@jest/globals";
import { plannedState } from "../../../../../tools/deploy/adopt/planned-state.ts";
import { providerUrnOf, type StateResource } from "../../../../../plan/state.ts";
import { planTestStack } from "../../../../stacks.ts";

/** References of each resource that are not written before it. */
const dangling = (resources: readonly StateResource[]): string[] =>
    resources.flatMap((resource, i) => {
        const before = new Set(resources.slice(0, i).map(({ urn }) => urn));
        const { parent, dependencies = [], propertyDependencies = {} } = resource;
        const provider = resource.provider === undefined ? [] : [providerUrnOf(resource)];
        const all = [...(parent === undefined ? [] : [parent]), ...provider, ...dependencies];
        return [...all, ...Object.values(propertyDependencies).flat()].filter((urn) => !before.has(urn));
    });

test.each(["dev", "prod"])("the state of %s has every reference before what uses it", async (stack) => {
    const plan = await planTestStack(stack);
    const ids = new Map(plan.nodes.filter(({ custom }) => custom).map(({ urn }) => [urn, { id: "id" }]));
    const all = plannedState(plan, ids);
    expect(dangling(all)).toEqual([]);
    // The plan has no default providers.
    expect(all.filter(({ urn }) => urn.includes("::default_")).map(({ type }) => type)).toContain(
        "pulumi:providers:random",
    );
    expect(all).toHaveLength(plan.nodes.length + all.filter(({ urn }) => urn.includes("::default_")).length);
});

test("what was not found is left out, and so are the references to it", async () => {
    const plan = await planTestStack("dev");
    const some = plan.nodes.filter(({ type }) => type === "aws:rds/cluster:Cluster");
    const written = plannedState(plan, new Map(some.map(({ urn }) => [urn, { id: "payment-database-dev" }])));
    expect(dangling(written)).toEqual([]);
    expect(written.filter(({ custom }) => custom === true).map(({ type }) => type)).toEqual([
        "pulumi:providers:aws",
        "aws:rds/cluster:Cluster",
    ]);
});

test("protection is written as planned, and a provider's inputs as the SDK sends them", async () => {
    const { nodes } = await planTestStack("prod");
    const plan = {
        nodes: nodes.map((node) => ({
            ...node,
            options: { ...node.options, protect: node.type === "aws:rds/cluster:Cluster" },
        })),
    };
    const ids = new Map(plan.nodes.filter(({ custom }) => custom).map(({ urn }) => [urn, { id: "id" }]));
    ids.delete(plan.nodes.find(({ type }) => type === "pulumi:providers:aws")?.urn ?? "");
    const written = plannedState(plan, ids);
    const ofType = (type: string) => written.find((each) => each.type === type);
    expect(ofType("aws:rds/cluster:Cluster")?.protect).toBe(true);
    expect(ofType("aws:route53/record:Record")?.protect).toBe(false);
    const { defaultTags, region, skipRegionValidation, version } = ofType("pulumi:providers:aws")?.inputs ?? {};
    expect({ region, skipRegionValidation }).toEqual({ region: "us-east-1", skipRegionValidation: "true" });
    expect(defaultTags).toMatch(/^\{"tags":\{/);
    expect(version).toMatch(/^7\.\d+\.\d+$/);
    // What the state has already is kept.
    const again = plannedState(plan, new Map(written.map((each) => [each.urn, each])));
    expect(again).toEqual(written);
});
