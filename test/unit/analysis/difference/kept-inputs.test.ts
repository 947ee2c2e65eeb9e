import { expect, test } from "@jest/globals";
import { isOnlyLeftOut } from "../../../../analysis/difference/kept-inputs.ts";
import { pairNodes } from "../../../../analysis/difference/pairs.ts";
import { changedPairs } from "../../../../analysis/difference/replacements.ts";
import { typesWith } from "../../../../plan/catalogue/catalogue.ts";
import keptInputs from "../../../../plan/catalogue/kept-inputs.json" with { type: "json" };
import type { Value } from "../../../../plan/value.ts";
import { planTestStack } from "../../../stacks.ts";
import { changeInputs } from "../../checks/fault.ts";
import { leftOutInputs } from "../../settings/left-out-inputs.ts";

type Inputs = Record<string, Value>;

const cluster = "aws:rds/cluster:Cluster";
const instance = "aws:rds/clusterInstance:ClusterInstance";

async function leftOut(type: string, before: Inputs, after: Inputs): Promise<string[]> {
    const prod = await planTestStack("prod");
    // Values are laid over those of the plan: an input that is to be absent is set to nothing.
    const side = (inputs: Inputs) => {
        const plan = changeInputs(type, "", inputs)(prod);
        return {
            ...plan,
            nodes: plan.nodes.map((node) => ({
                ...node,
                inputs: Object.fromEntries(Object.entries(node.inputs).filter(([, value]) => value !== null)),
            })),
        };
    };
    return [...new Set(changedPairs(pairNodes(side(before), side(after))).flatMap(leftOutInputs))];
}

test.each<[title: string, type: string, before: Inputs, after: Inputs, found: string[]]>([
    [
        "an input that AWS keeps",
        cluster,
        { databaseInsightsMode: "advanced" },
        { databaseInsightsMode: null },
        ["databaseInsightsMode"],
    ],
    ["another value of it", cluster, { databaseInsightsMode: "advanced" }, { databaseInsightsMode: "standard" }, []],
    ["an input that is added", cluster, { databaseInsightsMode: null }, { databaseInsightsMode: "standard" }, []],
    ["an input that the provider resets", cluster, { backtrackWindow: 60 }, { backtrackWindow: null }, []],
    ["a member of a list", cluster, { vpcSecurityGroupIds: ["sg-1", "sg-2"] }, { vpcSecurityGroupIds: ["sg-1"] }, []],
    [
        "an input of a resource that is replaced",
        cluster,
        { databaseInsightsMode: "advanced", databaseName: "one" },
        { databaseInsightsMode: null, databaseName: "other" },
        [],
    ],
    [
        "an input that another one decides about",
        instance,
        { monitoringRoleArn: "arn:aws:iam::123456789012:role/x", monitoringInterval: 15 },
        { monitoringRoleArn: null, monitoringInterval: 0 },
        [],
    ],
    [
        "the same input, while the other one is left out, too",
        instance,
        { monitoringRoleArn: "arn:aws:iam::123456789012:role/x", monitoringInterval: 15 },
        { monitoringRoleArn: null, monitoringInterval: null },
        ["monitoringRoleArn"],
    ],
])("left out: %s", async (_, type, before, after, found) => {
    expect(await leftOut(type, before, after)).toEqual(found);
});

test("a whole block, and a value within one, are kept", () => {
    const change = (path: string) => ({ path, before: 1, after: undefined });
    const type = "aws:lb/targetGroup:TargetGroup";
    expect(isOnlyLeftOut(type, change("stickiness"))).toBe(true);
    expect(isOnlyLeftOut(type, change("healthCheck.matcher"))).toBe(true);
    expect(isOnlyLeftOut(type, change("port"))).toBe(false);
    expect(isOnlyLeftOut("aws:dynamodb/table:Table", change("globalSecondaryIndexes[0].readCapacity"))).toBe(true);
});

test("what does not replace a resource when it is removed is in the list, but for two that have a condition", () => {
    const pathsByType: Readonly<Record<string, readonly string[]>> = keptInputs.inputs;
    const rows = typesWith("forceNew").flatMap(([type, { keptWhenRemoved = [] }]) =>
        keptWhenRemoved.map((input) => [type, input] as const),
    );
    expect(rows.length).toBeGreaterThan(20);
    expect(
        rows.filter(([type, input]) => pathsByType[type]?.includes(input) !== true).map(([, input]) => input),
    ).toEqual(["restoreSourceName", "restoreSourceTableArn", "snapshotIdentifier"]);
});
