import { expect, test } from "@jest/globals";
import { comparePlans } from "../../analysis/difference/compare.ts";
import { Cache } from "../../lib/cache.ts";
import type { Scope } from "../../lib/scope.ts";
import type { Settings } from "../../lib/settings/schema.ts";
import { Secret } from "../../plan/plan.ts";
import { inputsOf, findNode, nodesOf, planComponent, componentPlanner } from "../recorder.ts";
import {
    cacheArgs,
    cacheSettings,
    keyArns,
    onlyNode,
    testScope,
    exposeStatements,
    exposeValue,
    policyStatements,
    typeTokens,
    readSecretGrants,
} from "./fixtures.ts";

const name = "payment-cache-test";
const password = "random:index/randomPassword:RandomPassword";
const version = "aws:secretsmanager/secretVersion:SecretVersion";

const planned = componentPlanner(
    (settings: Partial<Settings["cache"]> = {}, scope: Partial<Scope> = {}) =>
        new Cache(name, cacheArgs(testScope(scope), cacheSettings(settings))),
);
const groupOf = async (settings: Partial<Settings["cache"]> = {}, scope: Partial<Scope> = {}) =>
    onlyNode(await planned(settings, scope), typeTokens.replicationGroup);

test.each([
    [1, false],
    [2, true],
    [6, true],
])("of %i nodes another takes over, in another zone: %s", async (nodes, standby) => {
    expect((await groupOf({ nodes })).inputs).toMatchObject({
        numCacheClusters: nodes,
        automaticFailoverEnabled: standby,
        multiAzEnabled: standby,
    });
});

test.each([
    ["redis", "7.1", "redis7"],
    ["valkey", "8.0", "valkey8"],
] as const)(
    "%s %s has parameters of its family, and refuses writes when it is full",
    async (engine, number, family) => {
        const plan = await planned({ engine });
        const parameters = findNode(plan, `payment-${family}-test`);
        expect(parameters.inputs).toMatchObject({
            family,
            parameters: [{ name: "maxmemory-policy", value: "noeviction" }],
        });
        expect(onlyNode(plan, typeTokens.replicationGroup)).toMatchObject({
            inputs: { engine, engineVersion: number, parameterGroupName: parameters.outputs.name },
        });
    },
);

test("an update deletes no parameter group that a cache may use until its maintenance window", async () => {
    const groups = async (engine: Settings["cache"]["engine"]) =>
        nodesOf(await planned({ engine }), "aws:elasticache/parameterGroup:ParameterGroup").map(({ urn }) => urn);
    expect(await groups("valkey")).toEqual(await groups("redis"));
    expect(await groups("redis")).toHaveLength(2);
});

test.each([
    ["redis", "valkey", "update"],
    ["valkey", "redis", "replace"],
] as const)("from %s to %s is one %s of the cache", async (from, to, operation) => {
    // https://github.com/hashicorp/terraform-provider-aws/issues/45229
    const { resources } = comparePlans(await planned({ engine: from }), await planned({ engine: to }));
    expect(resources.map((each) => [each.type, each.operation])).toEqual([[typeTokens.replicationGroup, operation]]);
});

test("the cache accepts only TLS, requires a token and is encrypted with the stack's key", async () => {
    const { inputs } = await groupOf();
    expect(inputs).toMatchObject({
        transitEncryptionEnabled: true,
        transitEncryptionMode: "required",
        atRestEncryptionEnabled: true,
        kmsKeyId: keyArns.data,
    });
    expect(inputs.authToken).toBeInstanceOf(Secret);
});

test("the cache is in its own subnets with its own security group", async () => {
    const plan = await planned();
    const subnets = onlyNode(plan, "aws:elasticache/subnetGroup:SubnetGroup");
    expect(subnets.inputs.subnetIds).toEqual(["subnet-1", "subnet-2"]);
    expect(onlyNode(plan, typeTokens.replicationGroup).inputs).toMatchObject({
        subnetGroupName: subnets.outputs.name,
        securityGroupIds: ["sg-cache"],
        port: 6379,
    });
});

test("the token is 64 letters and digits, equal in cache and secret, and never in plain text", async () => {
    const plan = await planned();
    const made = onlyNode(plan, password);
    expect(made.inputs).toEqual({ length: 64, special: false });
    const token = made.outputs.result;
    expect(token).toEqual(new Secret(expect.stringMatching(/^[0-9A-Za-z]{64}$/) as never));
    expect(onlyNode(plan, typeTokens.replicationGroup).inputs.authToken).toEqual(token);
    expect(onlyNode(plan, version).inputs.secretString).toEqual(token);
    expect(onlyNode(plan, typeTokens.secret).inputs).toMatchObject({ kmsKeyId: keyArns.data });

    const { value } = token as Secret;
    const open = JSON.stringify(plan.nodes, (_, shown: unknown) => (shown instanceof Secret ? "masked" : shown));
    expect(open).toContain("masked");
    expect(open).not.toContain(value);
});

test("neither what the cache publishes nor what depends on it contains the token", async () => {
    const plan = await planComponent(() => {
        const { endpoint, tokenSecretArn } = new Cache(name, cacheArgs(testScope()));
        exposeValue("endpoint", endpoint);
        exposeValue("token-secret", tokenSecretArn);
    });
    const published = findNode(plan, name, "payment:index:Cache").outputs;
    expect(published).toEqual({
        endpoint: expect.stringMatching(/^master\.payment-cache-test\./),
        port: 6379,
        tokenSecretArn: onlyNode(plan, typeTokens.secret).outputs.arn,
        logGroupNames: expect.any(Array),
    });
    expect(findNode(plan, "endpoint").inputs.value).toBe(published.endpoint);
    expect(findNode(plan, "token-secret").inputs.value).toBe(published.tokenSecretArn);
});

test("the secret is published only once it contains the token", async () => {
    const plan = await planComponent(() => {
        exposeValue("shown", new Cache(name, cacheArgs(testScope())).tokenSecretArn);
    });
    const { propertyDependencies } = findNode(plan, "shown");
    expect(propertyDependencies.value).toContain(onlyNode(plan, version).urn);
});

test("a service that reads the token may read this secret only, and use the key for nothing else", async () => {
    const plan = await planComponent(() => {
        exposeStatements("shown", new Cache(name, cacheArgs(testScope())).readTokenStatements());
    });
    const arn = onlyNode(plan, typeTokens.secret).outputs.arn;
    expect(policyStatements(findNode(plan, "shown"))).toEqual(readSecretGrants(arn));
});

test("slow commands and engine events are logged to groups with key and retention, under the vended prefix", async () => {
    const plan = await planned();
    const expected = ["slow-log", "engine-log"].map((log) => `/aws/vendedlogs/elasticache/payment-cache-${log}-test`);
    expect(inputsOf(plan, typeTokens.logGroup)).toEqual(
        expected.map((group) => ({ name: group, kmsKeyId: keyArns.logs, retentionInDays: 30 })),
    );
    const { inputs, propertyDependencies } = onlyNode(plan, typeTokens.replicationGroup);
    expect(inputs.logDeliveryConfigurations).toEqual(
        ["slow-log", "engine-log"].map((logType, i) => ({
            logType,
            logFormat: "json",
            destinationType: "cloudwatch-logs",
            destination: expected[i],
        })),
    );
    expect(propertyDependencies.logDeliveryConfigurations).toEqual(
        nodesOf(plan, typeTokens.logGroup).map(({ urn }) => urn),
    );
    expect(findNode(plan, name, "payment:index:Cache").outputs.logGroupNames).toEqual(expected);
});

test.each([
    [true, 30],
    [false, 0],
])(
    "with protection %s cache and token cannot or can be deleted at once",
    async (deletionProtection, recoveryWindowInDays) => {
        const plan = await planned({}, { deletionProtection });
        expect(onlyNode(plan, typeTokens.replicationGroup).options.protect).toBe(deletionProtection);
        expect(onlyNode(plan, typeTokens.secret)).toMatchObject({
            inputs: { recoveryWindowInDays },
            options: { protect: deletionProtection },
        });
    },
);

test("AWS generates the secret's name, as a deleted secret keeps its name", async () => {
    expect(onlyNode(await planned(), typeTokens.secret).inputs).not.toHaveProperty("name");
});

test.each([true, false])("changes that restart nodes are applied at once: %s", async (applyImmediately) => {
    expect((await groupOf({}, { applyImmediately })).inputs.applyImmediately).toBe(applyImmediately);
});

test("snapshots are kept as long as the stack sets, and AWS applies minor versions", async () => {
    expect((await groupOf({ snapshotRetentionDays: 3 })).inputs).toMatchObject({
        snapshotRetentionLimit: 3,
        autoMinorVersionUpgrade: true,
    });
});

const strategyOf = async (token: Partial<Settings["cache"]["token"]>) =>
    (await groupOf({ token: { version: 1, acceptPrevious: false, ...token } })).inputs.authTokenUpdateStrategy;

test.each([
    [{}, "ROTATE"],
    [{ version: 2, acceptPrevious: true }, "ROTATE"],
    [{ version: 2 }, "SET"],
    [{ version: 3, acceptPrevious: true }, "ROTATE"],
])("with the token %j ElastiCache is asked to %s", async (token, strategy) => {
    expect(await strategyOf(token)).toBe(strategy);
});

test("each version has a token of its own, and the first one is as it was", async () => {
    const keepers = async (tokenVersion: number) =>
        onlyNode(await planned({ token: { version: tokenVersion, acceptPrevious: false } }), password).inputs.keepers;
    expect([await keepers(1), await keepers(2), await keepers(3)]).toEqual([
        undefined,
        { version: "2" },
        { version: "3" },
    ]);
});

test("a token is stored for clients only once the cache accepts it", async () => {
    const plan = await planned();
    expect(onlyNode(plan, version).dependencies).toContain(onlyNode(plan, typeTokens.replicationGroup).urn);
    expect(onlyNode(plan, version).inputs.secretString).toBeInstanceOf(Secret);
});
