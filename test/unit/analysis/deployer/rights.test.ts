import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { plannedTypes } from "../../../../analysis/deployer/policies.ts";
import type { PolicyDocument, PolicyStatement } from "../../../../analysis/deployer/document.ts";
import { uniqueSorted } from "../../../../analysis/deployer/placeholder-values.ts";
import { toText } from "../../../../plan/query.ts";
import { nodesOf } from "../../../recorder.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { accountId } from "../../fixtures.ts";
import {
    actionsIn,
    boundaryArn,
    configBounded,
    deployStatements,
    arnInRegion,
    emptyingActions,
    generateDeployerPolicies,
    isAllowed,
    isDenied,
    statementsOfDocuments,
    withoutWildcardResources,
    stackLocation,
    planOfSuffix,
    roleArn,
    testSuffixes,
    requestWithTag,
    allowsAnyActionOn,
    writeStatements,
    type ConditionKeyValues,
} from "./fixtures.ts";

test("roles are passed to the services that their trust names, and to no other", async () => {
    const statements = await deployStatements("prod");
    const pass = (service: string, name = "payment-api-task-prod-0123456") =>
        isAllowed(statements, "iam:PassRole", roleArn(name), { "iam:PassedToService": service });
    expect(pass("ecs-tasks.amazonaws.com")).toBe(true);
    expect(pass("lambda.amazonaws.com")).toBe(true);
    expect(pass("ec2.amazonaws.com")).toBe(false);
    expect(pass("lambda.amazonaws.com", "payment-api-task-dev-0123456")).toBe(false);
    expect(pass("lambda.amazonaws.com", "admin")).toBe(false);
});

test("only the planned policies are attached, to the stack's roles", async () => {
    const statements = await deployStatements("prod");
    const attach = (policyArn: string) =>
        isAllowed(statements, "iam:AttachRolePolicy", roleArn("payment-database-monitoring-prod-0123456"), {
            "iam:PolicyARN": policyArn,
        });
    expect(attach("arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole")).toBe(true);
    expect(attach("arn:aws:iam::aws:policy/AdministratorAccess")).toBe(false);
});

test("service-linked roles are made for the services in the plan only", async () => {
    const link = (statements: readonly PolicyStatement[], service: string) =>
        isAllowed(statements, "iam:CreateServiceLinkedRole", roleArn(`aws-service-role/${service}/AWSServiceRole`), {
            "iam:AWSServiceName": service,
        });
    const [prod, all] = [await deployStatements("prod"), await deployStatements("pr-7")];
    expect([prod, all].map((one) => link(one, "rds.amazonaws.com"))).toEqual([true, true]);
    expect([prod, all].map((one) => link(one, "guardduty.amazonaws.com"))).toEqual([false, true]);
    expect([prod, all].map((one) => link(one, "organizations.amazonaws.com"))).toEqual([false, false]);
});

test("records change by their planned names, and not without one", async () => {
    const key = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
    const statements = await deployStatements("prod");
    const change = (context: ConditionKeyValues) =>
        isAllowed(statements, "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z123", context);
    expect(change({ [key]: "payments.example.com" })).toBe(true);
    // ACM chooses the first label of the record that proves the domain.
    expect(change({ [key]: `_${"0".repeat(32)}.payments.example.com` })).toBe(true);
    expect(change({ [key]: "example.com" })).toBe(false);
    expect(change({ [key]: "_dmarc.payments.example.com" })).toBe(false);
    expect(change({})).toBe(false);
});

test("a VPC, a key and a certificate are created with the stack's tag, and those of other stacks cannot be claimed", async () => {
    const statements = await deployStatements("prod");
    const vpc = arnInRegion("ec2", "vpc/vpc-1");
    const made = (suffix: string) => ({ "aws:RequestTag/EnvironmentSuffix": suffix });
    expect(isAllowed(statements, "ec2:CreateVpc", vpc, made("prod"))).toBe(true);
    expect(isAllowed(statements, "ec2:CreateVpc", vpc, made("dev"))).toBe(false);
    expect(isAllowed(statements, "ec2:CreateVpc", vpc)).toBe(false);
    expect(isAllowed(statements, "kms:CreateKey", "*", made("prod"))).toBe(true);
    expect(isAllowed(statements, "kms:CreateKey", "*")).toBe(false);
    for (const [action, arn] of [
        ["ec2:CreateTags", arnInRegion("ec2", "security-group/sg-1")],
        ["kms:TagResource", arnInRegion("kms", "key/1")],
        ["acm:AddTagsToCertificate", arnInRegion("acm", "certificate/1")],
    ] as const) {
        expect([action, isAllowed(statements, action, arn, made("prod"))]).toEqual([action, true]);
        expect([action, isAllowed(statements, action, arn, { ...made("prod"), ...requestWithTag("dev") })]).toEqual([
            action,
            false,
        ]);
    }
    // An existing VPC cannot be claimed, tagged or not.
    expect(isAllowed(statements, "ec2:CreateTags", vpc, made("prod"))).toBe(false);
    expect(isAllowed(statements, "ec2:CreateTags", vpc, { ...made("prod"), "ec2:CreateAction": "CreateVpc" })).toBe(
        true,
    );
});

test("composite alarms are set with the scope that AWS demands, and only the stack's own are deleted", async () => {
    const statements = await deployStatements("prod");
    expect(isAllowed(statements, "cloudwatch:PutCompositeAlarm", "*")).toBe(true);
    const remove = (stack: string) =>
        isAllowed(
            statements,
            "cloudwatch:DeleteAlarms",
            arnInRegion("cloudwatch", `alarm:payment-slo-burning-fast-${stack}`),
        );
    expect([remove("prod"), remove("dev")]).toEqual([true, false]);
});

test("keys are used through the services that encrypt with them", async () => {
    const statements = await deployStatements("prod");
    const use = (service: string, suffix = "prod") =>
        isAllowed(statements, "kms:GenerateDataKey", arnInRegion("kms", "key/1"), {
            ...requestWithTag(suffix),
            "kms:ViaService": `${service}.us-east-1.amazonaws.com`,
        });
    const services = ["cloudtrail", "rds", "scheduler", "secretsmanager"];
    expect(services.filter((service) => use(service))).toEqual(services);
    expect([use("ec2"), use("rds", "dev")]).toEqual([false, false]);
    expect(
        isAllowed(statements, "kms:CreateGrant", arnInRegion("kms", "key/1"), {
            ...requestWithTag("prod"),
            "kms:GrantIsForAWSResource": "false",
        }),
    ).toBe(false);
});

test("with a boundary no role is made, or given rights, without it, and none loses it", async () => {
    const statements = await deployStatements("prod", stackLocation("prod", { boundary: boundaryArn }));
    const name = roleArn("payment-api-task-prod-0123456");
    const attached = { "iam:PolicyARN": "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole" };
    for (const action of [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
    ]) {
        const within = (policy?: string) =>
            isAllowed(statements, action, name, { ...attached, ...(policy && { "iam:PermissionsBoundary": policy }) });
        expect([action, within(boundaryArn), within(`${boundaryArn}-2`), within()]).toEqual([
            action,
            true,
            false,
            false,
        ]);
    }
    expect(actionsIn(statements)).not.toContain("iam:DeleteRolePermissionsBoundary");
});

test("without a boundary roles are made all the same, and none is put on", async () => {
    const statements = await deployStatements("prod");
    expect(isAllowed(statements, "iam:CreateRole", roleArn("payment-api-task-prod-0123456"))).toBe(true);
    expect(actionsIn(statements)).not.toContain("iam:PutRolePermissionsBoundary");
});

test("the migration and the reconciliations of the stack can be started in its cluster, and their logs read; nothing else can", async () => {
    const statements = await deployStatements("prod");
    const start = (family: string, cluster = "payment-cluster-prod") =>
        isAllowed(statements, "ecs:RunTask", arnInRegion("ecs", `task-definition/${family}:7`), {
            "ecs:cluster": arnInRegion("ecs", `cluster/${cluster}`),
        });
    const read = (group: string) =>
        isAllowed(statements, "logs:GetLogEvents", arnInRegion("logs", `log-group:/ecs/${group}:log-stream:a/a/1`));
    for (const task of ["payment-migration", "payment-payment-reconciliation"]) {
        expect([task, start(`${task}-prod`), read(`${task}-prod`)]).toEqual([task, true, true]);
        expect([task, start(`${task}-dev`), read(`${task}-dev`)]).toEqual([task, false, false]);
        expect([task, start(`${task}-prod`, "payment-cluster-dev")]).toEqual([task, false]);
    }
    expect([start("payment-payment-prod"), read("payment-payment-prod")]).toEqual([false, false]);
});

/** Physical names in the template, with its placeholders filled in. */
function bootstrapArns(stack: string): string[] {
    const { Resources } = parse(readFileSync("bootstrap/github.yaml", "utf8")) as {
        Resources: Record<string, { Properties: Record<string, { "Fn::Sub"?: string }> }>;
    };
    const filled = (property: string) =>
        Object.values(Resources).flatMap(({ Properties }) => {
            const name = Properties[property]?.["Fn::Sub"];
            return name === undefined
                ? []
                : [
                      name
                          .replace("${Stack}", stack)
                          .replace("${AWS::AccountId}", accountId)
                          .replace("${AWS::Region}", "us-east-1"),
                  ];
        });
    return [
        ...filled("RoleName").map(roleArn),
        ...filled("BucketName").flatMap((name) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/state.json`]),
        ...filled("AliasName").map((name) => arnInRegion("kms", name)),
    ];
}

test.each(testSuffixes)(
    "the deployer of %s may change neither its own role nor the state with these policies",
    async (suffix) => {
        const plan = await planOfSuffix(suffix);
        const statements = withoutWildcardResources(writeStatements(plan, suffix, plannedTypes(plan)));
        const arns = testSuffixes.flatMap(bootstrapArns);
        expect(arns).toHaveLength(6 * testSuffixes.length);
        expect(
            arns.filter((arn) => statements.some((one) => allowsAnyActionOn(one, arn, requestWithTag(suffix)))),
        ).toEqual([]);
    },
);

test("the key of the state cannot be claimed: its tag names the owner", async () => {
    const { Resources } = parse(readFileSync("bootstrap/github.yaml", "utf8")) as {
        Resources: { StateKey: { Properties: { Tags: { Key: string; Value: string }[] } } };
    };
    const [{ Key, Value }] = Resources.StateKey.Properties.Tags as [{ Key: string; Value: string }];
    const statements = await deployStatements("prod");
    const key = arnInRegion("kms", "key/1");
    const context = { [`aws:ResourceTag/${Key}`]: Value, "aws:RequestTag/EnvironmentSuffix": "prod" };
    const used = actionsIn(statements).filter(
        (action) => action.startsWith("kms:") && isAllowed(statements, action, key, context),
    );
    expect(used.filter((action) => !["kms:CreateKey", "kms:ListAliases", "kms:ListKeys"].includes(action))).toEqual([]);
});

const bucketArn = (noun: string, suffix: string) => `arn:aws:s3:::payment-${noun}-${suffix}-${accountId}`;

test("a deployer may empty the buckets of an unprotected stack, but none whose objects Object Lock keeps", async () => {
    const mayEmpty = async (noun: string, suffix: string, config?: typeof configBounded) => {
        const plan = config === undefined ? await planOfSuffix(suffix) : await planOfConfig(config);
        const statements = statementsOfDocuments(generateDeployerPolicies(plan, stackLocation(suffix)).deploy);
        const one = `${bucketArn(noun, suffix)}/one`;
        return ["s3:DeleteObject", "s3:DeleteObjectVersion"].every(
            (action) => isAllowed(statements, action, one) && !isDenied(statements, action, one),
        );
    };
    expect([await mayEmpty("access-logs", "prod"), await mayEmpty("audit", "prod")]).toEqual([true, false]);
    // Object Lock without a default retention: an operator locks single objects, and `destroy` of the stack lifts that.
    expect([await mayEmpty("access-logs", "dev"), await mayEmpty("audit", "dev")]).toEqual([true, true]);
    expect([
        await mayEmpty("access-logs", "pr-7", configBounded),
        await mayEmpty("audit", "pr-7", configBounded),
    ]).toEqual([false, false]);
});

test("neither deployer nor preview may delete or unlock a locked record, also where the bucket's policy allows it", async () => {
    for (const suffix of ["staging", "prod", "pr-7"]) {
        const plan = await planOfSuffix(suffix);
        const locked = nodesOf(plan, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration");
        expect(locked).toHaveLength(1);
        const { preview, deploy } = generateDeployerPolicies(plan, stackLocation(suffix));
        for (const statements of [preview, deploy].map(statementsOfDocuments)) {
            for (const { inputs } of locked) {
                const one = `arn:aws:s3:::${toText(inputs.bucket)}/one`;
                expect(emptyingActions.filter((action) => !isDenied(statements, action, one))).toEqual([]);
            }
            // An update sets the default retention.
            expect(isDenied(statements, "s3:PutBucketObjectLockConfiguration", bucketArn("audit", suffix))).toBe(false);
        }
    }
});

test("preview and deployer read the values that the program sets, and no credential for an acquirer", async () => {
    for (const suffix of testSuffixes) {
        const plan = await planOfSuffix(suffix);
        const versions = nodesOf(plan, "aws:secretsmanager/secretVersion:SecretVersion");
        const set = new Set(versions.map(({ inputs }) => inputs.secretId));
        const { preview, deploy } = generateDeployerPolicies(plan, stackLocation(suffix));
        const secrets = nodesOf(plan, "aws:secretsmanager/secret:Secret");
        expect(secrets.length).toBeGreaterThan(1);
        const reads = (statements: readonly PolicyStatement[]) =>
            secrets.map(({ name, outputs }) => [
                name,
                isAllowed(statements, "secretsmanager:GetSecretValue", toText(outputs.arn)),
            ]);
        const expected = secrets.map(({ name, id }) => [name, set.has(id)]);
        expect(reads(statementsOfDocuments(preview))).toEqual(expected);
        expect(reads(statementsOfDocuments(deploy))).toEqual(expected);
    }
});

test("neither deployer nor preview may give another value to a credential for an acquirer, or say who reads it", async () => {
    const plan = await planOfSuffix("pr-7");
    const secretNamed = (noun: string) =>
        toText(
            nodesOf(plan, "aws:secretsmanager/secret:Secret").find(({ name }) => name === `payment-${noun}-pr-7`)
                ?.outputs.arn,
        );
    const { preview, deploy } = generateDeployerPolicies(plan, stackLocation("pr-7"));
    const allowedOn = (documents: readonly PolicyDocument[], arn: string) => {
        const statements = statementsOfDocuments(documents);
        return uniqueSorted(actionsIn(statements))
            .filter((action) => action.startsWith("secretsmanager:") && isAllowed(statements, action, arn))
            .map((action) => action.replace("secretsmanager:", ""));
    };
    const acquirer = secretNamed("payment-acquirer");
    const reads = ["DescribeSecret", "GetResourcePolicy", "ListSecretVersionIds"];
    expect(allowedOn(preview, acquirer)).toEqual(reads);
    expect(allowedOn(deploy, acquirer)).toEqual(
        [...reads, "CreateSecret", "DeleteSecret", "ListSecrets", "TagResource", "UntagResource"].sort(),
    );
    // Those of a secret whose value the program sets.
    expect(allowedOn(deploy, secretNamed("cache-token"))).toEqual(
        expect.arrayContaining(["GetSecretValue", "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"]),
    );
});
