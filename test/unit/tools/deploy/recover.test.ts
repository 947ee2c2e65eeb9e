import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { importIdFromInputs, importIdTemplateOf } from "../../../../tools/deploy/import-ids.ts";
import { revokeDefaultEgress } from "../../../../tools/deploy/default-egress.ts";
import { findInterruptedResources, recover } from "../../../../tools/deploy/recover.ts";
import type { State, StateResource } from "../../../../plan/state.ts";
import { planTestStack } from "../../../stacks.ts";
import {
    awsError,
    clientsWith,
    fakeStack,
    stateResource,
    sessionWith,
    stateWith,
    type FakeResponses,
} from "./fakes.ts";

const tags = { EnvironmentSuffix: "dev" };
const provider = stateResource("pulumi:providers:aws", "aws", {
    id: "1",
    inputs: { defaultTags: JSON.stringify({ tags }) },
});
const made = { provider: `${provider.urn}::1` };
const table = stateResource("aws:dynamodb/table:Table", "table", { ...made, inputs: { name: "payments" } });
const vpc = stateResource("aws:ec2/vpc:Vpc", "vpc", { ...made, inputs: { cidrBlock: "10.0.0.0/16" } });
const topic = stateResource("aws:sns/topic:Topic", "topic", { ...made, inputs: { name: "in-aws" } });
// As SIGINT leaves a queue: it is there, and its ARN is not.
const queue = stateResource("aws:sqs/queue:Queue", "queue", { id: "url", initErrors: ["context canceled"] });
const role = stateResource("aws:iam/role:Role", "role", { id: "role", inputs: { name: "role" } });

const interrupted: State = {
    ...stateWith([provider, queue, role]),
    pending: [
        { type: "creating", resource: table },
        { type: "creating", resource: vpc },
        { type: "creating", resource: topic },
        { type: "creating", resource: role },
        { type: "deleting", resource: role },
    ],
};

const hasVpc: FakeResponses = {
    DescribeVpcs: { Vpcs: [{ VpcId: "vpc-1", Tags: [{ Key: "EnvironmentSuffix", Value: "dev" }] }] },
};

test("a creation counts as interrupted when it is pending, may exist, or replaces another resource", () => {
    const { toRefresh, created, replacing } = findInterruptedResources(interrupted);
    expect(toRefresh).toEqual([queue.urn, role.urn]);
    expect(created).toEqual([table, vpc, topic]);
    // The role is in the state already: what was being created is its replacement.
    expect(replacing).toEqual([role]);
});

interface Conditions {
    /** Exit codes of the CLI, and what it writes then. */
    readonly export?: number;
    readonly import?: number;
    readonly stderr?: string;
    readonly answers?: FakeResponses;
    /** What the refresh leaves in the state. */
    readonly read?: readonly StateResource[];
}

async function recovering(state: State, codes: Conditions = {}) {
    const root = mkdtempSync(join(tmpdir(), "recover-"));
    writeFileSync(join(root, "Pulumi.dev.yaml"), "config: {}\n");
    const imported: { deployment: { resources: StateResource[]; pending_operations: unknown[] } }[] = [];
    const targets: string[][] = [];
    const { stack } = fakeStack(codes.read, {
        refresh: (options: never) => {
            targets.push((options as { target: string[] }).target);
            return Promise.resolve({});
        },
    });
    const { session, said } = sessionWith({
        root,
        cli: ([, verb], options) => {
            if (verb === "import") {
                imported.push(JSON.parse(options?.input ?? "") as (typeof imported)[number]);
                return Promise.resolve({ code: codes.import ?? 0, stdout: "", stderr: codes.stderr ?? "" });
            }
            const deployment = {
                resources: imported.length === 0 ? state.resources : codes.read,
                pending_operations: state.pending,
                secrets_providers: "x",
            };
            const stdout = JSON.stringify({ version: 3, deployment });
            return Promise.resolve({ code: codes.export ?? 0, stdout, stderr: "no state" });
        },
    });
    const changed = await recover(session, clientsWith(codes.answers ?? hasVpc).clients, stack, state);
    return { changed, imported, targets, said };
}

test("a resource that may exist is written into the state with its ID, and then read again", async () => {
    const { changed, imported, targets, said } = await recovering(interrupted);
    expect(changed).toBe(true);
    expect(imported).toHaveLength(2);
    expect(imported[0]?.deployment).toMatchObject({
        resources: [provider, queue, role, { ...table, id: "payments" }, { ...vpc, id: "vpc-1" }],
        pending_operations: [{ type: "deleting" }],
        secrets_providers: "x",
    });
    expect(targets).toEqual([[queue.urn, role.urn, table.urn, vpc.urn]]);
    expect(said.filter((line) => line.startsWith("warning: "))).toEqual([
        expect.stringContaining(
            "the creation of topic (aws:sns/topic:Topic) was interrupted, and nothing is taken over",
        ),
        expect.stringContaining("the replacement of role (aws:iam/role:Role) was interrupted"),
    ]);
});

test("a resource that AWS does not have is removed from the state without a warning", async () => {
    const state = { ...stateWith([provider]), pending: [{ type: "creating", resource: vpc }] } as const;
    const { imported, targets, said } = await recovering(
        { ...state, pending: [...state.pending] },
        { answers: { DescribeVpcs: {} } },
    );
    expect(imported[0]?.deployment).toMatchObject({ resources: [provider], pending_operations: [] });
    expect({ targets, said: said.slice(1) }).toEqual({ targets: [], said: [] });
});

test("what was taken over keeps the inputs of its creation, including the names that Pulumi generated", async () => {
    const state: State = { ...stateWith([provider]), pending: [{ type: "creating", resource: table }] };
    const asImported = {
        ...table,
        id: "payments",
        inputs: { __defaults: [] },
        outputs: { name: "payments", tagsAll: tags },
    };
    const { imported } = await recovering(state, { read: [provider, asImported] });
    expect(imported[1]?.deployment.resources).toEqual([provider, { ...asImported, inputs: table.inputs }]);
});

test("a resource that was read by its name and has other tags is removed from the state again", async () => {
    const bucket = stateResource("aws:s3/bucket:Bucket", "bucket", {
        ...made,
        inputs: { bucket: "payment-audit-dev" },
    });
    const state: State = {
        ...stateWith([provider]),
        pending: [table, bucket].map((each) => ({ type: "creating", resource: each })),
    };
    const read = (tagsAll: object, ofBucket: object) => [
        provider,
        { ...table, id: "payments", outputs: { tagsAll } },
        // The provider tags buckets in a second call.
        { ...bucket, id: "payment-audit-dev", outputs: { tagsAll: ofBucket } },
    ];
    const own = await recovering(state, { read: read({ ...tags, Owner: "us" }, {}) });
    expect(own.imported[1]?.deployment.resources).toHaveLength(3);
    for (const others of [{ EnvironmentSuffix: "staging" }, {}]) {
        const { imported, said } = await recovering(state, { read: read(others, { Team: "other" }) });
        expect(imported[1]?.deployment.resources).toEqual([provider]);
        expect(said.filter((line) => line.startsWith("warning: "))).toEqual([
            expect.stringContaining("AWS has payments under the name of table"),
            expect.stringContaining("AWS has payment-audit-dev under the name of bucket"),
        ]);
    }
});

const group = stateResource("aws:ec2/securityGroup:SecurityGroup", "group", { id: "sg-1", initErrors: ["canceled"] });
const own = stateResource("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "own", { id: "sgr-own" });
const egress = { GroupId: "sg-1", IsEgress: true, IpProtocol: "-1", CidrIpv4: "0.0.0.0/0" };

test("a security group whose creation was interrupted loses AWS's default rule, and no other", async () => {
    const rules = [
        { ...egress, SecurityGroupRuleId: "sgr-default" },
        { ...egress, SecurityGroupRuleId: "sgr-default-6", CidrIpv4: undefined, CidrIpv6: "::/0" },
        { ...egress, SecurityGroupRuleId: "sgr-own" },
        { ...egress, SecurityGroupRuleId: "sgr-https", IpProtocol: "tcp" },
        { ...egress, SecurityGroupRuleId: "sgr-vpc", CidrIpv4: "10.0.0.0/16" },
        { ...egress, SecurityGroupRuleId: "sgr-ingress", IsEgress: false },
    ];
    const answers = { DescribeSecurityGroupRules: { SecurityGroupRules: rules }, RevokeSecurityGroupEgress: {} };
    const { clients, calls } = clientsWith(answers);
    expect(await revokeDefaultEgress(clients, stateWith([group, own]), [group.urn])).toEqual(["sg-1", "sg-1"]);
    expect(calls.map(([, input]) => input)).toEqual([
        expect.objectContaining({ Filters: [{ Name: "group-id", Values: ["sg-1"] }] }),
        { GroupId: "sg-1", SecurityGroupRuleIds: ["sgr-default"] },
        { GroupId: "sg-1", SecurityGroupRuleIds: ["sgr-default-6"] },
    ]);
    expect(await revokeDefaultEgress(clients, stateWith([group, own]), [own.urn])).toEqual([]);
    const { said } = await recovering(stateWith([group]), { answers, read: [group] });
    expect(said.at(-1)).toBe("  sg-1: AWS's default rule, which lets everything leave, is revoked");
});

test("when AWS refuses to revoke the default rule, the update ends before it starts", async () => {
    const answers = { DescribeSecurityGroupRules: awsError("UnauthorizedOperation") };
    const recovery = recovering(stateWith([group]), { answers, read: [group] });
    await expect(recovery).rejects.toMatchObject({ exitReason: "failed" });
    await expect(recovery).rejects.toThrow(/default rule.*this takes ec2:DescribeSecurityGroupRules/);
});

test("pending operations alone need no edit of the state; a complete state needs nothing", async () => {
    const { imported, targets } = await recovering(stateWith([queue]));
    expect({ imported, targets }).toEqual({ imported: [], targets: [[queue.urn]] });
    expect(await recovering(stateWith([role]))).toMatchObject({ changed: false, targets: [], said: [] });
});

test("creations that cannot be identified are removed from the state, and nothing is read", async () => {
    const { imported, targets } = await recovering({
        ...stateWith([]),
        pending: [{ type: "creating", resource: topic }],
    });
    expect(imported[0]?.deployment.pending_operations).toEqual([]);
    expect(targets).toEqual([]);
});

test.each(["export", "import"] as const)(
    "a state that cannot be read or written ends the recovery (%s)",
    async (verb) => {
        await expect(recovering(interrupted, { [verb]: 255 })).rejects.toMatchObject({ exitReason: "failed" });
    },
);

test("a stack that another operation locks is reported as locked", async () => {
    // As the CLI writes it.
    const stderr =
        "error: could not import deployment: the stack is currently locked by 1 lock(s). Either wait for the other " +
        "process(es) to end or delete the lock file with `pulumi cancel`.";
    await expect(recovering(interrupted, { import: 255, stderr })).rejects.toMatchObject({ exitReason: "locked" });
});

test("an ID needs all inputs of its template as text", () => {
    const policy = "aws:iam/rolePolicy:RolePolicy";
    expect(importIdFromInputs({ type: policy, inputs: { role: "r", name: "p" } })).toBe("r:p");
    expect(importIdFromInputs({ type: policy, inputs: { role: "r" } })).toBeUndefined();
    expect(importIdFromInputs({ type: "aws:ec2/vpc:Vpc", inputs: {} })).toBeUndefined();
});

test("every row names inputs that the stacks have", async () => {
    // Prod has readers, monitoring and its own certificate.
    const { nodes } = await planTestStack("prod");
    const found = nodes.map((node) => ({ node, template: importIdTemplateOf(node.type) ?? "" }));
    expect(found.filter(({ template }) => template !== "").length).toBeGreaterThan(100);
    const wrong = found.filter(({ node, template }) => {
        const keys = [...template.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => key);
        return !keys.every((key) => key in { ...node.outputs, ...node.inputs });
    });
    expect(wrong.map(({ node }) => node.type)).toEqual([]);
});
