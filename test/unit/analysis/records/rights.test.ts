import { expect, test } from "@jest/globals";
import { rightsText } from "../../../../analysis/records/files.ts";
import { rightsOf } from "../../../../analysis/records/rights.ts";
import { lineChanges } from "../../../../tools/golden/changes.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";
import { changeInputs, changePolicy, removeResources, type PlanChange } from "../../checks/fault.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { readStackConfig } from "../../settings/stack-config.ts";

const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const queuePolicy = "aws:sqs/queuePolicy:QueuePolicy";

/** Lines of the record that a change of prod removes and adds. */
const differences = async (plan: Plan): Promise<string[]> =>
    lineChanges("prod.rights.md", rightsText(await planTestStack("prod")), rightsText(plan));
const line = (sign: string, ...cells: string[]) => `${sign} | ${cells.join(" | ")} |`;

test("two plans of one program give one record", async () => {
    expect(rightsText(await planOfConfig(readStackConfig("prod"), "prod"))).toBe(
        rightsText(await planTestStack("prod")),
    );
});

test.each(["dev", "staging", "prod"])("the record of %s holds nothing that AWS or Pulumi made up", async (stack) => {
    const record = rightsText(await planTestStack(stack));
    expect(record).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|cluster-[0-9A-F]{8}|-[0-9a-f]{7}\b|\d{12}/);
});

const ours = "aws:RequestedRegion = us-east-1; aws:ResourceAccount = \\<account>";
const caller = "sourceArn = payment-gateway-stage-prod/POST/validate";
const events = "aws:SourceArn (ArnEquals) payment-events-prod";
/** Rights of the validator on the table, under a condition. */
const limited = (sign: string, condition: string): string[] =>
    [
        ["payment-transactions-prod", "dynamodb:GetItem"],
        ["payment-transactions-prod", "dynamodb:PutItem"],
    ].map(([resource = "", action = ""]) => line(sign, resource, "payment-validator-prod", action, "", condition));
const changes: Record<string, [PlanChange, string[]]> = {
    "a right more": [
        changePolicy(rolePolicy, "api-task", '"sqs:SendMessage"', '"sqs:PurgeQueue","sqs:SendMessage"'),
        [line("+", "payment-processing-prod", "payment-api-task-prod", "sqs:PurgeQueue", "", "")],
    ],
    "a right less": [
        removeResources(rolePolicy, "payment-trail"),
        ["logs:CreateLogStream", "logs:PutLogEvents"]
            .map((action) =>
                line(
                    "-",
                    "payment-trail-prod",
                    "payment-trail-prod",
                    action,
                    "log-stream:\\<account>_CloudTrail_us-east-1\\*",
                    "",
                ),
            )
            .concat(line("+", "Log groups", "payment-trail-prod")),
    ],
    "a service that a queue policy allows": [
        changePolicy(queuePolicy, "payment-notifications-dlq", "sns.amazonaws.com", "events.amazonaws.com"),
        [
            line("-", "payment-notifications-dlq-prod", "sns.amazonaws.com", "sqs:SendMessage", "", events),
            line("+", "payment-notifications-dlq-prod", "events.amazonaws.com", "sqs:SendMessage", "", events),
        ],
    ],
    "another part of a bucket": [
        changePolicy(rolePolicy, "validator", "/audit/????/*", "/*"),
        [
            line("-", "payment-audit-prod", "payment-validator-prod", "s3:PutObject", "audit/????/\\*", ours),
            line("+", "payment-audit-prod", "payment-validator-prod", "s3:PutObject", "\\*", ours),
        ],
    ],
    "a bucket that only a pattern names": [
        changePolicy(rolePolicy, "validator", /payment-audit-prod[^/"]*\/audit\/\?{4}\//, (found) =>
            found.replace("prod", "pro?").replace("/audit/????/", "/"),
        ),
        [
            line("-", "payment-audit-prod", "payment-validator-prod", "s3:PutObject", "audit/????/\\*", ours),
            line("+", "payment-audit-prod", "payment-validator-prod", "s3:PutObject", "\\*", ours),
        ],
    ],
    "another account's queue": [
        changePolicy(rolePolicy, "api-task", "123456789012:payment-processing", "210987654321:payment-processing"),
        [
            ...["sqs:GetQueueUrl", "sqs:SendMessage"].map((action) =>
                line("-", "payment-processing-prod", "payment-api-task-prod", action, "", ""),
            ),
            ...["sqs:GetQueueUrl", "sqs:SendMessage"].map((action) =>
                line(
                    "+",
                    "arn:aws:sqs:us-east-1:210987654321:payment-processing-prod",
                    "payment-api-task-prod",
                    action,
                    "",
                    "",
                ),
            ),
        ],
    ],
    "a permission to invoke a function": [
        changeInputs("aws:lambda/permission:Permission", "gateway", { principal: "events.amazonaws.com" }),
        [
            line("-", "payment-validator-prod", "apigateway.amazonaws.com", "lambda:InvokeFunction", "", caller),
            line("+", "payment-validator-prod", "events.amazonaws.com", "lambda:InvokeFunction", "", caller),
        ],
    ],
    "a principal that may assume a role": [
        changePolicy("aws:iam/role:Role", "validator", "lambda.amazonaws.com", "ec2.amazonaws.com", "assumeRolePolicy"),
        [
            line("-", "payment-validator-prod", "lambda.amazonaws.com", "sts:AssumeRole", "", ""),
            line("+", "payment-validator-prod", "ec2.amazonaws.com", "sts:AssumeRole", "", ""),
        ],
    ],
    "a removed condition on the account": [
        changePolicy(rolePolicy, "validator", /,"aws:ResourceAccount":"\d+"|"aws:ResourceAccount":"\d+",/, ""),
        [...limited("-", ours), ...limited("+", "aws:RequestedRegion = us-east-1")],
    ],
};

test.each(Object.entries(changes))("%s shows, line by line", async (_, [change, lines]) => {
    expect((await differences(change(await planTestStack("prod")))).toSorted()).toEqual(lines.toSorted());
});

test("a queue policy that allows everyone shows as such, and for each role", async () => {
    const open = changePolicy(queuePolicy, "payment-notifications-dlq", '{"Service":"sns.amazonaws.com"}', '"*"');
    const found = (who: string) => line("+", "payment-notifications-dlq-prod", who, "sqs:SendMessage", "", events);
    expect(await differences(open(await planTestStack("prod")))).toEqual(
        expect.arrayContaining([found("\\*"), found("payment-api-task-prod")]),
    );
});

test("each right is given once", async () => {
    const rights = rightsOf(await planTestStack("prod"));
    expect(new Set(rights.map((right) => JSON.stringify(right))).size).toBe(rights.length);
});
