import { expect, test } from "@jest/globals";
import { permissionsBoundaryOf } from "../../../../analysis/deployer/boundary.ts";
import { placeholderValuesOf, type DeployerLocation } from "../../../../analysis/deployer/placeholder-values.ts";
import {
    deployerGrantsOf,
    deployerLocationOfStack,
    locationWarnings,
    requireBoundedRoles,
} from "../../../../analysis/deployer/policies.ts";
import type { PolicyStatement } from "../../../../analysis/deployer/document.ts";
import { statementApplies } from "../../../../analysis/iam/evaluate.ts";
import { toArray, type ParsedStatement } from "../../../../analysis/iam/statements.ts";
import { runTool, type ToolResult } from "../../tools/run-tool.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { getPath, inputJson } from "../../../../plan/query.ts";
import { nodesOf } from "../../../recorder.ts";
import { planTestStack } from "../../../stacks.ts";
import { changePolicy } from "../../checks/fault.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { accountId } from "../../fixtures.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import {
    actionsIn,
    arnInRegion,
    emptyingActions,
    generateDeployerPolicies,
    isAllowedByStatement,
    isDenied,
    boundaryArn,
    configBounded,
    deployStatements,
    stackLocation,
    planOfSuffix,
    roleArn,
    type ConditionKeyValues,
} from "./fixtures.ts";

const boundaryIn = (plan: Plan, place: DeployerLocation) =>
    permissionsBoundaryOf(plan, placeholderValuesOf(plan, place), deployerGrantsOf(plan)).Statement;

/** A request in the stack's own region, for what is in its account. */
const home: ConditionKeyValues = { "aws:RequestedRegion": "us-east-1", "aws:ResourceAccount": accountId };

const passedToTasks: ConditionKeyValues = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };

/** Tags of a planned resource; a key's ARN is the resource of an action in a policy. */
const suffixTagOf = (plan: Plan, arn: string): ConditionKeyValues =>
    plan.nodes
        .filter((node) => node.outputs.arn === arn)
        .map(({ outputs }) => getPath(outputs, "tagsAll.EnvironmentSuffix"))
        .reduce<ConditionKeyValues>((_, tag) => ({ "aws:ResourceTag/EnvironmentSuffix": String(tag) }), {});

/** A shell lists all log groups; the role of API Gateway would allow it, too. */
const configWithShell = withSettings(readStackConfig("dev"), {
    "compute.execCommand": true,
    "accountServices.apiGatewayRole": "adopt",
});

test("a role may do within the boundary all that its own policy allows, where it allows it", async () => {
    for (const [suffix, plan] of [
        ["prod", await planTestStack("prod")] as const,
        ["pr-7", await planOfSuffix("pr-7")] as const,
        ["dev", await planOfConfig(configWithShell)] as const,
    ]) {
        const statements = boundaryIn(plan, stackLocation(suffix));
        const policies = nodesOf(plan, "aws:iam/rolePolicy:RolePolicy").map(
            (node) => inputJson(node, "policy") as { Statement: ParsedStatement[] },
        );
        const allowed = policies
            .flatMap(({ Statement }) => Statement)
            .filter(({ Effect }) => Effect === "Allow")
            .flatMap(({ Action, Resource }) =>
                toArray(Action).flatMap((action) => toArray(Resource).map((arn) => [action, arn] as const)),
            );
        expect(allowed.length).toBeGreaterThan(50);
        expect(
            allowed.filter(
                ([action, arn]) =>
                    !statements.some((one) =>
                        isAllowedByStatement(one, action, arn, {
                            ...home,
                            ...passedToTasks,
                            ...suffixTagOf(plan, arn),
                        }),
                    ),
            ),
        ).toEqual([]);
    }
});

/** Whether the boundary of prod lets a role do this. */
const mayWithin =
    (statements: readonly PolicyStatement[]) =>
    (action: string, arn: string, context = {}) => {
        const request = { action, resource: arn, context: { ...home, ...context } };
        const applies = (effect: string) =>
            statements.some((one) => one.Effect === effect && statementApplies(one, request, [/./]));
        return applies("Allow") && !applies("Deny");
    };

const auditBucket = `arn:aws:s3:::payment-audit-prod-${accountId}`;

test("outside its account and region a role may do nothing", async () => {
    const may = mayWithin(boundaryIn(await planTestStack("prod"), stackLocation("prod")));
    const write = (context: ConditionKeyValues) => may("s3:PutObject", `${auditBucket}/one`, context);
    expect(write({})).toBe(true);
    expect(write({ "aws:RequestedRegion": "eu-west-1" })).toBe(false);
    expect(write({ "aws:ResourceAccount": "210987654321" })).toBe(false);
});

test("a role may read no data but what carries the stack's name or tag", async () => {
    const may = mayWithin(boundaryIn(await planTestStack("prod"), stackLocation("prod")));
    const use = (suffix: string, tag = suffix) => [
        may(
            "secretsmanager:GetSecretValue",
            arnInRegion("secretsmanager", `secret:payment-cache-token-${suffix}-0123456-AbCdEf`),
        ),
        may("kms:Decrypt", arnInRegion("kms", "key/1"), { "aws:ResourceTag/EnvironmentSuffix": tag }),
        may("s3:PutObject", `arn:aws:s3:::payment-audit-${suffix}-${accountId}/one`),
        may("dynamodb:GetItem", arnInRegion("dynamodb", `table/payment-transactions-${suffix}`)),
        may("sqs:ReceiveMessage", arnInRegion("sqs", `payment-processing-${suffix}`)),
        may("sns:Publish", arnInRegion("sns", `payment-events-${suffix}`)),
    ];
    expect(use("prod")).toEqual([true, true, true, true, true, true]);
    expect(use("dev")).toEqual([false, false, false, false, false, false]);
    expect(may("kms:Decrypt", arnInRegion("kms", "key/1"))).toBe(false);
    expect(may("secretsmanager:GetSecretValue", arnInRegion("secretsmanager", "secret:somebody-else-AbCdEf"))).toBe(
        false,
    );
    expect(may("secretsmanager:GetSecretValue", arnInRegion("secretsmanager", "secret:rds!cluster-1-AbCdEf"))).toBe(
        true,
    );
});

test("no role may delete a locked record, also where the bucket's policy allows it", async () => {
    const denied = (statements: readonly PolicyStatement[]) =>
        emptyingActions.filter((action) => isDenied(statements, action, `${auditBucket}/one`));
    expect(denied(boundaryIn(await planTestStack("prod"), stackLocation("prod")))).toEqual(emptyingActions);
    expect(denied(boundaryIn(await planTestStack("dev"), stackLocation("dev")))).toEqual([]);
});

test("the account that holds GuardDuty's agent is the one other that roles may reach", async () => {
    const allows = boundaryIn(await planOfSuffix("pr-7"), stackLocation("pr-7")).filter(
        ({ Effect, Action }) => Effect === "Allow" && Action !== "iam:PassRole",
    );
    expect(allows.length).toBeGreaterThan(2);
    expect(allows.map(({ Condition }) => Condition?.StringEqualsIfExists)).toEqual(
        allows.map(() => ({ "aws:ResourceAccount": [accountId, "593207742271"] })),
    );
});

test("with GuardDuty the boundary lets its agent report with the role that starts the task", async () => {
    const mayReport = async (suffix: string) =>
        actionsIn(boundaryIn(await planOfSuffix(suffix), stackLocation(suffix))).includes(
            "guardduty:SendSecurityTelemetry",
        );
    expect(await mayReport("pr-7")).toBe(true);
    // Prod's `accountServices.guardDuty` is `skip`.
    expect(await mayReport("prod")).toBe(false);
});

test("IAM is denied, and no role may do more than the platform's do", async () => {
    const statements = boundaryIn(await planTestStack("prod"), stackLocation("prod"));
    expect(statements).toContainEqual({ Effect: "Deny", Action: "iam:*", Resource: "*" });
    const actions = actionsIn(statements.filter(({ Effect }) => Effect === "Allow"));
    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((action) => /^(iam|sts|organizations):/.test(action))).toEqual([]);
    expect(actions.filter((action) => action.includes(":*"))).toEqual([]);
});

test("the scheduler's role may pass on the two roles of its task, to ECS only, and do nothing else with IAM", async () => {
    const statements = boundaryIn(await planOfSuffix("pr-7"), stackLocation("pr-7"));
    const mayOn = mayWithin(statements);
    const may = (action: string, name: string, service?: string) =>
        mayOn(action, roleArn(name), service === undefined ? {} : { "iam:PassedToService": service });
    const tasks = "ecs-tasks.amazonaws.com";
    const roles = ["task", "execution"].map((kind) => `payment-payment-reconciliation-${kind}-pr-7-a1b2c3d`);
    expect(roles.map((name) => may("iam:PassRole", name, tasks))).toEqual([true, true]);
    expect(roles.map((name) => may("iam:PassRole", name, "lambda.amazonaws.com"))).toEqual([false, false]);
    expect(roles.map((name) => may("iam:PassRole", name))).toEqual([false, false]);
    expect(may("iam:PassRole", "payment-payment-task-pr-7-a1b2c3d", tasks)).toBe(false);
    expect(roles.map((name) => may("iam:PutRolePolicy", name))).toEqual([false, false]);
    const run = (family: string) => mayOn("ecs:RunTask", arnInRegion("ecs", `task-definition/${family}:1`));
    expect(["payment-payment-reconciliation-pr-7", "payment-payment-reconciliation-prod"].map(run)).toEqual([
        true,
        false,
    ]);
});

/** Further services with an acquirer each. */
const furtherAcquirers = Object.fromEntries(
    ["refunds", "payouts", "credits"].map((name) => [
        `services.${name}`,
        {
            cpuUnits: 256,
            memoryMib: 512,
            minTasks: 2,
            maxTasks: 20,
            stores: ["database"],
            acquirer: { url: "https://api.acquirer.example" },
        },
    ]),
);

/** The longest names: of a Region, and of a partition, where the account with GuardDuty's agent is not known. */
test.each([
    ["ap-southeast-2", "aws", "create"],
    ["us-gov-west-1", "aws-us-gov", "skip"],
])("in %s the boundary of the largest stack fits into IAM, with any number of acquirers", async (...given) => {
    const [region, partition, guardDuty] = given;
    const suffix = "pr-123456789012";
    const config = withSettings(configBounded, {
        "aws:region": region,
        environmentSuffix: suffix,
        permissionsBoundaryArn: `arn:${partition}:iam::123456789012:policy/payment-boundary`,
        "accountServices.guardDuty": guardDuty,
        // A shell in tasks is only possible without it.
        compliance: "none",
        waivers: undefined,
        "compute.execCommand": true,
    });
    const place = stackLocation(suffix, { region, partition });
    const boundaryOf = async (one: typeof config) => generateDeployerPolicies(await planOfConfig(one), place).boundary;
    // What does not fit is refused here.
    expect(await boundaryOf(withSettings(config, furtherAcquirers))).toEqual(await boundaryOf(config));
});

test("AWS Config looks at what the platform is made of, and at no content", async () => {
    const actions = actionsIn(boundaryIn(await planOfSuffix("pr-7"), stackLocation("pr-7")));
    expect(actions).toEqual(expect.arrayContaining(["ec2:Describe*", "rds:Describe*", "s3:GetBucket*"]));
    expect(actions).not.toContain("dynamodb:Get*");
    expect(actions).not.toContain("s3:GetObject");
    // No space is lost on what a pattern beside it allows, or what is denied.
    expect(actions).not.toContain("ec2:DescribeSubnets");
    expect(actions.filter((action) => action.startsWith("iam:"))).toEqual(["iam:PassRole", "iam:*"]);
    // A stack without a recorder gives no role these permissions.
    expect(actionsIn(boundaryIn(await planTestStack("prod"), stackLocation("prod")))).not.toContain("ec2:Describe*");
});

test("a managed policy of AWS without known statements is refused", async () => {
    const attach = changePolicy(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "database-monitoring",
        /service-role\/.*/,
        "PowerUserAccess",
        "policyArn",
    );
    const plan = attach(await planTestStack("prod"));
    expect(() => boundaryIn(plan, stackLocation("prod"))).toThrow(
        "analysis/deployer/boundary.ts does not have the statements of arn:aws:iam::aws:policy/PowerUserAccess",
    );
});

test("every role of the platform is made within the boundary that the stack sets", async () => {
    const bounded = await planOfConfig(configBounded);
    const roles = nodesOf(bounded, "aws:iam/role:Role");
    expect(roles.length).toBeGreaterThan(10);
    expect([...new Set(roles.map(({ inputs }) => inputs.permissionsBoundary))]).toEqual([boundaryArn]);
    expect(
        nodesOf(await planOfSuffix("pr-7"), "aws:iam/role:Role").map(({ inputs }) => inputs.permissionsBoundary),
    ).toEqual(roles.map(() => undefined));
});

test("what bounds no role is refused", async () => {
    const config = withSettings(readStackConfig("dev"), { permissionsBoundaryArn: "payment-boundary" });
    await expect(planOfConfig(config)).rejects.toThrow(
        'permissionsBoundaryArn must be the ARN of an IAM policy of the stack\'s account, got "payment-boundary"',
    );
});

const command = (...argv: string[]): Promise<ToolResult> => runTool("plan", argv);

test("--deployer-policy writes the policies, and warns of what they leave open", async () => {
    const { code, out, err } = await command("--deployer-policy", "dev");
    expect(code).toBe(0);
    const { preview, deploy, boundary: bound } = JSON.parse(out) as Record<string, unknown>;
    expect([preview, deploy, [bound]].map((documents) => Array.isArray(documents) && documents.length > 0)).toEqual([
        true,
        true,
        true,
    ]);
    expect(out).toContain('"arn:aws:sqs:us-east-1:*:payment-*-dev"');
    expect(err.split("\n").map((line) => line.split(":")[1])).toEqual([
        " these policies name no account",
        " the roles of the stack have no permissions boundary, so the deployer can create a role with any permission",
        undefined,
    ]);
});

test("no policies are generated for a stack in the scope of PCI DSS without a boundary", async () => {
    const { code, out, err } = await command("--deployer-policy", "prod");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(
        "with compliance PCI-DSS no policies are generated: the roles of the stack have no permissions boundary",
    );
    const place = stackLocation("prod");
    expect(() => {
        requireBoundedRoles(place, "PCI-DSS");
    }).toThrow("set permissionsBoundaryArn");
    requireBoundedRoles(place, "none");
    requireBoundedRoles({ ...place, boundary: boundaryArn }, "PCI-DSS");
});

/** Actions by which a deployer gives permissions to a role. */
const givingActions = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"];

test("with a boundary every action that gives permissions to a role demands it", async () => {
    const giving = (await deployStatements("prod", stackLocation("prod", { boundary: boundaryArn }))).filter((one) =>
        actionsIn([one]).some((action) => givingActions.includes(action)),
    );
    expect([...new Set(actionsIn(giving))].filter((action) => givingActions.includes(action)).sort()).toEqual(
        [...givingActions].sort(),
    );
    expect(giving.map(({ Condition }) => Condition?.StringEquals?.["iam:PermissionsBoundary"])).toEqual(
        giving.map(() => boundaryArn),
    );
});

test("--account names the account of a stack that sets none", async () => {
    const { out, err } = await command("dev", "--deployer-policy", "--account", "210987654321");
    expect(out).toContain('"arn:aws:sqs:us-east-1:210987654321:payment-*-dev"');
    expect(err).not.toContain("no account");
});

test.each([
    [["dev", "--deployer-policy", "--json"], "cannot be used with option '--json [file]'"],
    [["dev", "--deployer-policy", "--account", "12"], "It must be the 12 digits of an AWS account."],
])("arguments %j make no sense and exit with 2", async (argv, message) => {
    const { code, err } = await command(...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
});

test("an account other than the stack's own is refused", () => {
    const config = { "aws:region": "us-east-1", "payment-platform:environmentSuffix": "dev" };
    const own = { ...config, "payment-platform:accountId": accountId };
    expect(() => deployerLocationOfStack(own, "210987654321")).toThrow(
        `--account must be the stack's accountId ${accountId} or be left out, got 210987654321`,
    );
    expect(deployerLocationOfStack(own, accountId)).toMatchObject({
        account: accountId,
        partition: "aws",
        suffix: "dev",
    });
    expect(
        locationWarnings(deployerLocationOfStack({ ...own, "payment-platform:permissionsBoundaryArn": boundaryArn })),
    ).toEqual([]);
});
