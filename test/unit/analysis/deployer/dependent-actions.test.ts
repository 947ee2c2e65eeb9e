import { expect, test } from "@jest/globals";
import { dependentActions, missingDependentActions } from "../../../../analysis/deployer/dependent-actions.ts";
import { allowedActions, deployerGrantsOf } from "../../../../analysis/deployer/policies.ts";
import { typesWith } from "../../../../plan/catalogue/catalogue.ts";
import { parseActions } from "../../../../plan/catalogue/deployer-grant.ts";
import { arnInRegion, deployStatements, isAllowed, testSuffixes, planOfSuffix } from "./fixtures.ts";

const actionsFor = async (suffix: string): Promise<Set<string>> =>
    allowedActions(deployerGrantsOf(await planOfSuffix(suffix)));

test.each(testSuffixes)("the deployer of %s may do what AWS does with its rights during its calls", async (suffix) => {
    const allowed = await actionsFor(suffix);
    expect(allowed.size).toBeGreaterThan(300);
    expect(missingDependentActions(allowed)).toEqual([]);
});

test("an action that a call depends on is missed by name, with its source", () => {
    expect(missingDependentActions(new Set(["scheduler:DeleteScheduleGroup"]))).toEqual([
        {
            call: "scheduler:DeleteScheduleGroup",
            action: "scheduler:DeleteSchedule",
            source: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html",
        },
    ]);
});

test("each row is about calls that a deployer makes, and has a source", () => {
    const granted = new Set(typesWith("grants").flatMap(([, grants]) => grants.flatMap(({ actions }) => actions)));
    const calls = dependentActions.flatMap((row) => parseActions(row.calls));
    expect(calls.length).toBeGreaterThan(60);
    expect(calls.filter((call) => !granted.has(call))).toEqual([]);
    expect(dependentActions.filter(({ source }) => !source.startsWith("https://"))).toEqual([]);
});

test("dependent actions reach the stack's network alone", async () => {
    const statements = await deployStatements("prod");
    const tagged = (suffix: string) => ({ "aws:ResourceTag/EnvironmentSuffix": suffix });
    for (const [action, path] of [
        ["ec2:GetSecurityGroupsForVpc", "vpc/vpc-1"],
        ["ec2:CreateNetworkInterface", "subnet/subnet-1"],
        ["ec2:CreateNetworkInterface", "security-group/sg-1"],
    ] as const) {
        const may = (suffix: string) => isAllowed(statements, action, arnInRegion("ec2", path), tagged(suffix));
        expect([action, may("prod"), may("dev")]).toEqual([action, true, false]);
    }
});
