import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
// The subcommand loads its code on demand; the import makes the dependency of these tests visible.
import "../../../../../tools/deploy/adopt.ts";
import { subcommands } from "../../../../../tools/deploy/subcommands.ts";
import type { Session } from "../../../../../tools/deploy/session.ts";
import type { Plan, PlanNode } from "../../../../../plan/plan.ts";
import type { StateResource } from "../../../../../plan/state.ts";
import { valuesFromState, withoutSecretMarks } from "../../../../../analysis/engine/state-values.ts";
import { copyProject } from "../../../../project.ts";
import { planTestStack } from "../../../../stacks.ts";
import {
    clientsWith,
    exportedSecret,
    fakeStack,
    pulumiError,
    sessionWith,
    stateResource,
    terminalWith,
    type FakeResponses,
} from "../fakes.ts";

const bucketName = "payment-audit-dev-210987654321";
const account = "210987654321";
const tagsAll = { EnvironmentSuffix: "dev" };
const Tags = [
    ["CostCenter", "dev-payments"],
    ["DataClassification", "internal"],
    ["Environment", "dev"],
    ["EnvironmentSuffix", "dev"],
    ["Compliance", "none"],
    ["ManagedBy", "pulumi"],
    ["Project", "payment-platform"],
    ["Name", "payment-network-dev"],
].map(([Key, Value]) => ({ Key, Value }));
const allTags = Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));

/** Logical names by type: what the plan of these tests has, besides components and providers. */
const parts: Readonly<Record<string, readonly string[]>> = {
    "random:index/randomPassword:RandomPassword": ["payment-cache-token-dev"],
    "aws:kms/key:Key": ["payment-data-dev"],
    "aws:secretsmanager/secret:Secret": ["payment-cache-token-dev"],
    "aws:secretsmanager/secretVersion:SecretVersion": ["payment-cache-token-dev"],
    "aws:s3/bucket:Bucket": ["payment-audit-dev"],
    "aws:s3/bucketVersioning:BucketVersioning": ["payment-audit-dev"],
    "aws:sqs/queue:Queue": ["payment-processing-dlq-dev"],
    "aws:sqs/queuePolicy:QueuePolicy": ["payment-processing-dlq-dev"],
    "aws:ec2/vpc:Vpc": ["payment-network-dev"],
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ["payment-network-dev"],
};

const smallPlan = async (): Promise<Plan> => {
    const plan = await planTestStack("dev");
    const isPart = ({ type, name, custom }: PlanNode): boolean =>
        !custom || type === "pulumi:providers:aws" || parts[type]?.includes(name) === true;
    return { ...plan, nodes: plan.nodes.filter(isPart) };
};

const secretArn = `arn:aws:secretsmanager:us-east-1:${account}:secret:payment-cache-token-dev-0123abc-AbCdEf`;

const inAws: FakeResponses = {
    GetCallerIdentity: { Account: account, Arn: "arn:aws:iam::210987654321:user/alice" },
    ListKeys: { Keys: [{ KeyId: "key-1" }] },
    ListResourceTags: { Tags: Tags.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })) },
    DescribeKey: {
        KeyMetadata: {
            Description: "Database, transactions, cache, secrets and images of payment platform dev",
            KeyState: "Enabled",
        },
    },
    ListSecrets: { SecretList: [{ Name: "payment-cache-token-dev-0123abc", ARN: secretArn, Tags }] },
    DescribeSecret: { VersionIdsToStages: { v1: ["AWSCURRENT"] } },
    GetQueueUrl: { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${account}/payment-processing-dlq-dev` },
    DescribeVpcs: { Vpcs: [] },
};

interface Conditions {
    readonly answers?: FakeResponses;
    readonly state?: readonly StateResource[];
    /** What a refresh reads of a resource, by its ID; nothing where AWS has none. */
    readonly outputs?: Readonly<Record<string, StateResource["outputs"] | undefined>>;
    readonly session?: Partial<Session>;
    readonly change?: (plan: Plan) => Plan;
    /** What the engine reports during each refresh. */
    readonly events?: readonly object[];
}

async function adopting({
    answers = {},
    state,
    outputs = {},
    session: given,
    change = (plan) => plan,
    events = [],
}: Conditions = {}) {
    const root = mkdtempSync(join(tmpdir(), "adopt-"));
    copyProject(root, ["dev"]);
    const plan = change(await smallPlan());
    let current: readonly StateResource[] = state ?? [];
    const imported: StateResource[][] = [];
    const refreshed: unknown[] = [];
    const { stack } = fakeStack(() => current, {
        refresh: (options: never) => {
            const { target, onEvent } = options as { target?: string[]; onEvent: (event: object) => void };
            refreshed.push(target);
            events.forEach(onEvent);
            current = current.flatMap((resource) => {
                const { id = "" } = resource;
                const isRead =
                    resource.outputs !== undefined || resource.custom !== true || !resource.type.startsWith("aws:");
                if (isRead) {
                    return [resource];
                }
                const read = id in outputs ? outputs[id] : { tagsAll: allTags };
                return read === undefined ? [] : [{ ...resource, outputs: read }];
            });
            return Promise.resolve({});
        },
    });
    const { clients, calls } = clientsWith({ ...inAws, ...answers });
    const { session, said, shown } = sessionWith({
        root,
        yes: true,
        planStack: () => Promise.resolve(plan),
        createClients: () => Promise.resolve(clients),
        openStack: (how) =>
            how === "find" && state === undefined
                ? Promise.reject(pulumiError("error: no stack named 'dev' found", "StackNotFoundError"))
                : Promise.resolve(stack),
        cli: ([, verb], options) => {
            if (verb === "import") {
                const { deployment } = JSON.parse(options?.input ?? "") as {
                    deployment: { resources: StateResource[] };
                };
                imported.push(deployment.resources);
                current = deployment.resources;
            }
            const stdout = JSON.stringify({ version: 3, deployment: { resources: current, secrets_providers: "x" } });
            return Promise.resolve({ code: 0, stdout, stderr: "" });
        },
        ...given,
    });
    const outcome = await subcommands.adopt.run(session).then(
        () => undefined,
        (error: unknown) => error,
    );
    const last = imported.at(-1) ?? [];
    const stored = (type: string) => last.find((each) => each.type === type);
    return { outcome, imported, refreshed, said, shown, stored, calls };
}

/** What a refresh reads of the version of the secret. */
const version = { [`${secretArn}|v1`]: { secretString: exportedSecret("RealToken"), tagsAll: undefined } };

test("what AWS has is in the state afterwards, with the IDs, names and passwords that it has", async () => {
    const { outcome, stored, said, imported } = await adopting({ outputs: version });
    expect(outcome).toBeUndefined();
    expect(stored("aws:secretsmanager/secret:Secret")).toMatchObject({ id: secretArn });
    expect(stored("aws:secretsmanager/secretVersion:SecretVersion")).toMatchObject({ id: `${secretArn}|v1` });
    expect(stored("aws:s3/bucket:Bucket")).toMatchObject({ id: bucketName });
    expect(stored("aws:kms/key:Key")).toMatchObject({ id: "key-1" });
    const { outputs } = stored("random:index/randomPassword:RandomPassword") ?? {};
    expect(withoutSecretMarks(valuesFromState(outputs ?? {}))).toMatchObject({ result: "RealToken" });
    expect(imported[0]?.find(({ type }) => type === "aws:kms/key:Key")?.outputs).toBeUndefined();
    expect(said).toEqual([
        "AWS has, or may have, 7 of the 8 resources of dev",
        "7 resources are in the state",
        "The next update creates:",
        "  payment-network-dev (aws:ec2/vpc:Vpc)",
        "  payment-network-dev (aws:ec2/defaultSecurityGroup:DefaultSecurityGroup)",
    ]);
    expect(said.join()).not.toContain("RealToken");
});

test("where AWS has everything, the next update creates nothing", async () => {
    const { said } = await adopting({
        answers: { DescribeVpcs: { Vpcs: [{ VpcId: "vpc-1", Tags }] } },
        outputs: version,
        change: (plan) => ({
            ...plan,
            nodes: plan.nodes.filter(({ type }) => !type.endsWith("DefaultSecurityGroup")),
        }),
    });
    expect(said.at(-1)).toBe("The next update creates nothing");
});

test("what AWS does not have under a name is not in the state, and the next update creates it", async () => {
    const { stored, said } = await adopting({ outputs: { ...version, [bucketName]: undefined } });
    expect(stored("aws:s3/bucket:Bucket")).toBeUndefined();
    expect(said).toContain("  payment-audit-dev (aws:s3/bucket:Bucket)");
});

const tableType = "aws:dynamodb/table:Table";
const withTable = async (): Promise<(plan: Plan) => Plan> => {
    const { nodes } = await planTestStack("dev");
    return (plan) => ({ ...plan, nodes: [...plan.nodes, ...nodes.filter(({ type }) => type === tableType)] });
};

test("where AWS has no transaction log, the adoption ends with a warning of the next update, which would make an empty one", async () => {
    const change = await withTable();
    const lost = await adopting({ change, outputs: { ...version, "payment-transactions-dev": undefined } });
    expect(lost.stored("aws:kms/key:Key")).toBeDefined();
    expect(lost.said).toContain(`  payment-transactions-dev (${tableType})`);
    expect(lost.outcome).toMatchObject({
        exitReason: "incomplete",
        message: expect.stringMatching(
            /^AWS has no payment-transactions-dev \(.*\): do not run `up` yet: it would create it without a question, and empty, unless/,
        ),
    });
    const kept = await adopting({ change, outputs: version });
    expect(kept.outcome).toBeUndefined();
});

test("what has others' tags is left out, and so are its parts", async () => {
    const { stored, said } = await adopting({ outputs: { ...version, [bucketName]: { tagsAll } } });
    expect(stored("aws:s3/bucket:Bucket")).toBeUndefined();
    expect(stored("aws:s3/bucketVersioning:BucketVersioning")).toBeUndefined();
    expect(stored("aws:kms/key:Key")).toBeDefined();
    expect(said.filter((line) => line.startsWith("warning: "))).toEqual([
        "warning: payment-audit-dev (aws:s3/bucket:Bucket) has not the tags of this stack, and was left out",
        "warning: payment-audit-dev (aws:s3/bucketVersioning:BucketVersioning) has not the tags of this stack, and was left out",
    ]);
});

test("several resources with the name that Pulumi chooses are named, and nothing is written", async () => {
    const SecretList = ["0123abc", "4567def"].map((end) => ({
        Name: `payment-cache-token-dev-${end}`,
        ARN: end,
        Tags,
    }));
    const { outcome, imported } = await adopting({ answers: { ListSecrets: { SecretList } } });
    expect(outcome).toMatchObject({ exitReason: "refused" });
    expect(String(outcome)).toContain(
        "payment-cache-token-dev (aws:secretsmanager/secret:Secret): AWS has several that may be it: " +
            "payment-cache-token-dev-0123abc, payment-cache-token-dev-4567def. Delete those that are not in use",
    );
    expect(imported).toEqual([]);
});

test("a problem that shows after the first refresh is a warning", async () => {
    let count = 0;
    const DescribeVpcs = () => {
        count += 1;
        return { Vpcs: count === 1 ? [] : ["vpc-1", "vpc-2"].map((VpcId) => ({ VpcId, Tags })) };
    };
    const { said, outcome } = await adopting({ answers: { DescribeVpcs }, outputs: version });
    expect(outcome).toBeUndefined();
    expect(said).toContain(
        "warning: payment-network-dev was left out: AWS has several that may be it: vpc-1, vpc-2. Delete those that are not in use",
    );
});

test("other names are not those that Pulumi chooses", async () => {
    const SecretList = [{ Name: "payment-cache-token-dev-backup", ARN: "x", Tags }, {}];
    const { stored, said } = await adopting({ answers: { ListSecrets: { SecretList } } });
    expect(stored("aws:secretsmanager/secret:Secret")).toBeUndefined();
    expect(stored("random:index/randomPassword:RandomPassword")).toBeUndefined();
    expect(said).toContain("  payment-cache-token-dev (random:index/randomPassword:RandomPassword)");
});

test("only an empty state is filled, of the stack's account, and after a yes", async () => {
    const table = stateResource("aws:dynamodb/table:Table", "table", { id: "table" });
    expect((await adopting({ state: [table] })).outcome).toMatchObject({ exitReason: "refused" });
    expect((await adopting({ state: [] })).outcome).toBeUndefined();
    const refused = await adopting({ session: { yes: undefined, terminal: terminalWith("no") } });
    expect(refused.outcome).toMatchObject({ exitReason: "unconfirmed" });
    expect(refused.imported).toEqual([]);
    expect((await adopting({ session: { yes: undefined } })).calls).toEqual([]);
    const expired = await adopting({ answers: { GetCallerIdentity: new Error("expired") } });
    expect(expired.outcome).toMatchObject({ exitReason: "failed" });
});

test("where AWS has nothing, nothing is written", async () => {
    const { outcome, imported, said } = await adopting({
        change: (plan) => ({
            ...plan,
            nodes: plan.nodes.filter(({ type, custom }) => !custom || type.includes("vpc:Vpc")),
        }),
    });
    expect({ outcome, imported, said }).toEqual({
        outcome: undefined,
        imported: [],
        said: ["AWS has, or may have, 0 of the 1 resources of dev"],
    });
});

test("the refresh prints no line for each resource, and its errors", async () => {
    const side = { custom: true, urn: "", inputs: {}, outputs: {} };
    const metadata = {
        op: "update",
        urn: "urn:pulumi:dev::payment-platform::aws:kms/key:Key::payment-data-dev",
        type: "aws:kms/key:Key",
        old: side,
        new: { ...side, inputs: { enableKeyRotation: true } },
        detailedDiff: { enableKeyRotation: { diffKind: "add", inputDiff: false } },
    };
    const error = { severity: "error", message: "no rights", color: "", urn: metadata.urn };
    const { shown, refreshed } = await adopting({
        outputs: version,
        events: [{ resOutputsEvent: { metadata } }, { diagnosticEvent: error }],
    });
    expect(shown.join("")).not.toContain("enableKeyRotation");
    expect(shown.join("")).toContain("no rights");
    // All that is in the state is new.
    expect(refreshed).toEqual([undefined]);
});
