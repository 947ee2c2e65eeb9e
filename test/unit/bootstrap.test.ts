import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import { getPath } from "../../plan/query.ts";

const template = z
    .object({ Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() }).loose()) })
    .loose()
    .parse(parse(readFileSync("bootstrap/github.yaml", "utf8")));
const resources = Object.values(template.Resources);
const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
const first = (list: unknown): unknown => (Array.isArray(list) ? (list as unknown[])[0] : undefined);

test("GitHub's jobs may assume the roles only from the stack's environment and branch, with a token for AWS", () => {
    const trusts = ofType("AWS::IAM::Role").map(({ Properties }) =>
        first(getPath(Properties, "AssumeRolePolicyDocument.Statement")),
    );
    const issuer = "token.actions.githubusercontent.com";
    const demanded = trusts.map((trust) => {
        const conditions = getPath(trust, "Condition.StringEquals") as Record<string, unknown>;
        const [condition, branch] = getPath(conditions[`${issuer}:ref`], "Fn::If") as unknown[];
        return [
            conditions[`${issuer}:aud`],
            getPath(conditions[`${issuer}:sub`], "Fn::Sub"),
            condition,
            getPath(branch, "Fn::Sub"),
        ];
    });
    const onBranch = ["ComparesBranch", "refs/heads/${Branch}"];
    expect(demanded).toEqual([
        ["sts.amazonaws.com", "repo:${Repository}:environment:${Stack}", ...onBranch],
        ["sts.amazonaws.com", "repo:${Repository}:environment:${Stack}-drift", ...onBranch],
        ["sts.amazonaws.com", "repo:${Repository}:environment:${Stack}", ...onBranch],
    ]);
    expect(getPath(template, "Parameters.Branch.Default")).toBe("main");
});

test("the repository has its name with IDs, as new ones have it in GitHub's tokens, or without", () => {
    const allowed = new RegExp(`^${String(getPath(template, "Parameters.Repository.AllowedPattern"))}$`);
    const isAllowed = (repository: string) => allowed.test(repository);
    expect(["octo-org@123456/octo-repo@456789", "octo-org/octo.repo_1"].filter((each) => !isAllowed(each))).toEqual([]);
    // `*` and `:` would name other repositories, or no environment.
    const refused = ["octo-org", "octo-org@123456/octo-repo", "octo-org/octo-repo@456789", "octo-org@a/octo-repo@1"];
    const wide = ["octo-org/*", "octo-org@123456/*", "octo-org/octo-repo:ref", "repo:octo-org/octo-repo"];
    expect([...refused, ...wide].filter(isAllowed)).toEqual([]);
});

const { TestAccess: testAccess, VerifyAccess: verifyAccess } = template.Resources;
const actionsOf = (policy: unknown): string[] =>
    (getPath(policy, "Properties.PolicyDocument.Statement") as { Action: string | string[] }[]).flatMap(
        ({ Action }) => Action,
    );
const testActions = actionsOf(testAccess);

test("the role that verifies a deployment can change nothing", () => {
    expect(testActions.length).toBeGreaterThan(3);
    const actions = [...testActions, ...actionsOf(verifyAccess)];
    expect(actions.filter((action) => !/:(Get|GET$|Query|Filter|Decrypt)/.test(action))).toEqual([]);
});

test("it reads merchants' keys and records of payments only where the stack's tests make payments, which is not the default", () => {
    expect(getPath(testAccess, "Condition")).toBe("MakesTestPayments");
    expect(getPath(template, "Conditions.MakesTestPayments")).toEqual({
        "Fn::Equals": [{ Ref: "TestPayments" }, "true"],
    });
    expect(getPath(template, "Parameters.TestPayments.Default")).toBe("false");
    expect(testActions).toContain("secretsmanager:GetSecretValue");
    const unconditional = resources.filter(
        (resource) =>
            getPath(resource, "Condition") === undefined && JSON.stringify(resource).includes("GetSecretValue"),
    );
    expect(unconditional).toEqual([]);
    const own = ofType("AWS::IAM::Role").map(({ Properties }) => getPath(Properties, "Policies"));
    expect(own).toEqual([undefined, undefined, undefined]);
});

test("the role that looks for drift reads the state, and cannot change it", () => {
    const [reading] = ofType("AWS::IAM::Policy")
        .filter(({ Properties }) => getPath(Properties, "Roles.0.Ref") === "PreviewRole")
        .map(({ Properties }) => Properties);
    const statements = getPath(reading, "PolicyDocument.Statement") as { Action: string | string[] }[];
    expect(statements.flatMap(({ Action }) => Action)).toEqual([
        "s3:ListBucket",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "kms:Decrypt",
    ]);
});

test("the state is encrypted, versioned, private and accessible over TLS only", () => {
    const [bucket] = ofType("AWS::S3::Bucket").map(({ Properties }) => Properties);
    const [policy] = ofType("AWS::S3::BucketPolicy").map(({ Properties }) => Properties);
    expect(bucket).toMatchObject({
        BucketEncryption: {
            ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }],
        },
        VersioningConfiguration: { Status: "Enabled" },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    });
    expect(first(getPath(policy, "PolicyDocument.Statement"))).toMatchObject({
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "s3:*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
});

test("deleting the template's stack deletes neither state nor key", () => {
    const kept = Object.values(template.Resources).filter(({ Type }) =>
        ["AWS::S3::Bucket", "AWS::KMS::Key"].includes(Type),
    );
    expect(kept.map((resource) => getPath(resource, "DeletionPolicy"))).toEqual(["Retain", "Retain"]);
});

test("no resource here has a name that the deployer may change", () => {
    const names = resources.flatMap(({ Properties }) =>
        ["RoleName", "BucketName", "AliasName"].flatMap((property) => {
            const name = getPath(Properties, `${property}.Fn::Sub`);
            return typeof name === "string" ? [name] : [];
        }),
    );
    expect(names).toEqual([
        "pulumi-deploy-${Stack}",
        "pulumi-preview-${Stack}",
        "pulumi-verify-${Stack}",
        "alias/pulumi-state-${Stack}",
        "pulumi-state-${Stack}-${AWS::AccountId}-${AWS::Region}",
    ]);
});

test("the generated policies alone fill the quota of a role: access to the state is no managed policy", () => {
    expect(ofType("AWS::IAM::ManagedPolicy")).toEqual([]);
    const roles = ofType("AWS::IAM::Policy").map(({ Properties }) => getPath(Properties, "Roles"));
    const onRoles = ["VerifyRole", "VerifyRole", "DeployRole", "PreviewRole"].map((Ref) => [{ Ref }]);
    expect(roles).toEqual(onRoles);
});
