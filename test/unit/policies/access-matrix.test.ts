import { expect, test } from "@jest/globals";
import { accessMatrix, matrixFile } from "../../../policies/access/matrix.ts";
import { recorded } from "../../../policies/parity/golden.ts";
import { violationsOf } from "../../../policies/rule.ts";
import { accessMatrixRules } from "../../../policies/rules/access-matrix.ts";
import type { Plan } from "../../../tools/plan/plan.ts";
import { planOf } from "../../stacks.ts";
import { stackConfig } from "../settings/stack-config.ts";
import { policy, without, type Change } from "./fault.ts";
import { planOfConfig, settingsOf } from "./planned.ts";

const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const queuePolicy = "aws:sqs/queuePolicy:QueuePolicy";

const differences = (plan: Plan): string[] =>
    accessMatrixRules.flatMap((rule) =>
        violationsOf(rule, plan, settingsOf(stackConfig("prod"))).map(({ reason }) => reason),
    );
const line = (sign: string, ...cells: string[]) => `the matrix of access differs: ${sign} | ${cells.join(" | ")} |`;

test.each(["dev", "staging", "prod"])("the matrix of %s is the recorded one", async (stack) => {
    const content = recorded(matrixFile(stack));
    expect(content).toBeDefined();
    expect(accessMatrix(await planOf(stack))).toBe(content);
});

test("two plans of one program give one matrix", async () => {
    const config = stackConfig("prod");
    expect(accessMatrix(await planOfConfig(config, "prod"))).toBe(accessMatrix(await planOf("prod")));
});

test.each(["dev", "staging", "prod"])("the matrix of %s holds nothing that AWS or Pulumi made up", async (stack) => {
    const matrix = accessMatrix(await planOf(stack));
    expect(matrix).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|cluster-[0-9A-F]{8}|-[0-9a-f]{7}\b/);
    expect(matrix.split("\n").filter((each) => each.startsWith("|") && each.split(" | ").length !== 5)).toEqual([]);
});

const changes: Record<string, [Change, string[]]> = {
    "a right more": [
        policy(rolePolicy, "api-task", '"sqs:SendMessage"', '"sqs:PurgeQueue","sqs:SendMessage"'),
        [
            line("-", "payment-processing-prod", "payment-api-task-prod", "sqs:GetQueueUrl, sqs:SendMessage", "", ""),
            line(
                "+",
                "payment-processing-prod",
                "payment-api-task-prod",
                "sqs:GetQueueUrl, sqs:PurgeQueue, sqs:SendMessage",
                "",
                "",
            ),
        ],
    ],
    "a right less": [
        without(rolePolicy, "payment-trail"),
        [
            line(
                "-",
                "payment-trail-prod",
                "payment-trail-prod",
                "logs:CreateLogStream, logs:PutLogEvents",
                "log-stream:123456789012_CloudTrail_us-east-1\\*",
                "",
            ),
            line("+", "payment-trail-prod", "none by name", "", "", ""),
        ],
    ],
    "a service that a queue lets in": [
        policy(queuePolicy, "payment-notifications-dlq", "sns.amazonaws.com", "events.amazonaws.com"),
        [
            line(
                "-",
                "payment-notifications-dlq-prod",
                "sns.amazonaws.com",
                "sqs:SendMessage",
                "",
                "aws:SourceArn (ArnEquals) payment-events-prod",
            ),
            line(
                "+",
                "payment-notifications-dlq-prod",
                "events.amazonaws.com",
                "sqs:SendMessage",
                "",
                "aws:SourceArn (ArnEquals) payment-events-prod",
            ),
        ],
    ],
    "another part of a bucket": [
        policy(rolePolicy, "validator", "/audit/*", "/*"),
        [
            line("-", "payment-audit-prod", "payment-validator-prod", "s3:PutObject", "audit/\\*", ""),
            line("+", "payment-audit-prod", "payment-validator-prod", "s3:PutObject", "\\*", ""),
        ],
    ],
    "a bucket that only a pattern names": [
        policy(rolePolicy, "validator", /payment-audit-prod[^/"]*\/audit\//, (found) =>
            found.replace("prod", "pro?").replace("/audit/", "/"),
        ),
        [
            line("-", "payment-audit-prod", "payment-validator-prod", "s3:PutObject", "audit/\\*", ""),
            line("+", "payment-audit-prod", "payment-validator-prod", "s3:PutObject", "\\*", ""),
        ],
    ],
    "another account's queue": [
        policy(rolePolicy, "api-task", "123456789012:payment-processing", "210987654321:payment-processing"),
        [
            line("-", "payment-processing-prod", "payment-api-task-prod", "sqs:GetQueueUrl, sqs:SendMessage", "", ""),
            line(
                "+",
                "arn:aws:sqs:us-east-1:210987654321:payment-processing-prod",
                "payment-api-task-prod",
                "sqs:GetQueueUrl, sqs:SendMessage",
                "",
                "",
            ),
        ],
    ],
};

test.each(Object.entries(changes))("%s shows, line by line", async (_, [change, lines]) => {
    expect(differences(change(await planOf("prod")))).toEqual(lines);
});

test("a queue that lets everybody in shows as such, and with each role", async () => {
    const open = policy(queuePolicy, "payment-notifications-dlq", '{"Service":"sns.amazonaws.com"}', '"*"');
    const found = (who: string) => {
        const condition = "aws:SourceArn (ArnEquals) payment-events-prod";
        return line("+", "payment-notifications-dlq-prod", who, "sqs:SendMessage", "", condition);
    };
    expect(differences(open(await planOf("prod")))).toEqual(
        expect.arrayContaining([found("\\*"), found("payment-api-task-prod")]),
    );
});

test("a stack of which nothing is recorded is not compared", async () => {
    const plan = await planOf("prod");
    expect(differences({ ...plan, stack: "preview" })).toEqual([]);
});

test("an auditor sees the matrix itself", async () => {
    const plan = await planOf("prod");
    const [rule] = accessMatrixRules;
    expect(rule?.evidence?.(plan, settingsOf(stackConfig("prod")))).toEqual(accessMatrix(plan).split("\n"));
});
