import { expect, test } from "@jest/globals";
import { accessOf } from "../../../../analysis/iam/policies.ts";
import { elsewhere, unowned } from "../../../../analysis/iam/actions-without-resource.ts";
import { managed, managedOf } from "../../../../analysis/iam/managed-policies.ts";
import { all, text } from "../../../../plan/query.ts";
import { onAll, rowsFor } from "../../../../checks/rules/access-roles.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { planOf } from "../../../stacks.ts";
import { stackConfig, withSettings } from "../../settings/stack-config.ts";
import { planOfConfig } from "../../checks/planned.ts";

/** Committed stacks, and one with the shell, the agent and the recorder that none of them has. */
async function plans(): Promise<Plan[]> {
    const config = withSettings(stackConfig("dev"), {
        "compute.execCommand": true,
        accountServices: { apiGatewayRole: "create", guardDuty: "create", config: "create" },
    });
    // One after the other: Pulumi runs one program at a time.
    return [await planOf("dev"), await planOf("staging"), await planOf("prod"), await planOfConfig(config)];
}

test("every row of the ledger is used", async () => {
    const used = (await plans()).flatMap((plan) =>
        onAll(plan).flatMap((statement) => rowsFor(statement, accessOf(plan).account)),
    );
    expect([...new Set(used)].toSorted()).toEqual(Object.keys({ ...elsewhere, ...unowned }).toSorted());
});

test("every policy of AWS's that is known is attached somewhere", async () => {
    const attached = (await plans()).flatMap((plan) =>
        all(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").map((node) => managedOf(text(node, "policyArn"))[0]),
    );
    expect([...new Set(attached)].toSorted()).toEqual(Object.keys(managed).toSorted());
});

test.each(Object.entries({ ...elsewhere, ...unowned, ...managed }))("%s has a reason and AWS's page", (_, row) => {
    expect(row.why).not.toBe("");
    expect(row.source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
});

test("the policies of AWS's name the partition that they stand in", () => {
    const [, policy] = managedOf("arn:aws-us-gov:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole");
    expect(policy?.statements("aws-us-gov").map(({ Resource }) => Resource)).toEqual([
        "arn:aws-us-gov:logs:*:*:log-group:RDS*",
        "arn:aws-us-gov:logs:*:*:log-group:RDS*:log-stream:*",
    ]);
});
