import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { plannedTypes } from "../../../../analysis/deployer/policies.ts";
import type { PolicyStatement } from "../../../../analysis/deployer/document.ts";
import { account } from "../../parts.ts";
import {
    actionsIn,
    boundary,
    deployOf,
    here,
    may,
    narrow,
    placeOf,
    planWith,
    role,
    suffixes,
    tagged,
    touches,
    writesOf,
    type Context,
} from "./parts.ts";

test("roles are passed to the services that their trust names, and to no other", async () => {
    const statements = await deployOf("prod");
    const pass = (service: string, name = "payment-api-task-prod-0123456") =>
        may(statements, "iam:PassRole", role(name), { "iam:PassedToService": service });
    expect(pass("ecs-tasks.amazonaws.com")).toBe(true);
    expect(pass("lambda.amazonaws.com")).toBe(true);
    expect(pass("ec2.amazonaws.com")).toBe(false);
    expect(pass("lambda.amazonaws.com", "payment-api-task-dev-0123456")).toBe(false);
    expect(pass("lambda.amazonaws.com", "admin")).toBe(false);
});

test("only the planned policies are attached, to the stack's roles", async () => {
    const statements = await deployOf("prod");
    const attach = (policyArn: string) =>
        may(statements, "iam:AttachRolePolicy", role("payment-database-monitoring-prod-0123456"), {
            "iam:PolicyARN": policyArn,
        });
    expect(attach("arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole")).toBe(true);
    expect(attach("arn:aws:iam::aws:policy/AdministratorAccess")).toBe(false);
});

test("service-linked roles are made for the services in the plan only", async () => {
    const link = (statements: readonly PolicyStatement[], service: string) =>
        may(statements, "iam:CreateServiceLinkedRole", role(`aws-service-role/${service}/AWSServiceRole`), {
            "iam:AWSServiceName": service,
        });
    const [prod, all] = [await deployOf("prod"), await deployOf("pr-7")];
    expect([prod, all].map((one) => link(one, "rds.amazonaws.com"))).toEqual([true, true]);
    expect([prod, all].map((one) => link(one, "guardduty.amazonaws.com"))).toEqual([false, true]);
    expect([prod, all].map((one) => link(one, "organizations.amazonaws.com"))).toEqual([false, false]);
});

test("records change by their planned names, and not without one", async () => {
    const key = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
    const statements = await deployOf("prod");
    const change = (context: Context) =>
        may(statements, "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z123", context);
    expect(change({ [key]: "payments.example.com" })).toBe(true);
    // ACM chooses the first label of the record that proves the domain.
    expect(change({ [key]: `_${"0".repeat(32)}.payments.example.com` })).toBe(true);
    expect(change({ [key]: "example.com" })).toBe(false);
    expect(change({ [key]: "_dmarc.payments.example.com" })).toBe(false);
    expect(change({})).toBe(false);
});

test("a VPC, a key and a certificate are made with the stack's tag, and nobody else's is claimed", async () => {
    const statements = await deployOf("prod");
    const vpc = here("ec2", "vpc/vpc-1");
    const made = (suffix: string) => ({ "aws:RequestTag/EnvironmentSuffix": suffix });
    expect(may(statements, "ec2:CreateVpc", vpc, made("prod"))).toBe(true);
    expect(may(statements, "ec2:CreateVpc", vpc, made("dev"))).toBe(false);
    expect(may(statements, "ec2:CreateVpc", vpc)).toBe(false);
    expect(may(statements, "kms:CreateKey", "*", made("prod"))).toBe(true);
    expect(may(statements, "kms:CreateKey", "*")).toBe(false);
    for (const [action, arn] of [
        ["ec2:CreateTags", here("ec2", "security-group/sg-1")],
        ["kms:TagResource", here("kms", "key/1")],
        ["acm:AddTagsToCertificate", here("acm", "certificate/1")],
    ] as const) {
        expect([action, may(statements, action, arn, made("prod"))]).toEqual([action, true]);
        expect([action, may(statements, action, arn, { ...made("prod"), ...tagged("dev") })]).toEqual([action, false]);
    }
    // A VPC that stands already is not claimed, tagged or not.
    expect(may(statements, "ec2:CreateTags", vpc, made("prod"))).toBe(false);
    expect(may(statements, "ec2:CreateTags", vpc, { ...made("prod"), "ec2:CreateAction": "CreateVpc" })).toBe(true);
});

test("keys are used through the services that encrypt with them", async () => {
    const statements = await deployOf("prod");
    const use = (service: string, suffix = "prod") =>
        may(statements, "kms:GenerateDataKey", here("kms", "key/1"), {
            ...tagged(suffix),
            "kms:ViaService": `${service}.us-east-1.amazonaws.com`,
        });
    expect(["rds", "secretsmanager", "scheduler"].map((service) => use(service))).toEqual([true, true, true]);
    expect([use("ec2"), use("rds", "dev")]).toEqual([false, false]);
    expect(
        may(statements, "kms:CreateGrant", here("kms", "key/1"), {
            ...tagged("prod"),
            "kms:GrantIsForAWSResource": "false",
        }),
    ).toBe(false);
});

test("with a boundary no role is made, or given rights, without it, and none loses it", async () => {
    const statements = await deployOf("prod", placeOf("prod", { boundary }));
    const name = role("payment-api-task-prod-0123456");
    const attached = { "iam:PolicyARN": "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole" };
    for (const action of [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
    ]) {
        const within = (policy?: string) =>
            may(statements, action, name, { ...attached, ...(policy && { "iam:PermissionsBoundary": policy }) });
        expect([action, within(boundary), within(`${boundary}-2`), within()]).toEqual([action, true, false, false]);
    }
    expect(actionsIn(statements)).not.toContain("iam:DeleteRolePermissionsBoundary");
});

test("without a boundary roles are made all the same, and none is put on", async () => {
    const statements = await deployOf("prod");
    expect(may(statements, "iam:CreateRole", role("payment-api-task-prod-0123456"))).toBe(true);
    expect(actionsIn(statements)).not.toContain("iam:PutRolePermissionsBoundary");
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
                          .replace("${AWS::AccountId}", account)
                          .replace("${AWS::Region}", "us-east-1"),
                  ];
        });
    return [
        ...filled("RoleName").map(role),
        ...filled("BucketName").flatMap((name) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/state.json`]),
        ...filled("AliasName").map((name) => here("kms", name)),
    ];
}

test.each(suffixes)(
    "whoever deploys %s may change neither his own role nor the state by these policies",
    async (suffix) => {
        const plan = await planWith(suffix);
        const statements = narrow(writesOf(plan, suffix, plannedTypes(plan)));
        const arns = suffixes.flatMap(bootstrapArns);
        expect(arns).toHaveLength(6 * suffixes.length);
        expect(arns.filter((arn) => statements.some((one) => touches(one, arn, tagged(suffix))))).toEqual([]);
    },
);

test("the key of the state is claimed by nobody: its tag says whose it is", async () => {
    const { Resources } = parse(readFileSync("bootstrap/github.yaml", "utf8")) as {
        Resources: { StateKey: { Properties: { Tags: { Key: string; Value: string }[] } } };
    };
    const [{ Key, Value }] = Resources.StateKey.Properties.Tags as [{ Key: string; Value: string }];
    const statements = await deployOf("prod");
    const key = here("kms", "key/1");
    const context = { [`aws:ResourceTag/${Key}`]: Value, "aws:RequestTag/EnvironmentSuffix": "prod" };
    const used = actionsIn(statements).filter(
        (action) => action.startsWith("kms:") && may(statements, action, key, context),
    );
    expect(used.filter((action) => !["kms:CreateKey", "kms:ListAliases", "kms:ListKeys"].includes(action))).toEqual([]);
});
