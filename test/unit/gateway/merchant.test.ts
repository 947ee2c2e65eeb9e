import { expect, test } from "@jest/globals";
import { merchantKeyName } from "../../../lib/gateway/key-name.ts";
import { Merchant } from "../../../lib/gateway/merchant.ts";
import { Secret } from "../../../plan/plan.ts";
import { findNode, nodesOf, planComponent } from "../../recorder.ts";
import { keyArns, logicalNamesOf, onlyNode, testScope, exposeValue, plainTextOf, typeTokens } from "../fixtures.ts";
import { gatewayType, gatewayTypes, gatewayName, planGateway } from "./fixtures.ts";

const version = "aws:secretsmanager/secretVersion:SecretVersion";
const shop = "payment-gateway-merchant-shop-test";
const one = { gateway: { merchants: { shop: {} } } };

test.each([
    [{}, { limit: 1_000_000, period: "DAY" }, { rateLimit: 50, burstLimit: 100 }],
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
        [gatewayTypes.plan, gatewayTypes.key, gatewayTypes.planKey].flatMap((type) => logicalNamesOf(plan, type)),
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
    expect(findNode(plan, shop, typeTokens.secret).inputs.kmsKeyId).toBe(keyArns.data);
    const { inputs } = findNode(plan, shop, version);
    expect(inputs.secretId).toBe(findNode(plan, shop, typeTokens.secret).id);
    expect(inputs.secretString).toEqual(key.outputs.value);
});

test("the key is a secret wherever Pulumi writes it", async () => {
    const plan = await planGateway(one);
    expect(onlyNode(plan, gatewayTypes.key).outputs.value).toBeInstanceOf(Secret);
    expect(onlyNode(plan, gatewayTypes.planKey).outputs.value).toBeInstanceOf(Secret);
    expect(findNode(plan, shop, version).inputs.secretString).toBeInstanceOf(Secret);
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
        const secret = findNode(await planGateway({ ...one, scope: { deletionProtection } }), shop, typeTokens.secret);
        expect(secret.inputs.recoveryWindowInDays).toBe(recoveryWindowInDays);
        expect(secret.options.protect).toBe(deletionProtection);
    },
);

test("Pulumi generates the secret's name, so that a new one can be created while the old one is recoverable", async () => {
    expect(findNode(await planGateway(one), shop, typeTokens.secret).outputs.name).toMatch(
        /^payment-gateway-merchant-shop-test-[0-9a-f]{7}$/,
    );
});

test("the secret's ARN is published only once it has a key that works", async () => {
    const plan = await planComponent(() => {
        const merchant = new Merchant(shop, {
            scope: testScope(),
            merchant: "shop",
            settings: { quotaPerDay: 1, ratePerSecond: 1, burst: 1, key: { version: 1, acceptPrevious: false } },
        });
        const admission = { restApiId: "api", stageName: "v1", keyArn: keyArns.data };
        exposeValue("secret", merchant.admit(admission).keySecretArn);
    });
    const { dependencies, inputs } = findNode(plan, "secret");
    expect(inputs.value).toBe(findNode(plan, shop, typeTokens.secret).outputs.arn);
    expect(dependencies).toEqual(
        expect.arrayContaining([findNode(plan, shop, version).urn, onlyNode(plan, gatewayTypes.planKey).urn]),
    );
});

const withKey = (key: object) => planGateway({ gateway: { merchants: { shop: { key } } } });
const keyNames = ["payment-gateway-key-2-shop-test", shop];

test("during a rotation two keys are accepted, and the secret has the new one", async () => {
    const plan = await withKey({ version: 2, acceptPrevious: true });
    expect(logicalNamesOf(plan, gatewayTypes.key)).toEqual(keyNames);
    const usagePlan = onlyNode(plan, gatewayTypes.plan).id;
    expect(nodesOf(plan, gatewayTypes.planKey).map(({ inputs }) => inputs.usagePlanId)).toEqual([usagePlan, usagePlan]);
    const current = findNode(plan, "payment-gateway-key-2-shop-test", gatewayTypes.key);
    expect(findNode(plan, shop, version).inputs.secretString).toEqual(current.outputs.value);
    // The key before is the resource that was there.
    const [before] = nodesOf(await planGateway(one), gatewayTypes.key);
    expect(findNode(plan, shop, gatewayTypes.key)).toMatchObject({ urn: before?.urn, inputs: before?.inputs });
});

test("after a rotation the former key is gone, and the secret is the same", async () => {
    const plan = await withKey({ version: 2 });
    expect(logicalNamesOf(plan, gatewayTypes.key)).toEqual(keyNames.slice(0, 1));
    expect(findNode(plan, shop, typeTokens.secret).name).toBe(shop);
});

test("the secret has a new key only once the API accepts it", async () => {
    const plan = await withKey({ version: 2, acceptPrevious: true });
    const admission = findNode(plan, "payment-gateway-key-2-shop-test", gatewayTypes.planKey);
    expect(findNode(plan, shop, version).dependencies).toContain(admission.urn);
});

test("no two keys have one name, whatever merchants are called", () => {
    const scope = { suffix: "test" };
    const names = ["shop", "key-2-shop", "shop-2"].flatMap((merchant) =>
        [1, 2, 22].map((number) => merchantKeyName(scope, merchant, number)),
    );
    expect(new Set(names).size).toBe(names.length);
});

test("secrets and plans are published by merchant", async () => {
    const plan = await planGateway({ gateway: { merchants: { shop: {}, "book-store": {} } } });
    const published = (type: string, value: (node: { id: string; outputs: Record<string, unknown> }) => unknown) =>
        Object.fromEntries(
            nodesOf(plan, type)
                .filter(({ name }) => name.includes("-merchant-"))
                .map((node) => [node.name.replace(/^payment-gateway-merchant-(.*)-test$/, "$1"), value(node)]),
        );
    expect(findNode(plan, gatewayName, gatewayType).outputs).toMatchObject({
        merchantKeySecretArns: published(typeTokens.secret, ({ outputs }) => outputs.arn),
        usagePlanIds: published(gatewayTypes.plan, ({ id }) => id),
    });
});
