import { expect, test } from "@jest/globals";
import { accountPoliciesOf } from "../../../../analysis/iam/policies.ts";
import { wildcardExemptions, actionsWithoutResource } from "../../../../analysis/iam/actions-without-resource.ts";
import { managedPolicies, managedPolicyOf } from "../../../../analysis/iam/managed-policies.ts";
import { toArray } from "../../../../analysis/iam/statements.ts";
import { resourcesOfType, inputText } from "../../../../plan/query.ts";
import { statementsOnAllResources, wildcardExemptionsFor } from "../../../../checks/rules/access-roles.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { planOfConfig } from "../../checks/config-plans.ts";

/** Stacks of the tests, and one with the shell, the agent and the recorder that none of them has. */
async function plans(): Promise<Plan[]> {
    const config = withSettings(readStackConfig("dev"), {
        "compute.execCommand": true,
        accountServices: { apiGatewayRole: "create", guardDuty: "create", config: "create" },
    });
    // One after the other: Pulumi runs one program at a time.
    return [
        await planTestStack("dev"),
        await planTestStack("staging"),
        await planTestStack("prod"),
        await planOfConfig(config),
    ];
}

test("every row of the ledger is used", async () => {
    const used = (await plans()).flatMap((plan) =>
        statementsOnAllResources(plan).flatMap((statement) =>
            wildcardExemptionsFor(statement, accountPoliciesOf(plan).account),
        ),
    );
    expect([...new Set(used)].toSorted()).toEqual(
        Object.keys({ ...wildcardExemptions, ...actionsWithoutResource }).toSorted(),
    );
});

test("every listed managed policy of AWS is attached to a role", async () => {
    const attached = (await plans()).flatMap((plan) =>
        resourcesOfType(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").map(
            (node) => managedPolicyOf(inputText(node, "policyArn"))[0],
        ),
    );
    expect([...new Set(attached)].toSorted()).toEqual(Object.keys(managedPolicies).toSorted());
});

test.each(Object.entries({ ...wildcardExemptions, ...actionsWithoutResource, ...managedPolicies }))(
    "%s has a reason and AWS's page",
    (_, row) => {
        expect(row.why).not.toBe("");
        expect(row.source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
    },
);

test("each statement of a managed policy of AWS names its resources", () => {
    const resources = Object.values(managedPolicies).flatMap(({ statements }) =>
        statements("aws").flatMap(({ Resource }) => toArray(Resource)),
    );
    expect(resources.filter((each) => !/^(\*|arn:aws:.+)$/.test(each))).toEqual([]);
});

test("the managed policies of AWS contain the partition of the plan", () => {
    const [, policy] = managedPolicyOf("arn:aws-us-gov:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole");
    expect(policy?.statements("aws-us-gov").map(({ Resource }) => Resource)).toEqual([
        "arn:aws-us-gov:logs:*:*:log-group:RDS*",
        "arn:aws-us-gov:logs:*:*:log-group:RDS*:log-stream:*",
    ]);
});
