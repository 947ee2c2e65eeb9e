import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { differsExitCode } from "../../../contract/container.ts";
import { stringifyPulumiYaml } from "../../../plan/pulumi-yaml.ts";
import { readStackDocument, settingPath, stackFilePath } from "../../../plan/stack-file.ts";
import type { StateResource } from "../../../plan/state.ts";
import { StackServices } from "../../../tools/images/stack-services.ts";
import { copyProject } from "../../project.ts";
import { planProjectStack } from "../../stacks.ts";
import { clientsWith, fakeStack, pulumiWith, stateResourcesOf, type FakeResponses } from "./deploy/fakes.ts";
import { runTool } from "./run-tool.ts";

const noun = "payment-reconciliation";
const name = `payment-${noun}-dev`;
const taskArn = "arn:aws:ecs:us-east-1:123456789012:task/payment-cluster-dev/0123abcd";
const key = "abcdefghijklmnopabcdefghijklmnop-capture";
const now = Date.parse("2027-02-01T05:00:00.000Z");

let root = "";
let deployed: readonly StateResource[] = [];
beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "reconcile-"));
    copyProject(root, ["dev"]);
    changeSettings({
        "network.egress": "nat",
        "network.natGateways": "single",
        "services.payment.acquirer.url": "https://api.acquirer.example/v1",
    });
    new StackServices(root, "dev").recordDigest("payment", `sha256:${"1".repeat(64)}`);
    deployed = stateResourcesOf(await planProjectStack(root, "dev"));
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

function changeSettings(values: Readonly<Record<string, unknown>>): void {
    const document = readStackDocument(root, "dev");
    for (const [setting, value] of Object.entries(values)) {
        const path = settingPath(document, setting);
        const group = path.slice(0, -1);
        if (!document.hasIn(group)) {
            document.setIn(group, document.createNode({}));
        }
        document.setIn(path, value);
    }
    writeFileSync(stackFilePath(root, "dev"), stringifyPulumiYaml(document));
}

interface Given {
    readonly answers?: FakeResponses;
    readonly resources?: readonly StateResource[];
    /** What the person at the terminal types; without it there is no terminal. */
    readonly typed?: string;
}

/** Runs the command where the task writes a line, and ends with an exit code. */
async function reconcile(argv: readonly string[], exitCode = 0, { answers, resources = deployed, typed }: Given = {}) {
    const questions: string[] = [];
    const { clients, calls } = clientsWith({
        GetCallerIdentity: { Account: "123456789012" },
        RunTask: { tasks: [{ taskArn }] },
        DescribeTasks: {
            tasks: [
                {
                    taskArn,
                    lastStatus: "STOPPED",
                    stoppedReason: "Essential container in task exited",
                    containers: [
                        { name: "aws-guardduty-agent", exitCode: 0 },
                        { name: noun, exitCode },
                    ],
                },
            ],
        },
        GetLogEvents: ({ nextToken }) => ({
            events: nextToken === undefined ? [{ message: "one line" }] : [],
            nextForwardToken: "f/1",
        }),
        ...answers,
    });
    const { stack } = fakeStack(resources);
    const result = await runTool("reconcile", argv, {
        root,
        env: { PULUMI_BACKEND_URL: "file:///states", PULUMI_CONFIG_PASSPHRASE: "" },
        clock: { sleep: () => Promise.resolve(), now: () => now },
        pulumi: () => Promise.resolve(pulumiWith(() => Promise.resolve(stack))),
        createClients: () => Promise.resolve(clients),
        ...(typed !== undefined && {
            terminal: {
                ask: (question: string) => {
                    questions.push(question);
                    return Promise.resolve(typed);
                },
                askSecret: () => Promise.reject(new Error("asked for a secret")),
            },
        }),
    });
    const started = calls.filter(([called]) => called === "RunTask").map(([, input]) => input);
    return { ...result, names: calls.map(([called]) => called), started, calls, questions };
}

const accept = ["--accept", key, "--kind", "twice"];

const startedLine =
    "task 0123abcd of payment-cluster-dev has started: " +
    `its log is the stream ${noun}/${noun}/0123abcd of /ecs/${name}\n`;

test("the task of the schedule runs once, as a worker that reaches the database, and shows its log", async () => {
    const { code, out, err, started, calls } = await reconcile(["dev", "payment"]);
    expect({ code, out }).toEqual({ code: 0, out: "one line\n" });
    expect(err).toContain(`comparing all days that are due\n${startedLine}compared: nothing differs\n`);
    // What the schedule says.
    const target = deployed.find(({ type, urn }) => type === "aws:scheduler/schedule:Schedule" && urn.endsWith(name))
        ?.inputs?.target as { ecsParameters?: { taskDefinitionArn: string; networkConfiguration: object } };
    expect(started).toEqual([
        {
            cluster: "payment-cluster-dev",
            taskDefinition: target.ecsParameters?.taskDefinitionArn,
            launchType: "FARGATE",
            startedBy: "npm-run-reconcile",
            propagateTags: "TASK_DEFINITION",
            networkConfiguration: {
                awsvpcConfiguration: { ...target.ecsParameters?.networkConfiguration, assignPublicIp: "DISABLED" },
            },
        },
    ]);
    expect(calls).toContainEqual([
        "GetLogEvents",
        expect.objectContaining({ logGroupName: `/ecs/${name}`, logStreamName: `${noun}/${noun}/0123abcd` }),
    ]);
});

test("one day is compared where it is over, and the call of AWS names it", async () => {
    const { code, err, started } = await reconcile(["dev", "payment", "--day", "2027-01-31"]);
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("comparing 2027-01-31\n") });
    expect(started).toMatchObject([
        {
            startedBy: "npm-run-reconcile/2027-01-31",
            overrides: {
                containerOverrides: [{ name: noun, environment: [{ name: "RECONCILED_DAY", value: "2027-01-31" }] }],
            },
        },
    ]);
});

test("open differences end the command with a code of their own, after the log", async () => {
    const { code, out, err } = await reconcile(["dev", "payment"], differsExitCode);
    expect({ code, out }).toEqual({ code: 15, out: "one line\n" });
    expect(err).toContain("the payments of dev differ from the acquirer's report");
    expect(err).not.toContain("nothing differs");
});

test("another exit code, and one of a task that only settles a difference, is a failure", async () => {
    expect(await reconcile(["dev", "payment"], 1)).toMatchObject({
        code: 1,
        err: expect.stringContaining(
            "The reconciliation ended with exit code 1: Essential container in task exited (task 0123abcd)\n",
        ),
    });
    expect(await reconcile(["dev", "payment", ...accept, "--yes"], differsExitCode)).toMatchObject({
        code: 1,
        err: expect.stringContaining("The reconciliation ended with exit code 2: "),
    });
    const failures = { failures: [{ reason: "RESOURCE:FARGATE" }] };
    expect(await reconcile(["dev", "payment"], 0, { answers: { RunTask: failures } })).toMatchObject({
        code: 1,
        err: expect.stringContaining("The reconciliation did not start: RESOURCE:FARGATE\n"),
    });
});

test("a person settles a difference after a question that says what it does, and the call of AWS names kind and key", async () => {
    const accepted = await reconcile(["dev", "payment", ...accept], 0, { typed: "yes" });
    expect(accepted).toMatchObject({
        code: 0,
        err: expect.stringContaining(`settling ${key}/twice\n${startedLine}the difference is settled\n`),
        questions: [
            `Settle the difference ${key}/twice of dev: a person has clarified it, and it raises no alarm until its amounts change? Type yes: `,
        ],
    });
    expect(accepted.started).toMatchObject([
        {
            startedBy: `npm-run-reconcile/twice/${key}`,
            overrides: {
                containerOverrides: [
                    { name: noun, environment: [{ name: "ACCEPTED_DIFFERENCE", value: `${key}/twice` }] },
                ],
            },
        },
    ]);
});

test("the comparison begins with a day after a question that says what it does, and the call of AWS names the day", async () => {
    const begun = await reconcile(["dev", "payment", "--from", "2027-02-02"], 0, { typed: "yes" });
    expect(begun).toMatchObject({
        code: 0,
        err: expect.stringContaining(
            `beginning with 2027-02-02\n${startedLine}the comparison begins with 2027-02-02\n`,
        ),
        questions: [expect.stringMatching(/^Begin the comparison of dev with 2027-02-02: payments before it are not/)],
    });
    expect(begun.started).toMatchObject([
        {
            startedBy: "npm-run-reconcile/from/2027-02-02",
            overrides: {
                containerOverrides: [{ name: noun, environment: [{ name: "COMPARED_FROM", value: "2027-02-02" }] }],
            },
        },
    ]);
    expect(await reconcile(["dev", "payment", "--from", "2027-02-02"])).toMatchObject({
        code: 5,
        err: "Beginning with a day asks for a yes, and there is no terminal: pass --yes\n",
        names: [],
    });
});

test("nothing is settled without a yes, and without a terminal AWS is not asked", async () => {
    const refused = await reconcile(["dev", "payment", ...accept], 0, { typed: "no" });
    expect(refused).toMatchObject({ code: 5, started: [] });
    const alone = await reconcile(["dev", "payment", ...accept]);
    expect(alone).toMatchObject({
        code: 5,
        err: "Settling a difference asks for a yes, and there is no terminal: pass --yes\n",
        names: [],
    });
    expect(await reconcile(["dev", "payment", "--accept", key, "--kind", "twice", "--yes"])).toMatchObject({
        code: 0,
        questions: [],
    });
});

const today = "--day must be at most 2027-01-31, the last day that is over in UTC, got 2027-02-01";
test.each([
    ["today", ["--day", "2027-02-01"], today],
    ["a day that does not exist", ["--day", "2027-01-32"], "It must be a date such as 2027-01-31."],
    ["a key with another character", ["--accept", "a b"], "It must be the idempotency key of a difference"],
    ["a key that is too long", ["--accept", "a".repeat(129)], "It must be the idempotency key of a difference"],
    ["a card number", ["--accept", "4111111111111111"], "It must not look like the number of a card"],
    ["a day to settle", ["--day", "2027-01-31", "--accept", key], "--accept"],
    ["a day to begin with", ["--from", "2027-02-03", "--yes"], "--from must be at most 2027-02-02, tomorrow in UTC"],
    ["a day to begin with, and to compare", ["--from", "2027-02-02", "--day", "2027-01-31"], "--from"],
    ["a kind that there is not", ["--accept", key, "--kind", "thrice"], "Did you mean twice?"],
    [
        "a difference without its kind",
        ["--accept", key, "--yes"],
        "--accept needs --kind, as a key can have several differences: only-acquirer, only-database, other-amount, twice; the log names it",
    ],
    ["a kind of nothing", ["--kind", "twice", "--yes"], "--kind has no effect without --accept"],
    ["a yes to nothing", ["--yes"], "--yes has no effect without --accept or --from"],
])("%s is a wrong argument, and AWS is not asked", async (_, options, message) => {
    const { code, err, names } = await reconcile(["dev", "payment", ...options]);
    expect({ code, err, names }).toEqual({ code: 2, err: expect.stringContaining(message), names: [] });
});

test.each([
    ["a".repeat(128), `npm-run-reconcile/only-acquirer/${"a".repeat(96)}`],
    ["acquirer:booking.7", "npm-run-reconcile/only-acquirer/acquirer_booking_7"],
])(
    "the key %s is passed whole, and named behind its kind in the characters that ECS takes",
    async (accepted, startedBy) => {
        const { started } = await reconcile([
            "dev",
            "payment",
            "--accept",
            accepted,
            "--kind",
            "only-acquirer",
            "--yes",
        ]);
        const environment = [{ name: "ACCEPTED_DIFFERENCE", value: `${accepted}/only-acquirer` }];
        expect(started).toMatchObject([{ startedBy, overrides: { containerOverrides: [{ environment }] } }]);
    },
);

test("a service that the stack file does not compare is refused with every reason, before AWS is asked", async () => {
    expect(await reconcile(["dev", "paymnt"])).toMatchObject({
        code: 2,
        err: expect.stringContaining('no service "paymnt" in stack dev: '),
        names: [],
    });
    expect(await reconcile(["dev", "api"])).toMatchObject({
        code: 1,
        err:
            "api of dev has no acquirer to compare with: set services.api.acquirer.url\n" +
            "api of dev has no image with the program: record one with `npm run images -- dev api <image>`\n",
        names: [],
    });
    changeSettings({ "services.payment.acquirer.reconciliation.enabled": false });
    expect(await reconcile(["dev", "payment"])).toMatchObject({
        code: 1,
        err: "payment of dev has no reconciliation: set services.payment.acquirer.reconciliation.enabled to true\n",
        names: [],
    });
});

test("before the update that creates the task nothing runs, and a state that lost a part of it is reported", async () => {
    const without = (end: string) => deployed.filter(({ urn }) => !urn.endsWith(end));
    expect(await reconcile(["dev", "payment"], 0, { resources: without(`TaskDefinition::${name}`) })).toMatchObject({
        code: 11,
        err: expect.stringContaining(`dev has no ${noun} yet: \`npm run deploy -- dev up\` creates it\n`),
        names: [],
    });
    expect(
        await reconcile(["dev", "payment"], 0, { resources: without("SecurityGroup::payment-workers-dev") }),
    ).toMatchObject({
        code: 1,
        err: expect.stringContaining("the state has no ec2/securityGroup:SecurityGroup payment-workers-dev"),
        names: [],
    });
});
