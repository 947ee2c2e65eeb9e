import { expect, test } from "@jest/globals";
import { comparePlans } from "../../../../analysis/difference/compare.ts";
import { forceNewInputsOf, isForced } from "../../../../analysis/replacement/force-new.ts";
import { typesWith } from "../../../../plan/catalogue/catalogue.ts";
import type { Value } from "../../../../plan/value.ts";
import { planTestStack } from "../../../stacks.ts";
import { changeInputs, changeResources } from "../../checks/fault.ts";

const database = ["aws:rds/cluster:Cluster", "payment-database-prod"] as const;
const cache = ["aws:elasticache/replicationGroup:ReplicationGroup", "payment-cache-prod"] as const;
const table = ["aws:dynamodb/table:Table", "payment-transactions-prod"] as const;
const vpc = ["aws:ec2/vpc:Vpc", ""] as const;
const merchantKey = ["aws:apigateway/apiKey:ApiKey", "example-shop"] as const;
const fromInternet = ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "internet-alb"] as const;
const wafLog = ["aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "payment-firewall"] as const;
const record = ["aws:route53/record:Record", "payment-alias"] as const;

type Inputs = Record<string, Value>;
type Case = readonly [title: string, resource: readonly [type: string, name: string], before: Inputs, after: Inputs];

/** Inputs of the resource that force its replacement when `before` becomes `after`. */
async function forcing([, [type, name], before, after]: Case): Promise<string[]> {
    // As if the program ignored no change: what forces a replacement is the provider's rule.
    const compared = changeResources(type, name, (node) => [
        { ...node, options: { ...node.options, ignoreChanges: [] } },
    ])(await planTestStack("prod"));
    const { resources } = comparePlans(
        changeInputs(type, name, before)(compared),
        changeInputs(type, name, after)(compared),
    );
    const changes = resources.filter((each) => each.type === type).flatMap((each) => each.changes);
    expect(changes.length).toBeGreaterThan(0);
    return changes.filter(({ forcesReplacement }) => forcesReplacement).map(({ path }) => path.replace(/[.[].*/, ""));
}

test.each<Case>([
    [
        "Redis OSS becomes Valkey",
        cache,
        { engine: "redis", engineVersion: "7.1" },
        { engine: "valkey", engineVersion: "8.0" },
    ],
    ["a newer engine of the cache", cache, { engineVersion: "8.0" }, { engineVersion: "8.1" }],
    ["a version without a minor number", cache, { engineVersion: "6.x" }, { engineVersion: "6.2" }],
    [
        "encryption in transit since Redis OSS 7.0.5",
        cache,
        { engineVersion: "7.1", transitEncryptionEnabled: true },
        { engineVersion: "7.1", transitEncryptionEnabled: false },
    ],
    ["another AUTH token", cache, { authToken: "one" }, { authToken: "two" }],
    ["an older engine of the database", database, { engineVersion: "17.4" }, { engineVersion: "16.8" }],
    ["the snapshot that the database came from is forgotten", database, { snapshotIdentifier: "old" }, {}],
    ["the database's zones are left to RDS", database, { availabilityZones: ["us-east-1a"] }, {}],
    ["the table that this one was restored from is forgotten", table, { restoreSourceName: "old" }, {}],
    ["the name of a merchant's key", merchantKey, { name: "one" }, { name: "two" }],
    ["one address for another", fromInternet, { cidrIpv4: "10.0.0.0/8" }, { cidrIpv4: "192.0.2.0/24" }],
    ["the VPC's tenancy becomes default", vpc, { instanceTenancy: "dedicated" }, { instanceTenancy: "default" }],
    ["another set identifier of a record", record, { setIdentifier: "one" }, { setIdentifier: "two" }],
])("in place: %s", async (...row) => {
    expect(await forcing(row)).toEqual([]);
});

test.each<[...Case, string[]]>([
    [
        "Valkey becomes Redis OSS",
        cache,
        { engine: "valkey", engineVersion: "8.0" },
        { engine: "redis", engineVersion: "7.1" },
        ["engine", "engineVersion"],
    ],
    ["an older engine of the cache", cache, { engineVersion: "8.1" }, { engineVersion: "8.0" }, ["engineVersion"]],
    [
        "encryption in transit before Redis OSS 7.0.5",
        cache,
        { engineVersion: "6.2", transitEncryptionEnabled: true },
        { engineVersion: "6.2", transitEncryptionEnabled: false },
        ["transitEncryptionEnabled"],
    ],
    ["another snapshot for the cache", cache, { snapshotName: "old" }, {}, ["snapshotName"]],
    ["a database from a snapshot", database, {}, { snapshotIdentifier: "old" }, ["snapshotIdentifier"]],
    ["a database from a bucket", database, {}, { s3Import: { bucketName: "backup" } }, ["s3Import"]],
    ["another key of the database", database, {}, { kmsKeyId: "alias/other" }, ["kmsKeyId"]],
    ["another kind of database", database, {}, { engine: "aurora-mysql" }, ["engine"]],
    ["a table from a bucket", table, {}, { importTable: { inputFormat: "CSV" } }, ["importTable"]],
    [
        "the VPC's tenancy becomes dedicated",
        vpc,
        { instanceTenancy: "default" },
        { instanceTenancy: "dedicated" },
        ["instanceTenancy"],
    ],
    ["the value of a merchant's key", merchantKey, { value: "one" }, { value: "two" }, ["value"]],
    ["a list of addresses for one address", fromInternet, {}, { prefixListId: "pl-1" }, ["prefixListId"]],
    ["another log of the firewall", wafLog, {}, { logDestinationConfigs: ["arn:other"] }, ["logDestinationConfigs"]],
])("replaced: %s", async (title, resource, before, after, expected) => {
    expect([...new Set(await forcing([title, resource, before, after]))]).toEqual(expected);
});

test.each([
    ["without a new deployment", false, ["FARGATE"], ["FARGATE", "FARGATE_SPOT"], true],
    ["with a new deployment", true, ["FARGATE"], ["FARGATE", "FARGATE_SPOT"], false],
    ["from none, with a new deployment", true, [], ["FARGATE"], true],
])("other capacity providers of a service, %s", (_, forceNewDeployment, from, to, replaces) => {
    // The platform ignores changes of them, so that no plan compares them.
    const side = (providers: string[]) => ({
        capacityProviderStrategies: providers.map((capacityProvider) => ({ capacityProvider, weight: 1 })),
        forceNewDeployment,
    });
    expect(isForced("aws:ecs/service:Service", "capacityProviderStrategies", side(from), side(to))).toBe(replaces);
});

test.each([
    ["on", false, true, false],
    ["off", true, false, true],
])("Object Lock of a bucket is switched %s", (_, before, after, replaces) => {
    // The platform ignores changes of it, so that no plan compares them.
    const side = (objectLockEnabled: boolean) => ({ objectLockEnabled });
    expect(isForced("aws:s3/bucket:Bucket", "objectLockEnabled", side(before), side(after))).toBe(replaces);
});

test("a condition is of an input that may replace its resource", () => {
    const rows = typesWith("forceNew").map(([type, { inputs, conditions = {}, keptWhenRemoved = [] }]) => ({
        ...{ type, inputs },
        named: [...Object.keys(conditions), ...keptWhenRemoved],
    }));
    expect(rows.filter(({ named }) => named.length > 0).length).toBeGreaterThan(20);
    expect(
        rows.flatMap(({ type, inputs, named }) =>
            named.filter((input) => !inputs.includes(input)).map((input) => `${type} ${input}`),
        ),
    ).toEqual([]);
});

test("the region replaces a resource of AWS, and none of another provider; a type without a row has no other input", () => {
    expect(forceNewInputsOf("aws:sqs/queue:Queue")).toContain("region");
    expect(forceNewInputsOf("tls:index/privateKey:PrivateKey")).not.toContain("region");
    expect(forceNewInputsOf("aws:budgets/budget:Budget")).toEqual(["region"]);
    expect(forceNewInputsOf("other:index/thing:Thing")).toEqual([]);
});
