import type { PlanNode } from "../../plan/plan.ts";
import { all, arnOf, isTree, shown, text, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import {
    accountOf,
    against,
    allowing,
    demanded,
    isOf,
    many,
    statementsIn,
    statementsOf,
    type OwnedStatement,
    type Statement,
} from "../../analysis/iam/statements.ts";

/** A service that acts for another account's resources must not get in (the confused deputy). */
const namesAccount = (statement: Statement, account: string) =>
    demanded(statement, "aws:SourceAccount").includes(account) ||
    [...demanded(statement, "aws:SourceArn"), ...demanded(statement, "kms:EncryptionContext:aws:logs:arn")].some(
        (arn) => arn.split(":")[4] === account,
    );

/** Services that take no role whose trust compares more; nobody lends it without `iam:PassRole` in the account. */
const trustless: Readonly<Record<string, { account?: true; why: string }>> = {
    "lambda.amazonaws.com": { why: "Lambda assumes the role before the function exists" },
    "apigateway.amazonaws.com": { why: "AWS documents no source for the role of an account, and tries it out" },
    "config.amazonaws.com": { account: true, why: "AWS documents no ARN of the recorder to compare" },
};

const trustedService = ({ Principal }: Statement): string =>
    isTree(Principal) && typeof Principal.Service === "string" ? Principal.Service : "";

const isTrust = isOf("iam/role:Role");

const denies = (statement: Statement, resources: string[]) =>
    statement.Effect === "Deny" &&
    isTree(statement.Principal) &&
    statement.Principal.AWS === "*" &&
    statement.Condition?.Bool?.["aws:SecureTransport"] === "false" &&
    resources.every((resource) => many(statement.Resource).includes(resource));

/** What may be reached over the network by name: type of the resource and of its policy, and how the policy names it. */
const tlsOnly: readonly {
    type: string;
    policy: string;
    target: (policy: PlanNode) => string;
    own: (node: PlanNode) => string;
    resources: (arn: string) => string[];
}[] = [
    {
        type: "s3/bucket:Bucket",
        policy: "s3/bucketPolicy:BucketPolicy",
        target: (policy) => text(policy, "bucket"),
        own: (node) => text(node, "bucket"),
        resources: (arn) => [arn, `${arn}/*`],
    },
    {
        type: "sqs/queue:Queue",
        policy: "sqs/queuePolicy:QueuePolicy",
        target: (policy) => text(policy, "queueUrl"),
        own: (node) => shown(node.outputs.url),
        resources: (arn) => [arn],
    },
    {
        type: "sns/topic:Topic",
        policy: "sns/topicPolicy:TopicPolicy",
        target: (policy) => text(policy, "arn"),
        own: arnOf,
        resources: (arn) => [arn],
    },
];

export const trustRules: readonly Rule[] = [
    {
        name: "services-act-for-account",
        promise: "services act for this account only",
        fix: "Compare `aws:SourceAccount` or `aws:SourceArn` in the condition of the statement.",
        controls: ["PCI-7.2.5"],
        about: ["*"],
        check: (plan) => {
            const takesNoSource = (statement: OwnedStatement) => {
                const exception = isTrust(statement) ? trustless[trustedService(statement)] : undefined;
                return exception !== undefined && !exception.account;
            };
            const byService = allowing(plan).filter(({ Principal }) => isTree(Principal) && "Service" in Principal);
            return [
                ...unlessStack(byService.length > 0, "no service is let in"),
                ...against(
                    byService.filter(
                        (statement) => !namesAccount(statement, accountOf(plan)) && !takesNoSource(statement),
                    ),
                    "must ask for the account",
                ),
            ];
        },
    },
    {
        name: "narrow-trust",
        promise: "roles are taken by one service, for this account",
        fix: "Trust one service by `sts:AssumeRole`, and compare `aws:SourceAccount` and `aws:SourceArn`.",
        controls: ["PCI-7.2.5", "CKV_AWS_60", "CKV_AWS_61"],
        about: ["iam/role:Role"],
        check: (plan) => {
            const trusts = statementsOf(plan).filter(isTrust);
            const roles = all(plan, "iam/role:Role");
            const isNarrow = (statement: OwnedStatement) =>
                isTree(statement.Principal) &&
                Object.keys(statement.Principal).join() === "Service" &&
                typeof statement.Principal.Service === "string" &&
                many(statement.Action).join() === "sts:AssumeRole" &&
                namesSource(statement, trustless[statement.Principal.Service]);
            const namesSource = (statement: OwnedStatement, exception: (typeof trustless)[string] | undefined) =>
                (demanded(statement, "aws:SourceAccount").join() === accountOf(plan) ||
                    (exception !== undefined && !exception.account)) &&
                (demanded(statement, "aws:SourceArn").length === 1 || exception !== undefined);
            return [
                ...unlessStack(
                    roles.length > 0 && trusts.length === roles.length,
                    `${trusts.length} trusts for ${roles.length} roles`,
                ),
                ...against(
                    trusts.filter((statement) => !isNarrow(statement)),
                    "must trust one service, for this account",
                ),
            ];
        },
    },
    {
        name: "tls-only-policies",
        promise: "buckets, queues and topics refuse what does not come over TLS",
        fix: "Deny everything to all where `aws:SecureTransport` is false, on the resource and on all that is in it.",
        controls: ["PCI-4.2.1", "S3.5", "CKV_AWS_379"],
        about: ["s3/bucket:Bucket", "sqs/queue:Queue", "sns/topic:Topic"],
        check: (plan) =>
            tlsOnly.flatMap(({ type, policy, target, own, resources }) => {
                const nodes = all(plan, type);
                const refuses = (node: PlanNode) => {
                    const [document, ...others] = all(plan, policy).filter((each) => target(each) === own(node));
                    return (
                        document !== undefined &&
                        others.length === 0 &&
                        statementsIn(text(document, "policy")).some((each) => denies(each, resources(arnOf(node))))
                    );
                };
                return [
                    ...unlessStack(nodes.length > 0, `there is no ${type}`),
                    ...unless(nodes, refuses, "refuse plain HTTP in its one policy"),
                ];
            }),
    },
];
