import { expect, test } from "@jest/globals";
import { Merchant } from "../../../lib/gateway/merchant.ts";
import { Secret } from "../../../plan/plan.ts";
import { findNode, nodesOf, planComponent } from "../../recorder.ts";
import { keyArns, logicalNamesOf, onlyNode, testScope, exposeValue, plainTextOf, typeTokens } from "../fixtures.ts";
import { gatewayType, gatewayTypes, gatewayName, planGateway } from "./fixtures.ts";

const version = "aws:secretsmanager/secretVersion:SecretVersion";
const shop = "payment-gateway-merchant-shop-test";
const one = { gateway: { merchants: { shop: {} } } };

test.each([
    [{}, { limit: 10_000, period: "DAY" }, { rateLimit: 50, burstLimit: 100 }],
    [
        { quotaPerDay: 7, ratePerSecond: 8, burst: 9 },
        { limit: 7, period: "DAY" },
        { rateLimit: 8, burstLimit: 9 },
    ],
])("a merchant with %j may call %j, %j", async (limits, quotaSettings, throttleSettings) => {
    const plan = await planGateway({ gateway: { merchants: { shop: limits } } });
    expect(onlyNode(plan, gatewayTypes.plan).inputs).toMatchObject({
        quotaSettings,
        throttleSettings,
        apiStages: [{ apiId: onlyNode(plan, gatewayTypes.api).id, stage: "v1" }],
    });
});

test("the usage plan is created after its stage, and deleted before it", async () => {
    const plan = await planGateway(one);
    expect(onlyNode(plan, gatewayTypes.plan).dependencies).toContain(onlyNode(plan, gatewayTypes.stage).urn);
});

test("each merchant has its own usage plan and key, which belong together", async () => {
    const plan = await planGateway({ gateway: { merchants: { shop: {}, "book-store": {} } } });
    const names = ["payment-gateway-merchant-book-store-test", shop];
    expect(logicalNamesOf(plan, gatewayTypes.plan)).toEqual(names);
    expect(logicalNamesOf(plan, gatewayTypes.key)).toEqual(names);
    for (const merchant of names) {
        expect(findNode(plan, merchant, gatewayTypes.planKey).inputs).toEqual({
            usagePlanId: findNode(plan, merchant, gatewayTypes.plan).id,
            keyId: findNode(plan, merchant, gatewayTypes.key).id,
            keyType: "API_KEY",
        });
    }
});

test("without merchants there is no key", async () => {
    const plan = await planGateway();
    expect(
        [gatewayTypes.plan, gatewayTypes.key, gatewayTypes.planKey, typeTokens.secret].flatMap((type) =>
            logicalNamesOf(plan, type),
        ),
    ).toEqual([]);
    expect(findNode(plan, gatewayName, gatewayType).outputs).toMatchObject({
        merchantKeySecretArns: {},
        usagePlanIds: {},
    });
});

test("AWS generates the key, which is kept in a secret encrypted with the stack's key", async () => {
    const plan = await planGateway(one);
    const key = onlyNode(plan, gatewayTypes.key);
    expect(key.inputs).not.toHaveProperty("value");
    expect(onlyNode(plan, typeTokens.secret).inputs.kmsKeyId).toBe(keyArns.data);
    const { inputs } = onlyNode(plan, version);
    expect(inputs.secretId).toBe(onlyNode(plan, typeTokens.secret).id);
    expect(inputs.secretString).toEqual(key.outputs.value);
});

test("the key is a secret wherever Pulumi writes it", async () => {
    const plan = await planGateway(one);
    expect(onlyNode(plan, gatewayTypes.key).outputs.value).toBeInstanceOf(Secret);
    expect(onlyNode(plan, gatewayTypes.planKey).outputs.value).toBeInstanceOf(Secret);
    expect(onlyNode(plan, version).inputs.secretString).toBeInstanceOf(Secret);
    const value = plainTextOf((onlyNode(plan, gatewayTypes.key).outputs.value as Secret).value);
    expect(value).toMatch(/^[0-9a-f]{40}$/);
    expect(JSON.stringify(findNode(plan, gatewayName, gatewayType).outputs)).not.toContain(value);
});

test.each([
    [true, 30],
    [false, 0],
])(
    "with protection %s a deleted secret can be recovered for %i days",
    async (deletionProtection, recoveryWindowInDays) => {
        const secret = onlyNode(await planGateway({ ...one, scope: { deletionProtection } }), typeTokens.secret);
        expect(secret.inputs.recoveryWindowInDays).toBe(recoveryWindowInDays);
        expect(secret.options.protect).toBe(deletionProtection);
    },
);

test("Pulumi generates the secret's name, so that a new one can be created while the old one is recoverable", async () => {
    expect(onlyNode(await planGateway(one), typeTokens.secret).outputs.name).toMatch(
        /^payment-gateway-merchant-shop-test-[0-9a-f]{7}$/,
    );
});

test("the secret's ARN is published only once it has a key that works", async () => {
    const plan = await planComponent(() => {
        const merchant = new Merchant(shop, {
            scope: testScope(),
            merchant: "shop",
            settings: { quotaPerDay: 1, ratePerSecond: 1, burst: 1 },
            restApiId: "api",
            stageName: "v1",
            keyArn: keyArns.data,
        });
        exposeValue("secret", merchant.keySecretArn);
    });
    const { dependencies, inputs } = findNode(plan, "secret");
    expect(inputs.value).toBe(onlyNode(plan, typeTokens.secret).outputs.arn);
    expect(dependencies).toEqual(
        expect.arrayContaining([onlyNode(plan, version).urn, onlyNode(plan, gatewayTypes.planKey).urn]),
    );
});

test("secrets and plans are published by merchant", async () => {
    const plan = await planGateway({ gateway: { merchants: { shop: {}, "book-store": {} } } });
    const published = (type: string, value: (node: { id: string; outputs: Record<string, unknown> }) => unknown) =>
        Object.fromEntries(
            nodesOf(plan, type).map((node) => [
                node.name.replace(/^payment-gateway-merchant-(.*)-test$/, "$1"),
                value(node),
            ]),
        );
    expect(findNode(plan, gatewayName, gatewayType).outputs).toMatchObject({
        merchantKeySecretArns: published(typeTokens.secret, ({ outputs }) => outputs.arn),
        usagePlanIds: published(gatewayTypes.plan, ({ id }) => id),
    });
    expect(nodesOf(plan, typeTokens.secret)).toHaveLength(2);
});
