import { expect, test } from "@jest/globals";
import { actionsWithoutResource } from "../../analysis/iam/actions-without-resource.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { nodesOf } from "../recorder.ts";
import { planTestStack } from "../stacks.ts";
import { policyStatements, plainTextOf } from "./fixtures.ts";

const stacks = ["dev", "staging", "prod"];
const pairs = stacks.flatMap((one) => stacks.filter((other) => other !== one).map((other) => [one, other] as const));

/** What keeps data, or opens it. */
const stores = [
    "aws:dynamodb/table:Table",
    "aws:ecr/repository:Repository",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:kms/key:Key",
    "aws:rds/cluster:Cluster",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:sns/topic:Topic",
    "aws:sqs/queue:Queue",
];

/** A store by its ARN, and something in it. */
const arnsOf = (plan: Plan): string[] =>
    stores
        .flatMap((type) => nodesOf(plan, type))
        .map((node) => plainTextOf(node.outputs.arn))
        .flatMap((arn) => [arn, `${arn}/audit/2026/01/01/payment.json`, `${arn}/index/customer-index`]);

/** Databases let users in by the number of the cluster. */
const usersOf = (plan: Plan): string[] =>
    nodesOf(plan, "aws:rds/cluster:Cluster").map(
        ({ outputs }) =>
            `arn:aws:rds-db:us-east-1:123456789012:dbuser:${plainTextOf(outputs.clusterResourceId)}/payment_api`,
    );

const isGateway = ({ inputs }: PlanNode) => inputs.vpcEndpointType === "Gateway";

/** What identities may do, and what passes the endpoints that name stores; the others let each role's own rights decide. */
const policiesOf = (plan: Plan): PlanNode[] => [
    ...nodesOf(plan, "aws:iam/rolePolicy:RolePolicy"),
    ...nodesOf(plan, "aws:ec2/vpcEndpoint:VpcEndpoint").filter(isGateway),
];

const grantsOf = (plan: Plan) =>
    policiesOf(plan)
        .flatMap((node) => policyStatements(node).map((statement) => ({ name: node.name, ...statement })))
        .filter(({ Effect }) => Effect === "Allow");

/** Actions without a resource type read and write no store. */
const isStoreless = (action: unknown): boolean => String(action) in actionsWithoutResource;

/**
 * Written here once more on purpose: a mistake of the evaluator in `analysis/iam/` must not also hide from this test, which
 * proves that stacks are isolated. Unlike IAM, `*` spans the parts of an ARN here, so the test errs on the safe side.
 */
function matches(pattern: string, arn: string): boolean {
    const literal = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(arn);
}

test("a pattern matches what IAM's does", () => {
    expect(matches("arn:aws:s3:::payment-*-dev/*", "arn:aws:s3:::payment-audit-dev/x")).toBe(true);
    expect(matches("arn:aws:s3:::payment-audit-dev", "arn:aws:s3:::payment-audit-dev-2")).toBe(false);
    expect(matches("*", "arn:aws:sqs:us-east-1:123456789012:payment")).toBe(true);
});

test.each(pairs)("%s cannot access data of %s, even in one account", async (one, other) => {
    const grants = grantsOf(await planTestStack(one));
    const plan = await planTestStack(other);
    const arns = [...arnsOf(plan), ...usersOf(plan)];
    expect(grants.length).toBeGreaterThan(20);
    expect(arns.length).toBeGreaterThan(50);
    const reached = grants.flatMap(({ name, Action, Resource }) =>
        [Resource]
            .flat()
            .filter((pattern) => ![Action].flat().every(isStoreless) || pattern !== "*")
            .flatMap((pattern) => arns.filter((arn) => matches(pattern, arn)).map((arn) => `${name} reaches ${arn}`)),
    );
    expect(reached).toEqual([]);
});

test.each(stacks)("the permissions of %s allow its own stores, so the test above can fail", async (stack) => {
    const plan = await planTestStack(stack);
    const patterns = grantsOf(plan).flatMap(({ Resource }) => [Resource].flat());
    const untouched = stores.filter((type) => {
        const arns = nodesOf(plan, type).map(({ outputs }) => plainTextOf(outputs.arn));
        return !arns.some((arn) => patterns.some((pattern) => pattern !== "*" && matches(pattern, arn)));
    });
    // Buckets are reached below their ARN, and the cache by its token alone.
    expect(untouched).toEqual([
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:rds/cluster:Cluster",
        "aws:s3/bucket:Bucket",
    ]);
});
