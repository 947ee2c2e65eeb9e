import { expect, test } from "@jest/globals";
import { Merchant } from "../../../lib/gateway/merchant.ts";
import { Secret } from "../../../plan/plan.ts";
import { nodeNamed, nodesOf, record } from "../../recorder.ts";
import { keys, namesOf, onlyNode, scopeOf, showValue, text, types } from "../parts.ts";
import { component, kinds, name, planned } from "./parts.ts";

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
    const plan = await planned({ gateway: { merchants: { shop: limits } } });
    expect(onlyNode(plan, kinds.plan).inputs).toMatchObject({
        quotaSettings,
        throttleSettings,
        apiStages: [{ apiId: onlyNode(plan, kinds.api).id, stage: "v1" }],
    });
});

test("the plan comes after the stage that it is for, and goes before it", async () => {
    const plan = await planned(one);
    expect(onlyNode(plan, kinds.plan).dependencies).toContain(onlyNode(plan, kinds.stage).urn);
});

test("each merchant has a plan and a key of its own, which belong together", async () => {
    const plan = await planned({ gateway: { merchants: { shop: {}, "book-store": {} } } });
    const names = ["payment-gateway-merchant-book-store-test", shop];
    expect(namesOf(plan, kinds.plan)).toEqual(names);
    expect(namesOf(plan, kinds.key)).toEqual(names);
    for (const merchant of names) {
        expect(nodeNamed(plan, merchant, kinds.planKey).inputs).toEqual({
            usagePlanId: nodeNamed(plan, merchant, kinds.plan).id,
            keyId: nodeNamed(plan, merchant, kinds.key).id,
            keyType: "API_KEY",
        });
    }
});

test("without merchants nobody has a key", async () => {
    const plan = await planned();
    expect([kinds.plan, kinds.key, kinds.planKey, types.secret].flatMap((type) => namesOf(plan, type))).toEqual([]);
    expect(nodeNamed(plan, name, component).outputs).toMatchObject({ merchantKeySecretArns: {}, usagePlanIds: {} });
});

test("AWS makes the key, and it lies in a secret of the stack's own key", async () => {
    const plan = await planned(one);
    const key = onlyNode(plan, kinds.key);
    expect(key.inputs).not.toHaveProperty("value");
    expect(onlyNode(plan, types.secret).inputs.kmsKeyId).toBe(keys.data);
    const { inputs } = onlyNode(plan, version);
    expect(inputs.secretId).toBe(onlyNode(plan, types.secret).id);
    expect(inputs.secretString).toEqual(key.outputs.value);
});

test("the key is a secret wherever Pulumi writes it down", async () => {
    const plan = await planned(one);
    expect(onlyNode(plan, kinds.key).outputs.value).toBeInstanceOf(Secret);
    expect(onlyNode(plan, kinds.planKey).outputs.value).toBeInstanceOf(Secret);
    expect(onlyNode(plan, version).inputs.secretString).toBeInstanceOf(Secret);
    const value = text((onlyNode(plan, kinds.key).outputs.value as Secret).value);
    expect(value).toMatch(/^[0-9a-f]{40}$/);
    expect(JSON.stringify(nodeNamed(plan, name, component).outputs)).not.toContain(value);
});

test.each([
    [true, 30],
    [false, 0],
])(
    "with protection %s the secret waits %i days before it is gone",
    async (deletionProtection, recoveryWindowInDays) => {
        const secret = onlyNode(await planned({ ...one, scope: { deletionProtection } }), types.secret);
        expect(secret.inputs.recoveryWindowInDays).toBe(recoveryWindowInDays);
        expect(secret.options.protect).toBe(deletionProtection);
    },
);

test("the secret's name is Pulumi's, so that the next one can be made while the last one waits", async () => {
    expect(onlyNode(await planned(one), types.secret).outputs.name).toMatch(
        /^payment-gateway-merchant-shop-test-[0-9a-f]{7}$/,
    );
});

test("a secret is told only when it holds a key that is of use", async () => {
    const plan = await record(() => {
        const merchant = new Merchant(shop, {
            scope: scopeOf(),
            merchant: "shop",
            settings: { quotaPerDay: 1, ratePerSecond: 1, burst: 1 },
            restApiId: "api",
            stageName: "v1",
            keyArn: keys.data,
        });
        showValue("secret", merchant.keySecretArn);
    });
    const { dependencies, inputs } = nodeNamed(plan, "secret");
    expect(inputs.value).toBe(onlyNode(plan, types.secret).outputs.arn);
    expect(dependencies).toEqual(
        expect.arrayContaining([onlyNode(plan, version).urn, onlyNode(plan, kinds.planKey).urn]),
    );
});

test("secrets and plans are published by merchant", async () => {
    const plan = await planned({ gateway: { merchants: { shop: {}, "book-store": {} } } });
    const published = (type: string, value: (node: { id: string; outputs: Record<string, unknown> }) => unknown) =>
        Object.fromEntries(
            nodesOf(plan, type).map((node) => [
                node.name.replace(/^payment-gateway-merchant-(.*)-test$/, "$1"),
                value(node),
            ]),
        );
    expect(nodeNamed(plan, name, component).outputs).toMatchObject({
        merchantKeySecretArns: published(types.secret, ({ outputs }) => outputs.arn),
        usagePlanIds: published(kinds.plan, ({ id }) => id),
    });
    expect(nodesOf(plan, types.secret)).toHaveLength(2);
});
