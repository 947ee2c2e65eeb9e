import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { StateResource } from "../../../plan/state.ts";
import { Interrupt } from "../../../tools/frame/interrupt.ts";
import { StackServices } from "../../../tools/images/stack-services.ts";
import { copyProject } from "../../project.ts";
import { planTestStack } from "../../stacks.ts";
import { awsError, clientsWith, fakeStack, pulumiWith, stateResourcesOf, type FakeResponses } from "./deploy/fakes.ts";
import { runTool } from "./run-tool.ts";

const digest = `sha256:${"1".repeat(64)}`;
const family = "payment-migration-dev";
const taskArn = "arn:aws:ecs:us-east-1:123456789012:task/payment-cluster-dev/0123abcd";
const repository = "123456789012.dkr.ecr.us-east-1.amazonaws.com/payment-migration-dev";

let deployed: readonly StateResource[] = [];
beforeAll(async () => {
    deployed = stateResourcesOf(await planTestStack("dev"));
});

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "migrate-"));
    copyProject(root, ["dev"]);
    new StackServices(root, "dev").recordDigest("migration", digest);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

/** The deployed task definition with an image. */
const definitionWith = (image: string) => ({
    tags: [{ key: "EnvironmentSuffix", value: "dev" }],
    taskDefinition: {
        family,
        revision: 7,
        registeredBy: "arn:aws:iam::123456789012:role/deployer",
        taskRoleArn: "task-role",
        executionRoleArn: "execution-role",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        runtimePlatform: { cpuArchitecture: "ARM64" },
        cpu: "256",
        memory: "512",
        volumes: [{ name: "tmp" }],
        containerDefinitions: [
            { name: "aws-guardduty-agent", image: "agent" },
            { name: "migration", image, environment: [{ name: "DATABASE_NAME", value: "payments" }] },
        ],
    },
});

const stopped = (container: object, task: object = {}) => ({
    tasks: [{ taskArn, lastStatus: "STOPPED", containers: [{ name: "migration", ...container }], ...task }],
});

/** ECS in which the task runs for one look, and then ends so; its log has two pages. */
function ecsWith(end: object = stopped({ exitCode: 0 }), changes: FakeResponses = {}): FakeResponses {
    let looks = 0;
    return {
        GetCallerIdentity: { Account: "123456789012" },
        DescribeTaskDefinition: definitionWith(`${repository}@${digest}`),
        RegisterTaskDefinition: { taskDefinition: { taskDefinitionArn: `arn:${family}:8` } },
        DeregisterTaskDefinition: {},
        RunTask: { tasks: [{ taskArn }] },
        DescribeTasks: () => (looks++ === 0 ? { tasks: [{ taskArn, lastStatus: "RUNNING" }] } : end),
        GetLogEvents: ({ nextToken }) =>
            nextToken === undefined
                ? { events: [{ message: "0001 payments" }], nextForwardToken: "f/1" }
                : { events: looks === 1 ? [{ message: "0002\u001b[2J refunds" }] : [], nextForwardToken: nextToken },
        ...changes,
    };
}

async function migrate(
    answers: FakeResponses = ecsWith(),
    resources = deployed,
    interrupt = new Interrupt(),
    options: readonly string[] = [],
) {
    const { clients, calls } = clientsWith(answers);
    const { stack } = fakeStack(resources);
    const result = await runTool("migrate", ["dev", ...options], {
        ...{ root, interrupt },
        env: { PULUMI_BACKEND_URL: "file:///states", PULUMI_CONFIG_PASSPHRASE: "" },
        pulumi: () => Promise.resolve(pulumiWith(() => Promise.resolve(stack))),
        createClients: () => Promise.resolve(clients),
    });
    const inputsOf = (name: string) => calls.filter(([called]) => called === name).map(([, input]) => input);
    return { ...result, names: calls.map(([name]) => name), inputsOf };
}

const idOf = (type: string, name: string): unknown => deployed.find(({ urn }) => urn.endsWith(`${type}::${name}`))?.id;

test("the task runs once in the private subnets, reaches the database, and shows its log as it goes", async () => {
    const { code, out, err, names, inputsOf } = await migrate();
    expect({ code, out }).toEqual({ code: 0, out: "0001 payments\n0002\\u001b[2J refunds\n" });
    expect(err).toMatch(
        new RegExp(
            `migrating the database with ${digest}\n` +
                "task 0123abcd of payment-cluster-dev has started: " +
                "its log is the stream migration/migration/0123abcd of /ecs/payment-migration-dev\n" +
                "the database is migrated\n$",
        ),
    );
    expect(names.filter((name) => name === "RunTask")).toHaveLength(1);
    const subnets = deployed.find(({ type }) => type === "aws:ecs/service:Service")?.inputs?.networkConfiguration;
    expect(inputsOf("RunTask")[0]).toMatchObject({
        cluster: "payment-cluster-dev",
        taskDefinition: expect.stringContaining(`task-definition/${family}:`),
        launchType: "FARGATE",
        // ECS takes letters, digits, hyphens, underscores and slashes.
        startedBy: "npm-run-migrate",
        networkConfiguration: {
            awsvpcConfiguration: {
                subnets: (subnets as { subnets: string[] }).subnets,
                securityGroups: [
                    idOf("SecurityGroup", "payment-migration-dev"),
                    idOf("SecurityGroup", "payment-database-clients-dev"),
                ],
                assignPublicIp: "DISABLED",
            },
        },
    });
    expect(inputsOf("GetLogEvents")[0]).toMatchObject({
        logGroupName: `/ecs/${family}`,
        logStreamName: "migration/migration/0123abcd",
    });
    expect(inputsOf("RunTask")[0]).not.toHaveProperty("overrides");
    expect(names).not.toContain("RegisterTaskDefinition");
});

test("after a restore the program runs that also prepares the data, and CloudTrail has that it did", async () => {
    const { code, err, inputsOf } = await migrate(ecsWith(), deployed, new Interrupt(), ["--after-restore"]);
    expect(code).toBe(0);
    expect(err).toContain("the database is migrated, and its data is prepared\n");
    expect(inputsOf("RunTask")).toMatchObject([
        {
            startedBy: "npm-run-migrate/after-restore",
            overrides: { containerOverrides: [{ name: "migration", command: ["node", "/app/after-restore.mjs"] }] },
        },
    ]);
});

test("another image than the deployed one runs in a copy of the task definition, which is deregistered", async () => {
    const answers = ecsWith(undefined, { DescribeTaskDefinition: definitionWith(`${repository}@sha256:before`) });
    const { code, names, inputsOf } = await migrate(answers);
    expect(code).toBe(0);
    expect(inputsOf("RegisterTaskDefinition")).toEqual([
        {
            family,
            taskRoleArn: "task-role",
            executionRoleArn: "execution-role",
            networkMode: "awsvpc",
            requiresCompatibilities: ["FARGATE"],
            runtimePlatform: { cpuArchitecture: "ARM64" },
            cpu: "256",
            memory: "512",
            volumes: [{ name: "tmp" }],
            tags: [{ key: "EnvironmentSuffix", value: "dev" }],
            containerDefinitions: [
                { name: "aws-guardduty-agent", image: "agent" },
                {
                    name: "migration",
                    image: `${repository}@${digest}`,
                    environment: [{ name: "DATABASE_NAME", value: "payments" }],
                },
            ],
        },
    ]);
    expect(inputsOf("RunTask")[0]).toMatchObject({ taskDefinition: `arn:${family}:8` });
    expect(inputsOf("DeregisterTaskDefinition")).toEqual([{ taskDefinition: `arn:${family}:8` }]);
    expect(names.at(-1)).toBe("DeregisterTaskDefinition");
});

test.each([
    [
        "its exit code",
        stopped({ exitCode: 1 }, { stoppedReason: "Essential container in task exited" }),
        "The migration ended with exit code 1: Essential container in task exited (task 0123abcd)",
    ],
    [
        "why the container did not start",
        stopped({ reason: "CannotPullContainerError: not found" }),
        "The migration did not run: CannotPullContainerError: not found (task 0123abcd)",
    ],
    ["that there is no reason", stopped({}), "The migration did not run: ECS gives no reason (task 0123abcd)"],
    [
        "that ECS has no container of it",
        { tasks: [{ taskArn, lastStatus: "STOPPED" }] },
        "The migration did not run: ECS gives no reason (task 0123abcd)",
    ],
    [
        "that ECS lost the task",
        { tasks: [], failures: [{ arn: taskArn, reason: "MISSING" }] },
        `The migration may still run: its task ${taskArn} could not be seen for five minutes: ECS does not know it. ` +
            "Wait for its end before you run this again; its log is the stream migration/migration/0123abcd of",
    ],
])("a failure shows %s, and ends with 1 after the copy is deregistered", async (_, end, message) => {
    const before = { DescribeTaskDefinition: definitionWith("before") };
    const { code, err, names } = await migrate(ecsWith(end, before));
    expect({ code, last: names.at(-1) }).toEqual({ code: 1, last: "DeregisterTaskDefinition" });
    expect(err).toContain(message);
    expect(err).not.toContain("the database is migrated");
});

test.each([
    [{ failures: [{ reason: "RESOURCE:FARGATE", detail: "no capacity" }] }, "The migration did not start: no capacity"],
    [{ failures: [{ reason: "RESOURCE:FARGATE" }] }, "The migration did not start: RESOURCE:FARGATE"],
    [{}, "The migration did not start: ECS gives no reason"],
])("a task that ECS does not start ends with 1", async (answer, message) => {
    const { code, err } = await migrate(ecsWith(undefined, { RunTask: answer }));
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(message) });
});

/** ECS that fails so for a number of looks, and then shows the end of the task. */
const failingLooks = (count: number, failure: object): FakeResponses => {
    let looks = 0;
    return ecsWith(undefined, {
        DescribeTasks: () => {
            looks += 1;
            return looks > count ? stopped({ exitCode: 0 }) : failure;
        },
    });
};

test.each([
    ["a task that ECS does not know yet", { tasks: [], failures: [{ arn: taskArn, reason: "MISSING" }] }],
    ["a session that ended", awsError("ExpiredTokenException", "the token is expired")],
    ["a network that is away", Object.assign(new Error("getaddrinfo EAI_AGAIN"), { code: "EAI_AGAIN" })],
])("%s is looked at again for five minutes", async (_, failure) => {
    expect(await migrate(failingLooks(59, failure))).toMatchObject({
        code: 0,
        err: expect.stringMatching(/the database is migrated\n$/),
    });
});

test("a task that AWS does not show for longer may still run, which the command says, and ends with 1", async () => {
    const { code, err, inputsOf } = await migrate(failingLooks(60, awsError("ExpiredTokenException", "expired")));
    expect({ code, looks: inputsOf("DescribeTasks").length }).toEqual({ code: 1, looks: 60 });
    expect(err).toContain(
        `The migration may still run: its task ${taskArn} could not be seen for five minutes: expired.`,
    );
});

test("looks that fail now and then are no loss of the task", async () => {
    let looks = 0;
    const DescribeTasks = () => {
        looks += 1;
        return looks > 150
            ? stopped({ exitCode: 0 })
            : looks % 50 === 0
              ? { tasks: [{}] }
              : awsError("ServerException");
    };
    expect(await migrate(ecsWith(undefined, { DescribeTasks }))).toMatchObject({ code: 0 });
});

test("a log that does not exist yet is awaited; another error of CloudWatch Logs is a warning: the end decides", async () => {
    const missing = ecsWith(undefined, { GetLogEvents: awsError("ResourceNotFoundException") });
    expect(await migrate(missing)).toMatchObject({ code: 0, out: "" });
    const denied = ecsWith(undefined, { GetLogEvents: awsError("AccessDeniedException", "not allowed") });
    const { code, err } = await migrate(denied);
    expect(code).toBe(0);
    expect(err.split("\n").filter((line) => line.startsWith("warning:"))).toEqual([
        "warning: its log cannot be read: not allowed",
    ]);
});

test("a line that arrives seconds after the end of the task is shown", async () => {
    let [hasEnded, looksAfterTheEnd] = [false, 0];
    const answers = ecsWith(undefined, {
        DescribeTasks: () => {
            hasEnded = true;
            return stopped({ exitCode: 0 });
        },
        GetLogEvents: () => {
            looksAfterTheEnd += Number(hasEnded);
            return { events: looksAfterTheEnd === 2 ? [{ message: "the last line" }] : [], nextForwardToken: "f/1" };
        },
    });
    expect(await migrate(answers)).toMatchObject({ code: 0, out: "the last line\n" });
});

test("a line without a text is an empty one, and a page without lines is none", async () => {
    let page = 0;
    const GetLogEvents = () => (page++ === 0 ? { events: [{}], nextForwardToken: "f/1" } : {});
    expect(await migrate(ecsWith(undefined, { GetLogEvents }))).toMatchObject({ code: 0, out: "\n" });
});

test("after Ctrl-C before the task it is not started, and the copy of its definition is deregistered", async () => {
    const interrupt = new Interrupt();
    const answers = ecsWith(undefined, {
        DescribeTaskDefinition: definitionWith("before"),
        RegisterTaskDefinition: () => {
            interrupt.cancel(true);
            return { taskDefinition: { taskDefinitionArn: `arn:${family}:8` } };
        },
    });
    const { code, names } = await migrate(answers, deployed, interrupt);
    expect({ code, last: names.slice(-2) }).toEqual({
        code: 130,
        last: ["RegisterTaskDefinition", "DeregisterTaskDefinition"],
    });
});

test("where ECS names no copy of the task definition, the deployed one runs", async () => {
    const { inputsOf } = await migrate(
        ecsWith(undefined, { DescribeTaskDefinition: definitionWith("before"), RegisterTaskDefinition: {} }),
    );
    expect(inputsOf("RunTask")[0]).toMatchObject({
        taskDefinition: expect.stringContaining(`task-definition/${family}:`),
    });
});

test("a copy that cannot be deregistered is a warning", async () => {
    const { code, err } = await migrate(
        ecsWith(undefined, {
            DescribeTaskDefinition: definitionWith("before"),
            DeregisterTaskDefinition: awsError("ServerException", "try later"),
        }),
    );
    expect(code).toBe(0);
    expect(err).toContain(`warning: arn:${family}:8 was not deregistered: try later`);
});

test("without a recorded image, without an update that creates the task, or without a stack nothing runs", async () => {
    const before = deployed.filter(({ urn }) => !urn.includes("migration"));
    expect(await migrate(ecsWith(), before)).toMatchObject({
        code: 11,
        err: expect.stringContaining("dev has no migration yet: `npm run deploy -- dev up` creates it"),
        names: [],
    });
    expect(await migrate(ecsWith(), [])).toMatchObject({ code: 11, names: [] });
    copyProject(root, ["dev"]);
    expect(await migrate()).toMatchObject({
        code: 1,
        err: expect.stringContaining("record one with `npm run images -- dev migration <image>`"),
        names: [],
    });
});

test("a state that lost a part of it is reported by its name", async () => {
    const before = deployed.filter(({ urn }) => !urn.endsWith("SecurityGroup::payment-migration-dev"));
    const { code, err } = await migrate(ecsWith(), before);
    expect(code).toBe(1);
    expect(err).toContain("the state has no ec2/securityGroup:SecurityGroup payment-migration-dev");
});
