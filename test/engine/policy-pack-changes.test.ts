import { expect } from "@jest/globals";
import { violationsFromCheck, policyPackArgs, testPolicyPackOnNewStack } from "./support/policy-pack.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

for (const stack of ["staging", "prod"]) {
    testPolicyPackOnNewStack(stack);
}

scenario("the policy pack and `npm run check` agree on a changed setting, including what it replaces", 30, async () => {
    await project.ensureDeployed("dev");
    const inPlace = [{ path: ["waf", "requestsPer5Minutes"], value: 3000 }];
    await project.withChangedSettings("dev", inPlace, async () => {
        const { code, violations, steps } = await project.runOperation("preview", "dev", policyPackArgs(project));
        expect({ code, violations }).toEqual({ code: 0, violations: await violationsFromCheck(project, "dev") });
        expect(steps).not.toEqual([]);
    });
    await project.withChangedSettings("dev", [{ path: ["network", "cidr"], value: "10.1.0.0/16" }], async () => {
        const { code, violations } = await project.runOperation("preview", "dev", policyPackArgs(project));
        const expected = await violationsFromCheck(project, "dev");
        expect(expected).not.toEqual([]);
        expect(violations.toSorted()).toEqual(expected.toSorted());
        expect(code).not.toBe(0);
    });
});

scenario("a role, key or group other than in the stack's files stops a preview, which names both", 30, async () => {
    await project.ensureDeployed("dev");
    const other = Project.copy();
    try {
        other.edit("lib/compute/service.ts", (text) =>
            text.replace("executionRoleArn: execution,", "executionRoleArn: task,"),
        );
        other.edit("lib/payment-platform.ts", (text) =>
            text.replace(/messagingKeyArn: keyArn(?= \} = this\.shared;\s+return new Messaging)/, "dataKeyArn: keyArn"),
        );
        other.edit("lib/payment-platform.ts", (text) =>
            text.replace("this.securityGroupIds.cache", "this.securityGroupIds.database"),
        );
        const { code, violations } = await other.runOperation("preview", "dev", policyPackArgs(project));
        expect(code).not.toBe(0);
        for (const [input, planned, found] of [
            [
                "payment-api-dev: `executionRoleArn`",
                "arn of iam.Role payment-api-execution-dev",
                "arn of iam.Role payment-api-task-dev",
            ],
            [
                "payment-processing-dev: `kmsMasterKeyId`",
                "arn of kms.Key payment-messaging-dev",
                "arn of kms.Key payment-data-dev",
            ],
            [
                "payment-cache-dev: `securityGroupIds.*`",
                "id of ec2.SecurityGroup payment-cache-dev",
                "id of ec2.SecurityGroup payment-database-dev",
            ],
        ] as const) {
            expect(violations).toContainEqual(
                expect.stringContaining(`${input} must hold the ${planned}, and holds the ${found}`),
            );
        }
    } finally {
        other.remove();
    }
});
