import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { z } from "zod";
import { requireItem } from "../../lib/list.ts";
import { hashOfSettings, type Manifest } from "../../lib/manifest.ts";
import { storageByType } from "../../lib/manifest/storage-by-type.ts";
import { readSettings, type PlatformSettings } from "../../lib/settings.ts";
import { findManifest, plannedManifest } from "../../plan/manifest.ts";
import { planStack } from "../../plan/plan.ts";
import { generateFiles } from "../../tools/schema/files.ts";
import { testProjectFolder } from "../project.ts";
import { findNode } from "../recorder.ts";
import { planTestStack } from "../stacks.ts";
import { accountId, plainTextOf } from "./fixtures.ts";
import { readStackConfig, withSetting } from "./settings/stack-config.ts";

const stacks = ["dev", "staging", "prod"];
const schemaFile = "schema/manifest.schema.json";

const manifestOf = async (stack: string): Promise<Manifest> => plannedManifest(await planTestStack(stack), undefined);

test("the published schema is the program's own", () => {
    expect(readFileSync(schemaFile, "utf8")).toBe(generateFiles(process.cwd(), new Map()).get(schemaFile));
});

/** As an auditor's tool would check a manifest: by the published file alone. */
const published = z.fromJSONSchema(JSON.parse(readFileSync(schemaFile, "utf8")) as z.core.JSONSchema.JSONSchema);

test.each(stacks)("the manifest of %s is valid under the published schema", async (stack) => {
    const manifest = await manifestOf(stack);
    expect(published.safeParse(JSON.parse(JSON.stringify(manifest))).error).toBeUndefined();
    const { resources, ...rest } = manifest;
    expect(published.safeParse(rest).success).toBe(false);
    expect(published.safeParse({ ...manifest, password: "x" }).success).toBe(false);
    expect(
        published.safeParse({ ...manifest, resources: [{ ...requireItem(resources, 0), retentionDays: "1" }] }).success,
    ).toBe(false);
});

test.each(stacks)("every AWS resource of %s is in its manifest, and nothing else", async (stack) => {
    const identities = (all: readonly { type: string; name: string }[]) =>
        all.map(({ type, name }) => `${type} ${name}`).sort();
    const made = (await planTestStack(stack)).nodes.filter(
        ({ type, external }) => type.startsWith("aws:") && !external,
    );
    const { resources } = await manifestOf(stack);
    expect(resources.length).toBeGreaterThan(300);
    expect(identities(resources)).toEqual(identities(made));
});

/** Types that store data, and the input that names the key; a bucket's is in a separate resource. */
const stores = {
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "aws:dynamodb/table:Table": "serverSideEncryption.kmsKeyArn",
    "aws:elasticache/replicationGroup:ReplicationGroup": "kmsKeyId",
    "aws:rds/cluster:Cluster": "kmsKeyId",
    "aws:sqs/queue:Queue": "kmsMasterKeyId",
};

test.each(stacks)("the manifest of %s has the key and the retention of each store and log", async (stack) => {
    const plan = await planTestStack(stack);
    const { resources } = await manifestOf(stack);
    const classification = plan.nodes.find(({ type }) => type === "pulumi:providers:aws")?.inputs.defaultTags;
    for (const [type, input] of Object.entries(stores)) {
        const found = resources.filter((resource) => resource.type === type);
        expect(found).not.toEqual([]);
        for (const { name, encryption, encryptionKey, retentionDays, dataClassification } of found) {
            expect(encryption).toBe("customer-key");
            const key = findNode(plan, String(encryptionKey), "aws:kms/key:Key");
            expect(findNode(plan, name, type).inputs).toHaveProperty(input, key.outputs.arn);
            expect(retentionDays).toBeGreaterThan(0);
            expect(classification).toHaveProperty("tags.DataClassification", dataClassification);
        }
    }
});

test("key and retention of a bucket are read from its separate resources", async () => {
    const ofBuckets = (await manifestOf("prod")).resources.filter(({ type }) => type === "aws:s3/bucket:Bucket");
    const bucket = (name: string) => ofBuckets.find((one) => one.name === name);
    expect(bucket("payment-audit-prod")).toMatchObject({
        holds: "records",
        encryption: "customer-key",
        encryptionKey: "payment-logs-prod",
        retentionDays: 731,
    });
    // AWS delivers access logs to no bucket with another key than its own.
    expect(bucket("payment-access-logs-prod")).toMatchObject({
        encryption: "aws-key",
        encryptionKey: null,
        retentionDays: 731,
    });
    expect(ofBuckets.filter(({ retentionDays }) => retentionDays === null)).toEqual([]);
});

test("every type with a key is in the manifest", async () => {
    const plan = await planTestStack("prod");
    const encrypted = plan.nodes.filter(({ inputs }) =>
        ["kmsKeyId", "kmsKeyArn", "kmsMasterKeyId"].some((key) => key in inputs),
    );
    const forgotten = encrypted.filter(({ type }) => !(type in storageByType)).map(({ type }) => type);
    // AWS Config's channel writes into a bucket of its own.
    expect([...new Set(forgotten)].filter((type) => type !== "aws:cfg/deliveryChannel:DeliveryChannel")).toEqual([]);
});

test("two plans of the same files give the same bytes", async () => {
    const again = plannedManifest(await planStack(testProjectFolder, "dev"), undefined);
    expect(JSON.stringify(again)).toBe(JSON.stringify(await manifestOf("dev")));
});

test("resources are sorted by type and name", async () => {
    const identities = (await manifestOf("staging")).resources.map(({ type, name }) => `${type} ${name}`);
    expect(identities).toEqual([...identities].sort());
});

test("what only AWS knows is null before the first update", async () => {
    const manifest = await manifestOf("prod");
    expect(manifest.account).toBeNull();
    expect(JSON.stringify(manifest)).not.toContain(accountId);
    expect(manifest.resources.filter(({ arn, encryptionKeyArn }) => arn !== null || encryptionKeyArn !== null)).toEqual(
        [],
    );
});

test("the manifest of a deployed stack has the ARNs of its resources and keys, and its account", async () => {
    const plan = await planTestStack("prod");
    // The plan's outputs are those of a deployed stack, with made-up ARNs.
    const deployed = published.parse(findManifest(plan.outputs)) as Manifest;
    expect(deployed.account).toBe(accountId);
    const table = deployed.resources.find(({ type }) => type === "aws:dynamodb/table:Table");
    expect(table?.arn).toBe(`arn:aws:dynamodb:us-east-1:${accountId}:table/payment-transactions-prod`);
    expect(table?.encryptionKeyArn).toBe(findNode(plan, "payment-data-prod", "aws:kms/key:Key").outputs.arn);
    for (const { type, name, arn } of deployed.resources) {
        const { outputs } = findNode(plan, name, type);
        const own = outputs.arn ?? outputs.dashboardArn;
        expect(arn).toBe(own === undefined ? null : plainTextOf(own));
    }
});

const settingsOf = (config = readStackConfig("dev")): PlatformSettings => {
    const { settings, problems } = readSettings(config, [], "2026-06-30");
    if (problems) {
        throw new Error(problems.join("\n"));
    }
    return settings;
};

test("the hash changes with any setting, and not with the order of their keys", () => {
    const settings = settingsOf();
    const reversed = Object.fromEntries(Object.entries(settings).reverse()) as PlatformSettings;
    expect(hashOfSettings(reversed)).toBe(hashOfSettings(settings));
    const hashes = [
        settings,
        settingsOf(withSetting(readStackConfig("dev"), "logs.applicationRetentionDays", 60)),
        settingsOf(withSetting(readStackConfig("dev"), "cache.nodes", 2)),
    ].map(hashOfSettings);
    expect(new Set(hashes).size).toBe(3);
});

test("the manifest of a stack has the hash of that stack's settings", async () => {
    expect((await manifestOf("dev")).settingsHash).toBe(hashOfSettings(settingsOf()));
});
