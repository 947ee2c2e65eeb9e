import { expect, test } from "@jest/globals";
import type { Plan, PlanNode, Values } from "../../../../plan/plan.ts";
import { compareCosts } from "../../../../tools/diff/cost.ts";

const planOf = (...nodes: [type: string, inputs: Values][]) => ({
    plan: {
        ...{ project: "payment-platform", stack: "test", outputs: {} },
        ...{ unknownOutputs: [], inventedAnswers: [], messages: [] },
        nodes: nodes.map(([type, inputs]) => ({ type, inputs, outputs: {}, name: "x" }) as PlanNode),
    } satisfies Plan,
    tasks: {},
});
const provider = (region: string): [string, Values] => ["pulumi:providers:aws", { region }];
const key: [string, Values] = ["aws:kms/key:Key", {}];
const balancer: [string, Values] = ["aws:lb/loadBalancer:LoadBalancer", { subnets: [] }];
const instance: [string, Values] = ["aws:rds/clusterInstance:ClusterInstance", { instanceClass: "db.x9.huge" }];

test("a stack that is not deployed costs nothing before", () => {
    const difference = compareCosts(planOf(), planOf(provider("us-east-1"), key));
    expect(difference).toMatchObject({
        before: 0,
        changes: expect.arrayContaining([{ item: "Keys", before: 0, after: 1 }]),
    });
});

test("a part without a price in the region is named, and is in no amount", () => {
    const before = planOf(provider("eu-west-1"), key);
    expect(compareCosts(before, planOf(provider("eu-west-1"), key, key, balancer))).toMatchObject({
        changes: [{ item: "Keys", before: 1, after: 2 }],
        missing: ["Load balancer"],
    });
});

test.each([
    [provider("mars"), "aws:region mars has no prices, only us-east-1 and eu-west-1 have"],
    [instance, "the plan has no AWS provider with a region"],
])("an error of the estimate leaves the difference open: %j", (node, reason) => {
    expect(compareCosts(planOf(), planOf(node))).toEqual({ unknown: expect.stringContaining(reason) });
});
