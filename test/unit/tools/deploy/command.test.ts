import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Rule } from "../../../../checks/rule.ts";
import { exitCodeFor } from "../../../../tools/frame/exit.ts";
import { Interrupt } from "../../../../tools/frame/interrupt.ts";
import type { CommandContext } from "../../../../tools/frame/context.ts";
import type { PulumiAccess } from "../../../../tools/deploy/pulumi-access.ts";
import type { DeployedStack, OpenStack } from "../../../../tools/deploy/session.ts";
import { planStack, type Plan } from "../../../../plan/plan.ts";
import { today } from "../../../../plan/stack-settings.ts";
import type { StateResource } from "../../../../plan/state.ts";
// The command loads the code of a subcommand on demand; the import makes the dependency of these tests visible.
import "../../../../tools/deploy/destroy.ts";
import "../../../../tools/deploy/preview.ts";
import "../../../../tools/deploy/up.ts";
import { StackServices } from "../../../../tools/images/stack-services.ts";
import { copyProject } from "../../../project.ts";
import { planTestStack, planOfConfig } from "../../../stacks.ts";
import { readStackConfig, withSetting, withSettings } from "../../settings/stack-config.ts";
import {
    awsError,
    clientsWith,
    fakeStack,
    pulumiError,
    pulumiWith,
    settledServices,
    stateResource,
    stateResourcesOf,
    terminalWith,
    type FakeResponses,
} from "./fakes.ts";
import { runTool } from "../run-tool.ts";

/** A folder with the project's files and the real program. */
let root = "";
let after: StateResource[] = [];
beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "deploy-"));
    copyProject(root, ["dev"]);
    writeFileSync(join(root, "Pulumi.broken.yaml"), "config:\n  payment-platform:costCenter: x\n");
    const plan = await planTestStack("dev");
    after = stateResourcesOf(plan);
});
afterAll(() => {
    rmSync(root, { recursive: true });
});

/** An account that may read only its own identity, so that every check is a warning; and services that succeed. */
const account: FakeResponses = {
    GetCallerIdentity: { Account: "123456789012" },
    CreateServiceLinkedRole: awsError("InvalidInputException", "Service role name X has been taken in this account"),
    DescribeServices: settledServices(() => after),
    DescribeScalableTargets: {},
};

const answerOf = (answers: FakeResponses, call: string, input: Readonly<Record<string, unknown>>): object => {
    const answer = answers[call];
    return typeof answer === "function" ? (answer as (input: object) => object)(input) : (answer ?? {});
};

const notFound = () => pulumiError("error: no stack named 'dev' found", "StackNotFoundError");

interface Given extends Omit<Partial<CommandContext>, "pulumi"> {
    stack?: DeployedStack;
    isNew?: boolean;
    answers?: FakeResponses;
    pulumi?: Partial<PulumiAccess>;
}

async function deploy(
    argv: string[],
    { stack = fakeStack().stack, isNew = false, answers = {}, pulumi = {}, ...given }: Given = {},
) {
    const opened: string[] = [];
    const open: OpenStack = ({ env }, how) => {
        opened.push(`${how} ${env.PULUMI_BACKEND_URL ?? ""}`);
        return isNew && how === "find" ? Promise.reject(notFound()) : Promise.resolve(stack);
    };
    const result = await runTool("deploy", argv, {
        root,
        env: { PULUMI_BACKEND_URL: "file:///states", PULUMI_CONFIG_PASSPHRASE: "open sesame" },
        pulumi: () => Promise.resolve(pulumiWith(open, pulumi)),
        planStack: (_, name) => planTestStack(name),
        rules: () => Promise.resolve([]),
        createClients: () => Promise.resolve(clientsWith({ ...account, ...answers }).clients),
        ...given,
    });
    return { ...result, opened };
}

test.each([
    [[], "which stack? There are broken, dev"],
    [["dev"], "missing <subcommand>: up, preview, refresh, adopt, drift"],
    [["dev", "destory"], 'no <subcommand> "destory": did you mean destroy?'],
    [["qa", "up"], 'no stack "qa": there are broken, dev'],
    [["up", "dev"], "<stack> and <subcommand> are swapped: npm run deploy -- dev up"],
    [["up"], "<stack> is missing before up: which stack? There are broken, dev"],
    [["upp", "dev"], 'no stack "upp": there are broken, dev'],
    [["up", "qa"], 'no stack "up": there are broken, dev'],
    [["dev", "up", "--force"], "unknown option '--force'"],
    [
        ["dev", "up", "--accept", "payment-cache-dev"],
        "It must be <resource>:<replace|delete|create|rights|path|protection>",
    ],
    [["dev", "preview", "--accept", "payment-cache-dev:path"], "--accept belongs to up, not to preview"],
    [["dev", "destroy", "--accept-file", "a.json"], "--accept-file belongs to up, not to destroy"],
    [["dev", "up", "--write-accept-file", "a.json"], "--write-accept-file belongs to preview, not to up"],
    ...["destroy", "preview", "outputs", "manifest", "drift"].map((subcommand): [string[], string] => [
        ["dev", subcommand, "--yes"],
        `--yes belongs to up, refresh, adopt, cancel, not to ${subcommand}`,
    ]),
])("invalid arguments %j exit with 2", async (argv, message) => {
    const { code, err, opened } = await deploy(argv);
    expect({ code, opened }).toEqual({ code: 2, opened: [] });
    expect(err).toContain(message);
});

const pulumiIsNotLookedFor = {
    installer: {
        get: () => Promise.reject(new Error("looked for")),
        install: () => Promise.reject(new Error("installed")),
    },
};

test.each(["up", "preview"])(
    "%s of a stack with wrong settings says so before Pulumi is looked for",
    async (subcommand) => {
        expect(await deploy(["broken", subcommand], { pulumi: pulumiIsNotLookedFor })).toMatchObject({
            code: 1,
            err: expect.stringMatching(
                /^Pulumi\.broken\.yaml has \d+ problems:\n {2}payment-platform:environment is required/,
            ),
            opened: [],
        });
    },
);

test.each(["up", "outputs", "destroy", "pulumi"])(
    "%s reads the stack's file before Pulumi is looked for",
    async (subcommand) => {
        writeFileSync(join(root, "Pulumi.torn.yaml"), "config:\n  aws:region: [us-east-1\n");
        const result = await deploy(["torn", subcommand], { pulumi: pulumiIsNotLookedFor });
        rmSync(join(root, "Pulumi.torn.yaml"));
        expect(result).toMatchObject({
            code: 1,
            err: expect.stringMatching(
                /^Pulumi\.torn\.yaml:2:25: .+\n {2}2 \| {3}aws:region: \[us-east-1\n {4}\| {25}\^\n$/,
            ),
            opened: [],
        });
    },
);

test("--help lists the subcommands and all exit codes", async () => {
    const { code, out } = await deploy(["--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/ {2}preview +show what an update would change/);
    expect(out.match(/^ {2}\d+ /gm)?.map(Number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 130]);
});

test("a new stack is created only after the preflight, then updated, its outputs written, its services waited for", async () => {
    const { stack, asked } = fakeStack(() => after);
    const answers: FakeResponses = {
        DescribeServices: (input) => (asked.includes("up") ? answerOf(account, "DescribeServices", input) : {}),
    };
    const { code, err, opened } = await deploy(["dev", "up", "--yes"], { stack, isNew: true, answers });
    expect(err).toContain("state: file:///states (PULUMI_BACKEND_URL)\n");
    expect(err).toMatch(
        /warning: could not check region: .*\npreflight: ready\nwrote outputs\/dev\.json\nwrote outputs\/dev\.manifest\.json\n/s,
    );
    expect(err).toContain("payment-api-dev: no tasks are wanted");
    expect({ code, asked, opened }).toEqual({
        code: 0,
        asked: ["up", "exportStack"],
        opened: ["find file:///states", "make file:///states"],
    });
    expect(JSON.parse(readFileSync(join(root, "outputs", "dev.json"), "utf8"))).toMatchObject({
        ecsClusterName: "payment-cluster-dev",
    });
});

test("a preflight with problems changes nothing and exits with 3", async () => {
    const { stack, asked } = fakeStack(() => after);
    const answers = { GetCallerIdentity: awsError("ExpiredToken", "expired") };
    const { code, err, opened } = await deploy(["dev", "up", "--yes"], { stack, isNew: true, answers });
    expect({ code, asked, opened }).toEqual({ code: 3, asked: [], opened: ["find file:///states"] });
    expect(err).toContain("dev cannot be updated, 1 problem:\n  credentials: AWS does not accept them: expired");
});

const noQueues: Rule = {
    name: "no-queues",
    description: "There are no queues",
    fix: "Remove it",
    check: ({ nodes }) =>
        nodes.filter(({ name }) => name === "payment-notifications-dev").map((node) => ({ node, reason: "is one" })),
};

test("a plan that fails a rule is refused, in one list with the problems that AWS reports", async () => {
    const { stack, asked } = fakeStack();
    const answers = { GetCallerIdentity: awsError("ExpiredToken", "expired") };
    const { code, err } = await deploy(["dev", "up", "--yes"], {
        stack,
        answers,
        rules: () => Promise.resolve([noQueues]),
    });
    expect({ code, asked }).toEqual({ code: 3, asked: ["exportStack"] });
    expect(err).toMatch(/dev cannot be updated, \d+ problems:\n {2}credentials: /);
    expect(err).toContain("\n  no-queues: payment-notifications-dev: is one; Remove it\n");
});

test.each([
    ["a rule and a stack that are there gives leave", "no-queues", "dev", 0, "preflight: ready\n"],
    ["no such rule is refused", "no-queue", "dev", 1, 'rule that there is (did you mean no-queues?), got "no-queue"'],
    ["no such stack is refused", "no-queues", "qa", 1, 'stack that there is (valid names: broken, dev), got "qa"'],
])("an exception that names %s", async (_, rule, stack, code, message) => {
    const folder = join(root, "checks");
    const reason = "The queue goes at the end of this year.";
    const rest = { resource: "payment-notifications-dev", reason, owner: "operations", expires: today() };
    mkdirSync(folder);
    writeFileSync(join(folder, "exceptions.yaml"), JSON.stringify([{ rule, stack, ...rest }]));
    const rules = () => Promise.resolve([noQueues]);
    const ended = await deploy(["dev", "up", "--yes"], { stack: fakeStack(() => after).stack, rules }).finally(() => {
        rmSync(folder, { recursive: true });
    });
    expect(ended).toMatchObject({ code, err: expect.stringContaining(message) });
});

test("the state of an existing stack counts in the preflight", async () => {
    const provider = stateResource("pulumi:providers:aws", "aws", { inputs: { region: "eu-west-1" } });
    const { stack, asked } = fakeStack([provider]);
    const { code, err } = await deploy(["dev", "up", "--yes"], { stack });
    expect({ code, asked }).toEqual({ code: 3, asked: ["exportStack"] });
    expect(err).toContain("the stack is in eu-west-1");
});

test("a plan with problems exits with 1 before the stack is opened", async () => {
    const { code, err, opened } = await deploy(["broken", "up", "--yes"], { planStack });
    expect({ code, opened }).toEqual({ code: 1, opened: [] });
    expect(err).toContain("payment-platform:environment is required");
});

const queue = "aws:sqs/queue:Queue";
const planned = (name: string, op: string, rest: object = {}) => ({
    resOutputsEvent: {
        planning: true,
        metadata: {
            urn: `urn::${name}`,
            type: queue,
            op,
            new: { custom: true, inputs: {} },
            old: { custom: true },
            ...rest,
        },
    },
});
const previewing = {
    preview: (options: never) => {
        const { onEvent } = options as { onEvent: (event: object) => void };
        onEvent({ preludeEvent: { config: {} } });
        onEvent(planned("new", "create"));
        onEvent(planned("task", "replace", { type: "aws:ecs/taskDefinition:TaskDefinition" }));
        onEvent({ summaryEvent: { resourceChanges: { create: 1, replace: 1, same: 3 } } });
        return Promise.resolve({});
    },
};

test("an update is previewed and confirmed, with the replaced resources first", async () => {
    const { stack, asked } = fakeStack(() => after, previewing);
    const terminal = terminalWith("yes");
    const { code, out } = await deploy(["dev", "up"], { stack, terminal });
    expect({ code, asked }).toEqual({ code: 0, asked: ["exportStack", "preview", "up", "exportStack"] });
    expect(out).toMatch(
        /^Preview:\n\+- task \(aws:ecs\/taskDefinition:TaskDefinition\)\n\+ {2}new \(aws:sqs\/queue:Queue\)\n1 created, 1 replaced, 3 unchanged, in /,
    );
    expect(terminal.questions).toEqual(["Update dev? Type yes: "]);
});

const database = "payment-database-dev";
/** Output recorded from the engine, for a cluster whose database has another name. */
const replacing = {
    preview: (options: never) => {
        const { onEvent } = options as { onEvent: (event: object) => void };
        onEvent({
            resOutputsEvent: {
                planning: true,
                metadata: {
                    ...{ op: "replace", urn: `urn::${database}`, type: "aws:rds/cluster:Cluster" },
                    ...{ keys: ["databaseName"], diffs: ["databaseName"] },
                    detailedDiff: { databaseName: { diffKind: "update-replace", inputDiff: true } },
                    old: { custom: true, inputs: { databaseName: "payments" } },
                    new: { custom: true, inputs: { databaseName: "ledger" } },
                },
            },
        });
        onEvent({ summaryEvent: { resourceChanges: { replace: 1 } } });
        return Promise.resolve({});
    },
};

test("--yes alone does not replace the database: the message names the option that does", async () => {
    const { stack, asked } = fakeStack(() => after, replacing);
    const { code, err } = await deploy(["dev", "up", "--yes"], { stack });
    expect({ code, asked }).toEqual({ code: 5, asked: ["exportStack", "preview"] });
    expect(err).toContain(
        `  --accept ${database}:replace\n      replaces the Cluster because of databaseName: payments -> ledger; the data in it is deleted: payments\n`,
    );
    const accepted = await deploy(["dev", "up", "--yes", "--accept", `${database}:replace`], { stack });
    expect(accepted).toMatchObject({ code: 0, err: expect.stringContaining(`accepted ${database}:replace: `) });
});

/** The real program with a service that uses the cache, which dev's notification does not. */
const planWithCache = (): Promise<Plan> =>
    planOfConfig(withSetting(readStackConfig("dev"), "services.notification.stores", ["database", "cache"]), "dev");

test("rights and paths that are not deployed yet need an acceptance, and --accept gives it", async () => {
    const withCache = await planWithCache();
    const { stack, asked } = fakeStack(() => after);
    const plan = () => Promise.resolve(withCache);
    const refused = await deploy(["dev", "up", "--yes"], { stack, planStack: plan });
    expect(refused.code).toBe(5);
    const options = refused.err.match(/--accept \S+/g) ?? [];
    expect(options.toSorted()).toEqual([
        "--accept payment-cache-dev:path",
        "--accept payment-notification-task-dev:rights",
    ]);
    expect(asked).not.toContain("up");
    const argv = ["dev", "up", "--yes", ...options.flatMap((option) => option.split(" "))];
    expect((await deploy(argv, { stack, planStack: plan })).code).toBe(0);
});

test("an update that AWS would refuse half-way is refused before anything is done; a preview warns", async () => {
    const planWithPriorities = (api: number, payment: number): Promise<Plan> =>
        planOfConfig(
            withSettings(readStackConfig("dev"), {
                "services.payment.path": "/payment/*",
                "services.api.priority": api,
                "services.payment.priority": payment,
            }),
            "dev",
        );
    const deployed = stateResourcesOf(await planWithPriorities(10, 20));
    const { stack, asked } = fakeStack(() => deployed);
    const planStack = () => planWithPriorities(20, 10);
    const refused = await deploy(["dev", "up", "--yes"], { stack, planStack });
    expect(refused).toMatchObject({ code: exitCodeFor("refused"), err: expect.stringContaining("PriorityInUse") });
    expect(refused.err).toContain("dev cannot be updated, 2 problems:\n  payment-api-dev gets priority 20");
    expect(refused.err).toContain("Update twice: in the first update neither of the two may have priority 20");
    expect(asked).toEqual(["exportStack"]);

    const preview = await deploy(["dev", "preview"], { stack, planStack });
    expect(preview).toMatchObject({ code: 0, err: expect.stringContaining("warning: an update is refused: payment-") });
});

test("a database cluster that the stack file does not mention is not deleted, even where that is accepted; a preview warns", async () => {
    const restored = withSettings(readStackConfig("dev"), {
        "database.otherGenerations": [2],
        "database.restoreFrom": { source: "snapshot", generation: 2, snapshot: "payment-before-migration" },
    });
    const { stack, asked } = fakeStack(stateResourcesOf(await planOfConfig(restored, "dev")));
    const accept = ["--accept", "payment-database2-dev:delete"];
    expect(await deploy(["dev", "up", "--yes", ...accept], { stack })).toMatchObject({
        code: exitCodeFor("refused"),
        err: expect.stringContaining("dev cannot be updated, 1 problem:\n  payment-database2-dev would be deleted"),
    });
    expect(asked).toEqual(["exportStack"]);
    expect(await deploy(["dev", "preview"], { stack })).toMatchObject({
        code: 0,
        err: expect.stringContaining("warning: an update is refused: payment-database2-dev would be deleted"),
    });
});

test("a database that a refresh took out of the state is not made again empty without an acceptance", async () => {
    const { stack, asked } = fakeStack(after.filter(({ type }) => !type.startsWith("aws:rds/cluster")));
    const { code, err } = await deploy(["dev", "up", "--yes"], { stack });
    expect(code).toBe(exitCodeFor("unconfirmed"));
    expect(err).toContain(
        "  --accept payment-database-dev:create\n      creates an empty Cluster in a stack that had one",
    );
    expect(asked).not.toContain("up");
});

test("a stack whose first update did not finish is compared with nothing", async () => {
    const withCache = await planWithCache();
    const halfMade = after.map((each) => (each.type === "pulumi:pulumi:Stack" ? { ...each, outputs: {} } : each));
    let isMade = false;
    const { stack } = fakeStack(() => (isMade ? after : halfMade), {
        up: () => {
            isMade = true;
            return Promise.resolve({});
        },
    });
    const { code } = await deploy(["dev", "up", "--yes"], { stack, planStack: () => Promise.resolve(withCache) });
    expect(code).toBe(0);
});

test("a terminal asks for the resource's name, and then for a yes, unless --yes was passed", async () => {
    const { stack, asked } = fakeStack(() => after, replacing);
    const terminal = terminalWith(database, "yes");
    expect((await deploy(["dev", "up"], { stack, terminal })).code).toBe(0);
    expect(terminal.questions.map((question) => question.split("\n").at(-1))).toEqual([
        `Type ${database} to replace it: `,
        "Update dev? Type yes: ",
    ]);
    const other = terminalWith("yes");
    expect((await deploy(["dev", "up", "--yes"], { stack, terminal: other })).code).toBe(5);
    expect(asked.filter((each) => each === "up")).toHaveLength(1);
});

test("a preview writes a file for review, which the update accepts, and refuses after another change", async () => {
    const { stack } = fakeStack(() => after, replacing);
    const preview = await deploy(["dev", "preview", "--write-accept-file", "approvals/dev.json"], { stack });
    expect(preview).toMatchObject({
        code: 0,
        err: expect.stringContaining("wrote approvals/dev.json: once it is reviewed"),
    });
    expect(preview.err).toContain(`\n  --accept ${database}:replace\n`);
    const argv = ["dev", "up", "--yes", "--accept-file", "approvals/dev.json"];
    expect((await deploy(argv, { stack })).code).toBe(0);
    const moved = fakeStack(() => after.filter(({ type }) => type !== queue), replacing);
    expect(await deploy(argv, { stack: moved.stack })).toMatchObject({
        code: 5,
        err: expect.stringContaining("accepts an update of what was deployed earlier"),
    });
    expect(moved.asked).not.toContain("up");
});

test("the file of an earlier update does not block an update that needs no acceptance", async () => {
    writeFileSync(join(root, "earlier.json"), "{}");
    const { stack, asked } = fakeStack(() => after, previewing);
    const { code, err } = await deploy(["dev", "up", "--yes", "--accept-file", "earlier.json"], { stack });
    expect(err).toContain("warning: earlier.json is not read: this update has no consequences. Delete it");
    expect(code).toBe(0);
    expect(asked).toContain("up");
});

test("an update that is promoted begins with the images that passed in the stack before, and with no others", async () => {
    const recorded = `sha256:${"a".repeat(64)}`;
    const services = new StackServices(root, "dev");
    services.recordDigest("api", recorded);
    const argv = ["dev", "up", "--yes", "--promoted-from", "qa"];
    const answers = { DescribeTaskDefinition: awsError("ClientException", "Unable to describe task definition.") };
    const verified = (digests: object) => {
        const record = { stack: "qa", environment: "qa", digests, at: "2026-01-01T00:00:00.000Z", commit: "" };
        mkdirSync(join(root, "outputs"), { recursive: true });
        writeFileSync(join(root, "outputs", "qa.verified.json"), JSON.stringify(record));
    };
    try {
        const { stack, asked } = fakeStack(() => after);
        expect(await deploy(argv, { stack, answers })).toMatchObject({
            code: 3,
            err: expect.stringContaining("outputs/qa.verified.json does not exist"),
        });
        verified({ api: `sha256:${"b".repeat(64)}` });
        expect(await deploy(argv, { stack, answers })).toMatchObject({
            code: 3,
            err: expect.stringContaining(`dev cannot be updated, 1 problem:\n  api is to run ${recorded}`),
        });
        expect(asked).not.toContain("up");
        verified({ api: recorded });
        expect((await deploy(argv, { stack, answers })).code).toBe(0);
    } finally {
        copyProject(root, ["dev"]);
        rmSync(join(root, "outputs"), { recursive: true });
    }
});

test("a preview without such consequences writes no file", async () => {
    const { stack } = fakeStack(() => after, previewing);
    const argv = ["dev", "preview", "--write-accept-file", "approvals/none.json"];
    const { code, err } = await deploy(argv, { stack });
    expect(code).toBe(0);
    expect(err).toContain("approvals/none.json was not written: this update needs no acceptance");
    expect(existsSync(join(root, "approvals", "none.json"))).toBe(false);
});

test("without a yes nothing changes, and without a terminal --yes is required", async () => {
    const { stack, asked } = fakeStack(() => after);
    expect(await deploy(["dev", "up"], { stack, terminal: terminalWith("y") })).toMatchObject({
        code: 5,
        err: expect.stringMatching(/Not confirmed; nothing was changed\n$/),
    });
    expect(asked).toEqual(["exportStack", "preview"]);
    const { code, err, opened } = await deploy(["dev", "up"]);
    expect({ code, opened }).toEqual({ code: 5, opened: [] });
    expect(err).toContain("An update asks for a yes, and there is no terminal: pass --yes");
});

test("an update that Pulumi fails half-way writes no files and exits with 1", async () => {
    rmSync(join(root, "outputs"), { recursive: true, force: true });
    const failing = { up: () => Promise.reject(pulumiError("Command failed with exit code 255: pulumi up\nlong log")) };
    const { code, err } = await deploy(["dev", "up", "--yes"], { stack: fakeStack(() => after, failing).stack });
    expect(code).toBe(1);
    expect(err).toMatch(/Update failed: Command failed with exit code 255: pulumi up\nWhat was done is in the state/);
    expect(existsSync(join(root, "outputs"))).toBe(false);
});

test("a rollback after the update exits with 7 and names the service", async () => {
    const answers: FakeResponses = {
        DescribeServices: ({ services }) => ({
            services: (services as string[]).map((name) => ({
                serviceName: name,
                status: "ACTIVE",
                deployments: [{ status: "PRIMARY", rolloutState: "COMPLETED", taskDefinition: "x/old:1" }],
            })),
        }),
    };
    const { code, err } = await deploy(["dev", "up", "--yes"], { stack: fakeStack(() => after).stack, answers });
    expect(code).toBe(7);
    expect(err).toContain("payment-api-dev: rolled back: deployed payment-api-dev:1, it runs old:1");
    expect(existsSync(join(root, "outputs", "dev.json"))).toBe(true);
});

/** The stack with an image of the migration, whose task ends so, and which Ctrl-C may reach while it runs. */
async function updateWithMigration(
    exitCode: number,
    resources: readonly StateResource[],
    interrupt = new Interrupt(),
    whileItRuns: () => void = () => undefined,
    planStack: () => Promise<Plan> = () => planTestStack("dev"),
) {
    const folder = mkdtempSync(join(tmpdir(), "migration-"));
    copyProject(folder, ["dev"]);
    const digest = `sha256:${"1".repeat(64)}`;
    new StackServices(folder, "dev").recordDigest("migration", digest);
    const order: string[] = [];
    const { stack } = fakeStack(() => (order.includes("up") ? after : resources), {
        up: () => {
            order.push("up");
            return Promise.resolve({});
        },
    });
    const tasks = [{ taskArn: "a/1", lastStatus: "STOPPED", containers: [{ name: "migration", exitCode }] }];
    const answers: FakeResponses = {
        DescribeTaskDefinition: { taskDefinition: {} },
        RunTask: () => {
            order.push("migration");
            whileItRuns();
            return { tasks };
        },
        DescribeTasks: { tasks },
        GetLogEvents: {},
    };
    try {
        const { code, err } = await deploy(["dev", "up", "--yes"], {
            root: folder,
            stack,
            answers,
            interrupt,
            planStack,
        });
        return { code, err, order };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

test("the recorded image of the migration runs before the update, and one that fails stops it", async () => {
    expect(await updateWithMigration(0, after)).toMatchObject({ code: 0, order: ["migration", "up"] });
    expect(await updateWithMigration(1, after)).toMatchObject({
        code: 1,
        order: ["migration"],
        err: expect.stringContaining(
            "The migration ended with exit code 1: ECS gives no reason (task 1)\nNo update was begun (docs/migrations.md, ",
        ),
    });
});

test("an update that restores the database is refused with the migration, which does not run", async () => {
    const restoring = await planOfConfig(
        withSettings(readStackConfig("dev"), {
            "migration.imageDigest": `sha256:${"1".repeat(64)}`,
            "database.otherGenerations": [2],
            "database.restoreFrom": { source: "snapshot", generation: 2, snapshot: "payment-before-migration" },
        }),
        "dev",
    );
    const plan = () => Promise.resolve(restoring);
    expect(await updateWithMigration(0, after, undefined, undefined, plan)).toMatchObject({
        code: exitCodeFor("refused"),
        order: [],
        err: expect.stringContaining("dev cannot be updated, 1 problem:\n  payment-migration-dev would run before"),
    });
});

test.each([true, false])("after a cancellation during the migration no update is started", async (isPulumiInformed) => {
    const interrupt = new Interrupt();
    const result = await updateWithMigration(0, after, interrupt, () => {
        interrupt.cancel(isPulumiInformed);
    });
    expect(result).toMatchObject({
        code: 130,
        order: ["migration"],
        err: expect.stringMatching(/Cancelled; a migration that had started was not stopped\n$/),
    });
});

test("the update that creates the task runs no migration", async () => {
    const before = after.filter(({ urn }) => !urn.endsWith("TaskDefinition::payment-migration-dev"));
    expect(await updateWithMigration(0, before)).toMatchObject({ code: 0, order: ["up"] });
});

test("a preview creates the stack and prints Pulumi's output on standard error", async () => {
    const preview = (options: never) => {
        (options as { onError: (text: string) => void }).onError("a diagnostic\n");
        return Promise.resolve({});
    };
    const { stack, asked } = fakeStack([], { preview });
    const { code, err, opened } = await deploy(["dev", "preview"], { stack });
    expect(err).toMatch(/\na diagnostic\n$/);
    expect({ code, asked }).toEqual({ code: 0, asked: ["exportStack", "preview"] });
    expect(opened).toEqual(["make file:///states"]);
});

test("outputs and manifest print JSON alone on standard output", async () => {
    const { stack, asked } = fakeStack(() => after);
    const outputs = await deploy(["dev", "outputs"], { stack });
    expect(JSON.parse(outputs.out)).toMatchObject({ ecsClusterName: "payment-cluster-dev" });
    expect(JSON.parse(outputs.out)).not.toHaveProperty("manifest");
    const manifest = await deploy(["dev", "manifest"], { stack });
    expect(JSON.parse(manifest.out)).toMatchObject({ stack: "dev", environment: "dev" });
    expect(asked).toEqual(["exportStack", "exportStack"]);
});

test.each(["outputs", "manifest", "refresh", "drift", "destroy"])(
    "%s of a stack without a state says so",
    async (subcommand) => {
        const { code, err } = await deploy(["dev", subcommand], { isNew: true });
        expect(code).toBe(11);
        expect(err).toContain("Stack dev is not in this backend: `up` makes it");
    },
);

test.each(["outputs", "manifest"])("%s of a destroyed stack says so, and prints no empty JSON", async (subcommand) => {
    const { code, out, err } = await deploy(["dev", subcommand], { stack: fakeStack([]).stack });
    expect({ code, out }).toEqual({ code: 11, out: "" });
    expect(err).toContain("Stack dev has no resources: `up` deploys it");
});

const drifting = {
    previewRefresh: (options: never) => {
        const { onEvent } = options as { onEvent: (event: object) => void };
        onEvent(planned("same", "same"));
        onEvent(planned("gone", "delete"));
        onEvent(planned("edited", "update", { diffs: ["tags"], new: { custom: true, inputs: { tags: 1 } } }));
        onEvent({ summaryEvent: { resourceChanges: { same: 1 } } });
        return Promise.resolve({});
    },
};

test("refresh shows the drift and writes it to the state only once it is confirmed", async () => {
    const { stack, asked } = fakeStack([], drifting);
    const unconfirmed = await deploy(["dev", "refresh"], { stack });
    expect(unconfirmed.code).toBe(5);
    expect(unconfirmed.out).toMatch(
        /^Refresh:\n- {2}gone \(aws:sqs\/queue:Queue\)\n~ {2}edited \(aws:sqs\/queue:Queue\): tags: nothing -> 1\n/,
    );
    expect(unconfirmed.err).toContain("drift: AWS has 2 of the resources otherwise\n");
    expect(asked).toEqual(["previewRefresh"]);
    expect((await deploy(["dev", "refresh", "--yes"], { stack })).code).toBe(0);
    expect(asked).toEqual(["previewRefresh", "previewRefresh", "refresh"]);
});

test("refresh without drift needs no confirmation", async () => {
    const { stack, asked } = fakeStack();
    expect(await deploy(["dev", "refresh"], { stack })).toMatchObject({
        code: 0,
        err: expect.stringContaining("no drift"),
    });
    expect(asked).toEqual(["previewRefresh"]);
});

test("cancel needs a confirmation", async () => {
    const { stack, asked } = fakeStack();
    expect(await deploy(["dev", "cancel"], { stack })).toMatchObject({
        code: 5,
        err: expect.stringContaining("there is no terminal: pass --yes"),
    });
    expect((await deploy(["dev", "cancel"], { stack, terminal: terminalWith("no") })).code).toBe(5);
    expect(asked).toEqual([]);
    expect(await deploy(["dev", "cancel"], { stack, terminal: terminalWith("yes") })).toMatchObject({
        code: 0,
        err: expect.stringContaining("Cancelled: the next `up` first reads anew what was left half made\n"),
    });
    expect(asked).toEqual(["cancel"]);
});

test("--yes skips the confirmation, also on a terminal", async () => {
    const { stack, asked } = fakeStack();
    const terminal = terminalWith("no");
    expect((await deploy(["dev", "cancel", "--yes"], { stack, terminal })).code).toBe(0);
    expect({ asked, questions: terminal.questions }).toEqual({ asked: ["cancel"], questions: [] });
});

test("a stack that another update locks exits with 8, one that cannot be opened with 9", async () => {
    const conflict = pulumiError("[409] Conflict", "ConcurrentUpdateError");
    const { stack } = fakeStack([], { preview: () => Promise.reject(conflict) });
    expect(await deploy(["dev", "preview"], { stack })).toMatchObject({
        code: 8,
        err: expect.stringContaining("Another update has locked the stack"),
    });
    const open = () => Promise.reject(pulumiError("error: incorrect passphrase"));
    expect((await deploy(["dev", "outputs"], { pulumi: { openStack: open } })).code).toBe(9);
    expect(await deploy(["dev", "preview"], { pulumi: { openStack: open } })).toMatchObject({
        code: 9,
        err: expect.stringContaining("The state of dev cannot be opened: error: incorrect passphrase\n"),
    });
});

// A killed CLI leaves an empty `.attrs` file, seen with 3.274: `stack ls` writes the first, `stack export` the second.
test.each(["error: EOF", "error: failed to load checkpoint: EOF"])(
    "after %j the message names the file to delete",
    async (text) => {
        const openStack = () => Promise.reject(pulumiError(text));
        expect(await deploy(["dev", "preview"], { pulumi: { openStack } })).toMatchObject({
            code: 9,
            err: expect.stringMatching(/^The state of dev cannot be opened: .*delete the empty `\.attrs` files/m),
        });
    },
);

test("other failures of Pulumi exit with 1 and print its output; an error of the command is thrown", async () => {
    const { stack } = fakeStack([], { exportStack: () => Promise.reject(pulumiError("error: no snapshot")) });
    expect(await deploy(["dev", "outputs"], { stack })).toMatchObject({
        code: 1,
        err: expect.stringMatching(/error: no snapshot\n$/),
    });
    const broken = fakeStack([], { exportStack: () => Promise.reject(new TypeError("x is undefined")) });
    await expect(deploy(["dev", "outputs"], { stack: broken.stack })).rejects.toThrow("x is undefined");
});

test("Ctrl-C while Pulumi runs waits for it and exits with 130; otherwise at once", async () => {
    const interrupt = new Interrupt();
    const heard: boolean[] = [];
    const preview = (options: never) => {
        interrupt.cancel(true);
        heard.push((options as { signal: AbortSignal }).signal.aborted);
        return Promise.reject(pulumiError("Command failed with exit code 255: pulumi preview"));
    };
    const { stack } = fakeStack([], { preview });
    expect(await deploy(["dev", "preview"], { stack, interrupt })).toMatchObject({
        code: 130,
        err: expect.stringContaining("ancelled"),
    });
    // The terminal has sent the signal to Pulumi already; a second one would kill it.
    expect(heard).toEqual([false]);

    const waiting = new Interrupt();
    const connect = () => {
        setImmediate(() => {
            waiting.cancel(true);
        });
        return new Promise<never>(() => undefined);
    };
    expect((await deploy(["dev", "up", "--yes"], { interrupt: waiting, createClients: connect })).code).toBe(130);
});

test("SIGTERM is forwarded to Pulumi", async () => {
    const interrupt = new Interrupt();
    const preview = (options: never) => {
        const { signal } = options as { signal: AbortSignal };
        return new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
                reject(pulumiError("Command failed"));
            });
            interrupt.cancel(false);
        });
    };
    expect((await deploy(["dev", "preview"], { stack: fakeStack([], { preview }).stack, interrupt })).code).toBe(130);
});

test("Ctrl-C at a question exits with 130", async () => {
    const ask = () => Promise.reject(awsError("AbortError", "The operation was aborted"));
    expect((await deploy(["dev", "cancel"], { terminal: { ask, askSecret: ask } })).code).toBe(130);
});

test("without Pulumi and without internet the exit code is 4, and the message says what to do", async () => {
    const missing = () => Promise.reject(pulumiError("spawn pulumi ENOENT"));
    const pulumi = { get: missing, install: () => Promise.reject(new Error("getaddrinfo ENOTFOUND get.pulumi.com")) };
    const { code, err } = await deploy(["dev", "preview"], { pulumi: { installer: pulumi } });
    expect(code).toBe(4);
    expect(err).toMatch(/on the path: spawn pulumi ENOENT\n {2}from https:\/\/get\.pulumi\.com: getaddrinfo ENOTFOUND/);
    expect(err).toMatch(/Install Pulumi 3\.\d+\.\d+ from https:\/\/www\.pulumi\.com\/docs\/install\//);
});

test("a local backend is created when no other is chosen", async () => {
    const state = join(root, "state");
    const env = { PULUMI_HOME: root, XDG_STATE_HOME: state, PULUMI_CONFIG_PASSPHRASE: "" };
    const { opened } = await deploy(["dev", "preview"], { env });
    expect(opened).toEqual([`make file://${state}/payment-platform?metadata=skip`]);
    expect(existsSync(join(state, "payment-platform"))).toBe(true);
});

test("`pulumi` runs the CLI with the remaining arguments, on the same terminal, and returns its exit code", async () => {
    const ran: unknown[] = [];
    const cli: PulumiAccess["createCli"] =
        ({ stack, env }) =>
        (args, options) => {
            ran.push({ stack, backend: env.PULUMI_BACKEND_URL, args, terminal: options?.terminal });
            return Promise.resolve({ code: args.includes("bad") ? 255 : 0, stdout: "", stderr: "" });
        };
    expect((await deploy(["dev", "pulumi", "up", "--yes", "--help"], { pulumi: { createCli: cli } })).code).toBe(0);
    expect((await deploy(["dev", "pulumi", "bad"], { pulumi: { createCli: cli } })).code).toBe(255);
    const rest = { stack: "dev", backend: "file:///states", terminal: "whole" };
    expect(ran).toEqual([
        { ...rest, args: ["up", "--yes", "--help"] },
        { ...rest, args: ["bad"] },
    ]);
});

test("a wrong passphrase, which Pulumi notices late, exits with 9, too", async () => {
    const wrong = () => Promise.reject(pulumiError("error: could not deserialize deployment: incorrect passphrase"));
    expect((await deploy(["dev", "outputs"], { stack: fakeStack([], { exportStack: wrong }).stack })).code).toBe(9);
});

/** An update that deletes a part of the API. */
const deletingPart = (planning: boolean) => (options: never) => {
    const { onEvent } = options as { onEvent: (event: object) => void };
    const type = "aws:apigateway/method:Method";
    onEvent({
        resOutputsEvent: { planning, metadata: { op: "delete", urn: "urn::options", type, old: { custom: true } } },
    });
    return Promise.resolve({});
};

test("an update that deletes a part of the API announces a second deployment, and makes it", async () => {
    const { urn = "" } = after.find(({ type }) => type === "aws:apigateway/deployment:Deployment") ?? {};
    const updates: unknown[] = [];
    const { stack, asked } = fakeStack(() => after, {
        preview: deletingPart(true),
        up: (options: never) => {
            updates.push((options as { replace?: string[] }).replace);
            return updates.length === 1 ? deletingPart(false)(options) : Promise.resolve({});
        },
    });
    const { code, err } = await deploy(["dev", "up", "--yes"], { stack });
    expect({ code, asked, updates }).toEqual({
        code: 0,
        asked: ["exportStack", "preview", "up", "exportStack", "up", "exportStack"],
        updates: [undefined, [urn]],
    });
    expect(err).toContain("warning: payment-gateway-dev will still contain options, which Pulumi deletes after it.");
    expect(err).toContain(`run \`pulumi up --replace '${urn}'\``);
});
