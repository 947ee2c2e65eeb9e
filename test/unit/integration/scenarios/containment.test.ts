import { expect, test } from "@jest/globals";
import { verifyPaths, listPathsToVerify } from "../../../integration/scenarios/network-paths.ts";
import { quarantine } from "../../../integration/scenarios/quarantine.ts";
import {
    createArnMapper,
    crossServiceCalls,
    simulateCalls,
    type CrossServiceCall,
} from "../../../integration/scenarios/cross-service-access.ts";
import { findNode } from "../../../recorder.ts";
import { planOfConfig, planTestStack } from "../../../stacks.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { changeInputs, changePolicy } from "../../checks/fault.ts";
import {
    startTime,
    inputsOfCalls,
    switchAfterTimes,
    errorNamed,
    drillContextOn,
    type CallHandlers,
    type CallInput,
} from "../../tools/drill/fakes.ts";
import { networkUnderTest, samplePaths, pathAnalysisResult } from "../../tools/drill/fixtures.ts";
import { fakeAccountForPaths, fakeAccountForService } from "../../tools/drill/fake-accounts.ts";

test("the connections that must and must not be possible are read from the plan", async () => {
    const config = withSettings(readStackConfig("prod"), { "services.payment.path": "/payment/*" });
    const paths = listPathsToVerify(await planOfConfig(config, "prod"), "prod");
    const told = paths.map(({ from, to, port, reachable }) => `${from} ${reachable ? "->" : "-x"} ${to}:${port}`);
    expect(told.toSorted()).toEqual(
        [
            // No workload connects to a worker, which listens on no port.
            ...["api -> database:5432", "api -> cache:6379", "api -x payment:8080"],
            ...["payment -> database:5432", "payment -> cache:6379", "payment -x api:8080"],
            ...["notification -> database:5432", "notification -x cache:6379"],
            ...["notification -x api:8080", "notification -x payment:8080"],
        ].toSorted(),
    );
    expect(paths.find(({ from, to }) => from === "notification" && to === "cache")).toMatchObject({
        fromGroups: ["payment-workers-prod", "payment-database-clients-prod"],
        toGroups: ["payment-cache-prod"],
    });
});

test("a store that is reachable from some of a service's addresses counts as reachable", async () => {
    const narrow = changeInputs("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "-tasks-database-", {
        referencedSecurityGroupId: "",
        // A few addresses of one of three private subnets.
        cidrIpv4: "10.2.0.0/28",
    });
    const paths = listPathsToVerify(narrow(await planTestStack("prod")), "prod");
    expect(paths.find(({ from, to }) => from === "api" && to === "database")?.reachable).toBe(true);
});

test("each connection is analysed between temporary interfaces with the security groups of its ends", async () => {
    const { drillContext, calls, said } = drillContextOn(fakeAccountForPaths(pathAnalysisResult));
    const compared = await verifyPaths(drillContext, networkUnderTest, samplePaths);
    expect(compared.map(({ to, reachable, explanationCodes }) => [to, reachable, explanationCodes])).toEqual([
        ["database", true, []],
        ["cache", false, ["ENI_SG_RULES_MISMATCH"]],
        ["payment", false, ["ENI_SG_RULES_MISMATCH"]],
    ]);
    expect(inputsOfCalls(calls, "DescribeSecurityGroups")).toEqual([
        { Filters: [{ Name: "vpc-id", Values: ["vpc-1"] }], MaxResults: 1000 },
    ]);
    const Description = "Throw-away end of a drill in dev at 2027-01-31T10:15:00.000Z";
    expect(inputsOfCalls(calls, "CreateNetworkInterface")).toEqual([
        {
            SubnetId: "subnet-private",
            Groups: ["sg:payment-tasks-dev", "sg:payment-database-clients-dev"],
            Description,
        },
        { SubnetId: "subnet-database", Groups: ["sg:payment-database-dev"], Description },
        { SubnetId: "subnet-database", Groups: ["sg:payment-cache-dev"], Description },
        { SubnetId: "subnet-private", Groups: ["sg:payment-tasks-dev"], Description },
    ]);
    expect(inputsOfCalls(calls, "CreateNetworkInsightsPath")).toEqual([
        { Source: "eni-1", Destination: "eni-2", DestinationPort: 5432, Protocol: "tcp" },
        { Source: "eni-1", Destination: "eni-5", DestinationPort: 6379, Protocol: "tcp" },
        { Source: "eni-1", Destination: "eni-8", DestinationPort: 8080, Protocol: "tcp" },
    ]);
    expect(said[0]).toBe("3 analyses, at $0.10 each, between throw-away network interfaces");
});

test("an analysis that AWS does not return yet is read again", async () => {
    const { handlers, state } = fakeAccountForPaths(pathAnalysisResult);
    const isKnown = switchAfterTimes(1, false, true);
    const { drillContext } = drillContextOn({
        state,
        handlers: {
            ...handlers,
            DescribeNetworkInsightsAnalyses: (input) =>
                isKnown() ? handlers.DescribeNetworkInsightsAnalyses?.(input) : {},
        },
    });
    await expect(verifyPaths(drillContext, networkUnderTest, samplePaths)).resolves.toHaveLength(samplePaths.length);
});

test.each<[string, CallInput, string]>([
    [
        "a store that is reachable from everywhere",
        { NetworkPathFound: true },
        "api -> cache:6379 must not be reachable",
    ],
    [
        "no route at all",
        { NetworkPathFound: false, Explanations: [{ ExplanationCode: "NO_PATH" }] },
        "api -> database:5432 must be reachable: NO_PATH",
    ],
    [
        "a store that no filter guards",
        { NetworkPathFound: false, Explanations: [{ ExplanationCode: "NO_PATH" }] },
        "api -> cache:6379 is unreachable, but no filter stops it: NO_PATH",
    ],
    [
        "a store that is out of reach for no reason given",
        { NetworkPathFound: false, Explanations: [{}] },
        "api -> cache:6379 is unreachable, but no filter stops it",
    ],
    [
        "an analysis that failed silently",
        { Status: "failed" },
        "api -> cache:6379: the analysis failed: no reason given",
    ],
    [
        "an analysis that failed",
        { Status: "failed", StatusMessage: "no rights" },
        "api -> cache:6379: the analysis failed: no rights",
    ],
])("%s fails the drill, which says so", async (_, analysis, problem) => {
    const aws = fakeAccountForPaths(() => analysis);
    const before = aws.state();
    await expect(verifyPaths(drillContextOn(aws).drillContext, networkUnderTest, samplePaths)).rejects.toThrow(problem);
    expect(aws.state()).toEqual(before);
});

test("each unexpected connection is reported on its own line, with all its reasons", async () => {
    const Explanations = [{ ExplanationCode: "NO_PATH" }, { ExplanationCode: "NO_ROUTE" }];
    const { drillContext } = drillContextOn(fakeAccountForPaths(() => ({ NetworkPathFound: false, Explanations })));
    const problem: unknown = await verifyPaths(drillContext, networkUnderTest, samplePaths).catch(
        (error: unknown) => error,
    );
    expect((problem as Error).message.split("\n")).toEqual(
        ["database:5432", "cache:6379", "payment:8080"].map((to) =>
            expect.stringMatching(new RegExp(`^api -> ${to} .*\\bNO_PATH\\W+NO_ROUTE$`)),
        ),
    );
});

test("an analysis that never ends fails the drill, which names it and deletes it", async () => {
    const aws = fakeAccountForPaths(() => ({ Status: "running" }));
    const before = aws.state();
    await expect(verifyPaths(drillContextOn(aws).drillContext, networkUnderTest, samplePaths)).rejects.toThrow(
        /^not within .*\bnia-4\b/,
    );
    expect(aws.state()).toEqual(before);
});

test.each(["CreateNetworkInterface", "CreateNetworkInsightsPath", "StartNetworkInsightsAnalysis"])(
    "an analysis that ends as %s is deleted with its path and interfaces",
    async (call) => {
        const { handlers, state } = fakeAccountForPaths(pathAnalysisResult);
        const before = state();
        const refuse = () => {
            throw new Error("refused");
        };
        const { drillContext } = drillContextOn({ state, handlers: { ...handlers, [call]: refuse } });
        await expect(verifyPaths(drillContext, networkUnderTest, samplePaths)).rejects.toMatchObject({
            message: "refused",
            notRolledBack: [],
        });
        expect(state()).toEqual(before);
    },
);

test("a missing security group fails the drill before anything is created", async () => {
    const { drillContext, names } = drillContextOn(fakeAccountForPaths(pathAnalysisResult, ["payment-tasks-dev"]));
    await expect(verifyPaths(drillContext, networkUnderTest, samplePaths)).rejects.toThrow(
        "there is no security group payment-database-clients-dev in vpc-1",
    );
    expect(names()).not.toContain("CreateNetworkInterface");
});

test("a stolen role is tried on every call that other services may make and it may not", async () => {
    const crossCalls = crossServiceCalls(await planTestStack("prod"), "prod", (arn) => `live:${arn}`);
    const tried = new Set(crossCalls.map(({ caller, action }) => `${caller} ${action}`));
    expect([...tried]).toEqual(
        expect.arrayContaining([
            "payment-notification-task-prod rds-db:connect",
            "payment-api-task-prod sqs:ReceiveMessage",
            "payment-payment-task-prod sqs:SendMessage",
            "payment-notification-task-prod sns:Publish",
            "payment-notification-task-prod secretsmanager:GetSecretValue",
            "payment-migration-task-prod rds-db:connect",
        ]),
    );
    expect(crossCalls.every(({ caller, owner }) => caller !== owner)).toBe(true);
    // A task cannot have stolen the roles of ECS, Lambda and the flow logs.
    const services = ["api", "payment", "notification", "migration"].map((service) => `payment-${service}-task-prod`);
    expect(new Set(crossCalls.flatMap(({ caller, owner }) => [caller, owner]))).toEqual(new Set(services));
    expect(crossCalls.every(({ resource }) => resource.startsWith("live:arn:"))).toBe(true);
});

test("a simulated call meets the conditions of the owner's policy, so that no missing condition key denies it", async () => {
    const plan = await planTestStack("prod");
    const secret = findNode(plan, "payment-cache-token-prod", "aws:secretsmanager/secret:Secret");
    const crossCalls = crossServiceCalls(plan, "prod", (planned) => `live:${planned}`);
    const [reading] = crossCalls.filter(
        ({ caller, owner, action }) =>
            caller === "payment-notification-task-prod" &&
            owner === "payment-api-task-prod" &&
            action === "kms:Decrypt",
    );
    expect(reading?.context).toEqual([
        {
            ContextKeyName: "kms:ViaService",
            ContextKeyType: "stringList",
            ContextKeyValues: ["live:secretsmanager.us-east-1.amazonaws.com"],
        },
        {
            ContextKeyName: "kms:EncryptionContext:SecretARN",
            ContextKeyType: "stringList",
            ContextKeyValues: [`live:${secret.outputs.arn as string}`],
        },
    ]);
});

test("a condition that denies is not sent to IAM as a context key", async () => {
    const narrow = changePolicy(
        "aws:iam/rolePolicy:RolePolicy",
        "payment-payment-task-prod",
        '"Resource":"arn:aws:sns:us-east-1:123456789012:payment-events-prod"',
        (found) =>
            `${found},"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},"StringNotLike":{"aws:SourceArn":"arn:aws:s3:*"}}`,
    );
    const [publishing] = crossServiceCalls(narrow(await planTestStack("prod")), "prod", (arn) => arn).filter(
        ({ action }) => action === "sns:Publish",
    );
    expect(publishing?.context).toEqual([
        { ContextKeyName: "aws:SourceAccount", ContextKeyType: "stringList", ContextKeyValues: ["123456789012"] },
    ]);
});

test("IAM simulates with the names that resources have in AWS, not with the plan's", async () => {
    const plan = await planTestStack("prod");
    const table = findNode(plan, "payment-transactions-prod", "aws:dynamodb/table:Table");
    const arn = "arn:aws:dynamodb:us-east-1:210987654321:table/payment-transactions-prod";
    // AWS ends the ARN of a secret in characters that no plan can know.
    const secret = findNode(plan, "payment-cache-token-prod", "aws:secretsmanager/secret:Secret");
    const secretArn = "arn:aws:secretsmanager:us-east-1:210987654321:secret:payment-cache-token-prod-4f5a6b7-AbCdEf";
    const deployed = [
        { type: table.type, name: table.name, arn },
        { type: secret.type, name: secret.name, arn: secretArn },
    ];
    const live = createArnMapper(plan, deployed, {
        account: "210987654321",
        databaseCluster: "payment-database-prod",
        databaseResourceId: "cluster-LIVE",
        databaseSecretArn: "arn:aws:secretsmanager:us-east-1:210987654321:secret:rds!cluster-live",
    });
    expect(live(`${table.outputs.arn as string}/index/customer-index`)).toBe(`${arn}/index/customer-index`);
    expect(live(secret.outputs.arn as string)).toBe(secretArn);
    const [user = ""] = crossServiceCalls(plan, "prod", live)
        .filter(({ action }) => action === "rds-db:connect")
        .map(({ resource }) => resource);
    const [master] = crossServiceCalls(plan, "prod", live).filter(
        ({ owner, action }) => owner === "payment-migration-task-prod" && action === "secretsmanager:GetSecretValue",
    );
    expect(master?.resource).toBe("arn:aws:secretsmanager:us-east-1:210987654321:secret:rds!cluster-live");
    expect(user).toMatch(/^arn:aws:rds-db:us-east-1:210987654321:dbuser:cluster-LIVE\/payment_\w+$/);
});

const crossCall: CrossServiceCall = {
    caller: "payment-api-task-dev",
    owner: "payment-payment-task-dev",
    action: "sqs:ReceiveMessage",
    resource: "arn:queue",
    context: [{ ContextKeyName: "kms:ViaService", ContextKeyType: "stringList", ContextKeyValues: ["sqs"] }],
};
const pages = {
    first: {
        Roles: [{ RoleName: "payment-api-task-dev-1a2b3c4", Arn: "arn:api" }],
        IsTruncated: true,
        Marker: "empty",
    },
    empty: { Roles: [], IsTruncated: true, Marker: "last" },
    last: {
        Roles: [
            { RoleName: "payment-payment-task-dev-5d6e7f8", Arn: "arn:payment" },
            { RoleName: "other", Arn: "x" },
        ],
    },
};
/** IAM with both roles, the second two pages later. */
const iam = (allowed: readonly string[]) => {
    const answers: CallHandlers = {
        ListRoles: ({ Marker = "first" }) => pages[Marker as keyof typeof pages],
        SimulatePrincipalPolicy: ({ PolicySourceArn }) => ({
            EvaluationResults: [
                { EvalDecision: allowed.includes(PolicySourceArn as string) ? "allowed" : "implicitDeny" },
            ],
        }),
    };
    return { handlers: answers, state: () => ({}) };
};

test("a stolen role is denied what another service may do", async () => {
    const { drillContext, calls } = drillContextOn(iam(["arn:payment"]));
    await expect(simulateCalls(drillContext, [crossCall])).resolves.toBe(1);
    const asked = {
        ActionNames: ["sqs:ReceiveMessage"],
        ResourceArns: ["arn:queue"],
        ContextEntries: crossCall.context,
    };
    expect(inputsOfCalls(calls, "ListRoles")).toEqual([{}, { Marker: "empty" }, { Marker: "last" }]);
    expect(inputsOfCalls(calls, "SimulatePrincipalPolicy")).toEqual([
        { PolicySourceArn: "arn:payment", ...asked },
        { PolicySourceArn: "arn:api", ...asked },
    ]);
});

test.each([
    [["arn:payment", "arn:api"], "payment-api-task-dev must not be able to call sqs:ReceiveMessage on arn:queue"],
    [[], "payment-payment-task-dev must be able to call sqs:ReceiveMessage on arn:queue"],
])("roles with too many or too few permissions fail the drill: %j", async (allowed, problem) => {
    await expect(simulateCalls(drillContextOn(iam(allowed)).drillContext, [crossCall])).rejects.toThrow(problem);
});

test("a missing role, or a simulation without a decision, does not count as denied", async () => {
    const { drillContext } = drillContextOn(iam(["arn:payment"]));
    await expect(simulateCalls(drillContext, [{ ...crossCall, caller: "payment-nobody-task-dev" }])).rejects.toThrow(
        "there is no role payment-nobody-task-dev",
    );
    const { handlers: answers, state } = iam(["arn:payment"]);
    const silent = drillContextOn({
        state,
        handlers: {
            ...answers,
            SimulatePrincipalPolicy: (input) =>
                input.PolicySourceArn === "arn:api" ? {} : answers.SimulatePrincipalPolicy?.(input),
        },
    });
    await expect(simulateCalls(silent.drillContext, [crossCall])).rejects.toThrow(
        "AWS answered SimulatePrincipalPolicy without EvalDecision",
    );
});

test("a quarantine records the task, revokes the sessions of its role, and stops it", async () => {
    const { drillContext, calls, names, said } = drillContextOn(fakeAccountForService());
    await expect(quarantine(drillContext, "payment")).resolves.toEqual({
        evidence: {
            taskArn: "task-1",
            imageDigests: ["sha256:1"],
            startedAt: new Date(startTime - 3_600_000).toISOString(),
            networkInterfaceId: "eni-task",
            address: "10.0.1.7",
        },
        containedSeconds: 10,
        recoveredSeconds: 25,
    });
    expect(names()).toEqual([
        "DescribeServices",
        ...["ListTasks", "DescribeTasks", "DescribeTaskDefinition", "DescribeNetworkInterfaces"],
        ...["PutRolePolicy", "StopTask"],
        ...["DescribeNetworkInterfaces", "DescribeNetworkInterfaces", "DescribeNetworkInterfaces"],
        "UpdateService",
        ...["DescribeServices", "DescribeServices"],
        "DeleteRolePolicy",
    ]);
    expect(said[0]).toMatch(/\bpayment-payment-task-dev-1a2b3c4\b.*\btask-1\b.*\bpayment$/);
    const cluster = "payment-cluster-dev";
    const services = ["payment-payment-dev"];
    expect(inputsOfCalls(calls, "DescribeServices")).toEqual(Array(3).fill({ cluster, services }));
    expect(inputsOfCalls(calls, "ListTasks")).toEqual([
        { cluster, serviceName: "payment-payment-dev", desiredStatus: "RUNNING" },
    ]);
    expect(inputsOfCalls(calls, "DescribeTasks")).toEqual([{ cluster, tasks: ["task-1"] }]);
    expect(inputsOfCalls(calls, "DescribeTaskDefinition")).toEqual([{ taskDefinition: "definition:7" }]);
    expect(inputsOfCalls(calls, "StopTask")).toMatchObject([{ cluster, task: "task-1" }]);
    // Another task's interface would be evidence of nothing, and that it is gone proof of nothing.
    expect(inputsOfCalls(calls, "DescribeNetworkInterfaces")).toEqual(
        Array(4).fill({ NetworkInterfaceIds: ["eni-task"] }),
    );
    const [put] = inputsOfCalls(calls, "PutRolePolicy");
    const revocation = { RoleName: "payment-payment-task-dev-1a2b3c4", PolicyName: "AWSRevokeOlderSessions" };
    expect(put).toMatchObject(revocation);
    expect(inputsOfCalls(calls, "DeleteRolePolicy")).toEqual([revocation]);
    expect(JSON.parse(put?.PolicyDocument as string)).toEqual({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Deny",
                Action: "*",
                Resource: "*",
                Condition: { DateLessThan: { "aws:TokenIssueTime": "2027-01-31T10:15:00.000Z" } },
            },
        ],
    });
    expect(inputsOfCalls(calls, "UpdateService")).toEqual([
        { cluster, service: "payment-payment-dev", forceNewDeployment: true },
    ]);
});

test("when IAM denies the revocation there is nothing to undo", async () => {
    const { handlers, state } = fakeAccountForService();
    const PutRolePolicy = () => {
        throw errorNamed("AccessDenied");
    };
    const { drillContext, names } = drillContextOn({ state, handlers: { ...handlers, PutRolePolicy } });
    await expect(quarantine(drillContext, "payment")).rejects.toMatchObject({
        message: "AccessDenied",
        notRolledBack: [],
    });
    // It may have come to be all the same.
    expect(names().at(-1)).toBe("DeleteRolePolicy");
    expect(names()).not.toContain("StopTask");
});

test("a service without tasks is skipped", async () => {
    const { drillContext, names } = drillContextOn(fakeAccountForService({ desired: 0 }));
    await expect(quarantine(drillContext, "payment")).resolves.toEqual({
        skipped: "payment-payment-dev has no tasks (its imageDigest is not set)",
    });
    expect(names()).toEqual(["DescribeServices"]);
});

const suspect = {
    taskArn: "task-1",
    containers: [{}],
    attachments: [{ details: [{ name: "networkInterfaceId", value: "eni" }] }],
};

test.each<[string, CallInput, string]>([
    ["its interface", { ...suspect, attachments: [{}] }, "networkInterfaceId"],
    ["its attachments", { ...suspect, attachments: [] }, "networkInterfaceId"],
    ["its ARN", { ...suspect, taskArn: undefined }, "taskArn"],
    ["its containers", { ...suspect, containers: [] }, "containers"],
])("nothing is revoked or stopped while %s, which is evidence, is unknown", async (_, task, missing) => {
    const { handlers, state } = fakeAccountForService();
    const { drillContext, names } = drillContextOn({
        state,
        handlers: { ...handlers, DescribeTasks: () => ({ tasks: [task] }) },
    });
    await expect(quarantine(drillContext, "payment")).rejects.toThrow(`AWS answered DescribeTasks without ${missing}`);
    expect(names().filter((name) => /^(Put|Stop|Update)/.test(name))).toEqual([]);
});

test("a task without a start time and an address is quarantined, too", async () => {
    const { handlers, state } = fakeAccountForService();
    const isGone = switchAfterTimes(1, false, true);
    const DescribeNetworkInterfaces = () => {
        if (isGone()) {
            throw errorNamed("InvalidNetworkInterfaceID.NotFound");
        }
        return {};
    };
    const { drillContext, names } = drillContextOn({
        state,
        handlers: { ...handlers, DescribeNetworkInterfaces, DescribeTasks: () => ({ tasks: [suspect] }) },
    });
    await expect(quarantine(drillContext, "payment")).resolves.toMatchObject({
        evidence: { taskArn: "task-1", startedAt: undefined, address: undefined },
    });
    expect(names()).toEqual(expect.arrayContaining(["PutRolePolicy", "StopTask"]));
});

test("a service that is not steady is skipped", async () => {
    const { handlers, state } = fakeAccountForService();
    const DescribeServices = () => ({ services: [{ desiredCount: 2, runningCount: 1 }] });
    const { drillContext, names } = drillContextOn({ state, handlers: { ...handlers, DescribeServices } });
    await expect(quarantine(drillContext, "payment")).resolves.toEqual({
        skipped: "payment-payment-dev runs 1 of 2 tasks: wait until it is steady",
    });
    expect(names()).toEqual(["DescribeServices"]);
});

test.each<[string, CallHandlers, RegExp]>([
    ["there is no service", { DescribeServices: () => ({}) }, /\bpayment-payment-dev\b/],
    ["no task runs", { DescribeTasks: () => ({}) }, /^payment has no running task/],
    ["its task definition is gone", { DescribeTaskDefinition: () => ({}) }, /^payment has no task role/],
    ["its tasks have no role", { DescribeTaskDefinition: () => ({ taskDefinition: {} }) }, /^payment has no task role/],
])("nothing is revoked or stopped when %s, and the drill names the service", async (_, less, problem) => {
    const { handlers, state } = fakeAccountForService();
    const { drillContext, names } = drillContextOn({ state, handlers: { ...handlers, ...less } });
    await expect(quarantine(drillContext, "payment")).rejects.toThrow(problem);
    expect(names().filter((name) => /^(Put|Stop|Update)/.test(name))).toEqual([]);
});

test("an interface that is not deleted, or a service that does not become steady, fails the quarantine by name", async () => {
    const { handlers, state } = fakeAccountForService();
    const before = state();
    const DescribeNetworkInterfaces = () => ({ NetworkInterfaces: [{}] });
    const staying = drillContextOn({ state, handlers: { ...handlers, DescribeNetworkInterfaces } });
    await expect(quarantine(staying.drillContext, "payment")).rejects.toThrow(/^not within .*\beni-task\b/);
    const service = { desiredCount: 2, runningCount: 2, deployments: [{}, {}] };
    const { drillContext } = drillContextOn({
        state,
        handlers: { ...handlers, DescribeServices: () => ({ services: [service] }) },
    });
    await expect(quarantine(drillContext, "payment")).rejects.toThrow(/^not within .*\bpayment-payment-dev\b/);
    expect(state()).toEqual(before);
});
