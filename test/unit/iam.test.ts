import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { allowService, arn, denyInsecureTransport, grantRole, policyJson, trustPolicy } from "../../lib/iam.ts";
import { inputsOf, findNode, planComponent } from "../recorder.ts";
import { parseJsonValue, testScope, exposeStatements, exposeValue, policyStatements } from "./fixtures.ts";

const china = () => testScope({ region: "cn-north-1", partition: pulumi.output("aws-cn") });
const shown = async (value: () => pulumi.Input<string>) =>
    findNode(await planComponent(() => exposeValue("shown", value())), "shown").inputs.value;
const statement = async (build: () => Parameters<typeof exposeStatements>[1][number]) =>
    policyStatements(findNode(await planComponent(() => exposeStatements("shown", [build()])), "shown"));

test("a role is assumed by one service, for the given resources of the account", async () => {
    const document = await shown(() =>
        trustPolicy(testScope(), "ecs-tasks.amazonaws.com", { service: "ecs", resource: "*" }),
    );
    expect(parseJsonValue(document)).toEqual({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { Service: "ecs-tasks.amazonaws.com" },
                Action: "sts:AssumeRole",
                Condition: {
                    StringEquals: { "aws:SourceAccount": "123456789012" },
                    ArnLike: { "aws:SourceArn": "arn:aws:ecs:eu-west-1:123456789012:*" },
                },
            },
        ],
    });
});

test("a role for a service without a resource is still for this account only", async () => {
    expect(parseJsonValue(await shown(() => trustPolicy(testScope(), "x.amazonaws.com")))).toMatchObject({
        Statement: [{ Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }],
    });
});

test("ARNs have the partition of the region", async () => {
    expect(await shown(() => arn(china(), "logs", "log-group:a"))).toBe(
        "arn:aws-cn:logs:cn-north-1:123456789012:log-group:a",
    );
});

test("a service without a source acts for any resource of this account, and of no other", async () => {
    expect(await statement(() => allowService(testScope(), "sns.amazonaws.com", ["a:B"], "*"))).toEqual([
        {
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: ["a:B"],
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
    ]);
});

test("a service with a source acts for that alone", async () => {
    const source = "arn:aws:events:eu-west-1:123456789012:rule/x-*";
    expect(
        await statement(() => allowService(testScope(), "events.amazonaws.com", "sns:Publish", "t", source)),
    ).toEqual([
        {
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sns:Publish",
            Resource: "t",
            Condition: { ArnLike: { "aws:SourceArn": source } },
        },
    ]);
});

test("plain HTTP is denied to everyone", async () => {
    expect(await statement(() => denyInsecureTransport("s3:*", ["a", pulumi.output("a/*")]))).toEqual([
        {
            Sid: "DenyInsecureTransport",
            Effect: "Deny",
            Principal: { AWS: "*" },
            Action: "s3:*",
            Resource: ["a", "a/*"],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
    ]);
});

test("a policy keeps its statements in their order", async () => {
    const allow = (Action: string) => ({ Effect: "Allow", Action, Resource: "r" }) as const;
    expect(parseJsonValue(await shown(() => policyJson([allow("b:B"), allow("a:A")])))).toEqual({
        Version: "2012-10-17",
        Statement: [allow("b:B"), allow("a:A")],
    });
});

const boundary = "arn:aws:iam::123456789012:policy/boundary";
const granted = (changes: Partial<Parameters<typeof grantRole>[1]>) =>
    planComponent(() =>
        exposeValue(
            "ready",
            grantRole("role", { scope: testScope(), description: "d", assumeRolePolicy: "{}", ...changes }, {}),
        ),
    );

test("a role is published once each of its policies exists", async () => {
    const statements = [{ Effect: "Allow", Action: "a:A", Resource: "r" }] as const;
    const plan = await granted({ statements, managedPolicy: "AWS_ConfigRole" });
    expect(inputsOf(plan, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")).toMatchObject([
        { policyArn: "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole" },
    ]);
    const types = findNode(plan, "ready").dependencies.map((urn) => urn.split("::")[2]);
    expect(types.sort()).toEqual([
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ]);
});

test("a role without permissions has no policy, which IAM would refuse", async () => {
    const plan = await granted({ statements: [] });
    expect(plan.nodes.filter(({ type }) => type.includes("RolePolic"))).toEqual([]);
});

test("a role has the permissions boundary of its stack", async () => {
    const [bounded] = inputsOf(
        await granted({ scope: testScope({ permissionsBoundaryArn: boundary }) }),
        "aws:iam/role:Role",
    );
    expect(bounded).toMatchObject({ permissionsBoundary: boundary });
    const [free] = inputsOf(await granted({}), "aws:iam/role:Role");
    expect(free).not.toHaveProperty("permissionsBoundary");
});
