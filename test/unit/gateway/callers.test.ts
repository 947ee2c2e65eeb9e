import { expect, test } from "@jest/globals";
import type { GatewaySecret } from "../../../contract/gateway.ts";
import { Merchants } from "../../../services/api/merchant.ts";
import { Secret, type Plan } from "../../../plan/plan.ts";
import { findNode, nodesOf } from "../../recorder.ts";
import { keyArns, logicalNamesOf, onlyNode, parseJsonValue, plainTextOf, typeTokens } from "../fixtures.ts";
import { gatewayTypes, integrationOf, planGateway, requestParametersOf, type GatewayChanges } from "./fixtures.ts";

const versionType = "aws:secretsmanager/secretVersion:SecretVersion";
const passwordType = "random:index/randomPassword:RandomPassword";
const name = "payment-gateway-token-test";
const second = "payment-gateway-token-2-test";
const rotating = { token: { version: 2, acceptPrevious: true } };

const contentOf = (value: unknown) => plainTextOf((value as Secret).value);
const secretOf = (plan: Plan) =>
    parseJsonValue(contentOf(findNode(plan, name, versionType).inputs.secretString)) as GatewaySecret;
const tokenOf = (plan: Plan, password: string) => contentOf(findNode(plan, password, passwordType).outputs.result);
const sentToken = (plan: Plan) =>
    requestParametersOf(plan, "ANY /{proxy+}")["integration.request.header.X-Gateway-Token"] ?? "";
const planWith = (gateway: GatewayChanges["gateway"]) => planGateway({ gateway });

test("the API sends a random token, in the quotes of a static value, that its secret has", async () => {
    const plan = await planWith({});
    expect(findNode(plan, name, passwordType).inputs).toEqual({ length: 64, special: false });
    const token = tokenOf(plan, name);
    expect(token).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(sentToken(plan)).toBe(`'${token}'`);
    expect(secretOf(plan)).toEqual({ tokens: [token], merchants: {} });
    expect(findNode(plan, name, typeTokens.secret).inputs.kmsKeyId).toBe(keyArns.data);
});

test("the secret names each merchant by the ID of its key, and by both while two are accepted", async () => {
    const plan = await planWith({
        merchants: { shop: { key: { version: 2, acceptPrevious: true } }, "book-store": {} },
    });
    const idOf = (key: string) => findNode(plan, key, gatewayTypes.key).id;
    expect(secretOf(plan).merchants).toEqual({
        [idOf("payment-gateway-merchant-shop-test")]: "shop",
        [idOf("payment-gateway-key-2-shop-test")]: "shop",
        [idOf("payment-gateway-merchant-book-store-test")]: "book-store",
    });
    const changed = findNode(plan, name, versionType);
    const expected = nodesOf(plan, gatewayTypes.key).map(({ urn }) => urn);
    expect(changed.dependencies).toEqual(expect.arrayContaining(expected));
});

test("the api service finds the merchant of a request in what the API sends and the secret has", async () => {
    const plan = await planWith({ merchants: { shop: {} } });
    const secret = contentOf(findNode(plan, name, versionType).inputs.secretString);
    const merchants = new Merchants(() => Promise.resolve(secret), { error: () => undefined });
    const headers = {
        "x-gateway-token": sentToken(plan).replaceAll("'", ""),
        "x-api-key-id": onlyNode(plan, gatewayTypes.key).id,
    };
    await expect(merchants.merchantOf(headers)).resolves.toBe("shop");
    await expect(merchants.merchantOf({ ...headers, "x-gateway-token": "chosen" })).rejects.toThrow();
});

test("no other value of the plan has the token", async () => {
    const plan = await planWith({ merchants: { shop: {} } });
    const token = tokenOf(plan, name);
    const withoutSecrets = JSON.stringify(plan.nodes, (_, value: unknown) => (value instanceof Secret ? "" : value));
    expect(withoutSecrets).toContain("integration.request.header.X-Gateway-Token");
    expect(withoutSecrets).not.toContain(token);
});

test("during a rotation the API sends the new token, and services accept both, the new one first", async () => {
    const plan = await planWith(rotating);
    const [before, now] = [tokenOf(plan, name), tokenOf(plan, second)];
    expect(now).not.toBe(before);
    expect(secretOf(plan).tokens).toEqual([now, before]);
    expect(sentToken(plan)).toBe(`'${now}'`);
    // The token before is the resource that was there, and so is the secret.
    for (const type of [passwordType, typeTokens.secret]) {
        const [was] = nodesOf(await planWith({}), type);
        expect(findNode(plan, name, type)).toMatchObject({ urn: was?.urn, inputs: was?.inputs });
    }
});

test("after a rotation services accept the new token alone, and the former one is gone", async () => {
    const plan = await planWith({ token: { version: 2 } });
    expect(logicalNamesOf(plan, passwordType)).toEqual([second]);
    expect(secretOf(plan).tokens).toEqual([tokenOf(plan, second)]);
    expect(logicalNamesOf(plan, typeTokens.secret)).toEqual([name]);
});

test("no request has a token that the secret does not have yet: the integration waits, and the deployment for it", async () => {
    const plan = await planWith(rotating);
    const integration = integrationOf(plan, "ANY /{proxy+}");
    expect(integration.dependencies).toContain(findNode(plan, name, versionType).urn);
    expect(onlyNode(plan, gatewayTypes.deployment).dependencies).toContain(integration.urn);
});

test("a rotation deploys the API in its first step, and not in its second", async () => {
    const triggers = async (gateway: GatewayChanges["gateway"]) =>
        onlyNode(await planWith(gateway), gatewayTypes.deployment).inputs.triggers;
    const [before, during, afterwards] = [
        await triggers({}),
        await triggers(rotating),
        await triggers({ token: { version: 2 } }),
    ];
    expect(before).toEqual({ redeployment: expect.stringMatching(/^[0-9a-f]{64}$/), tokenVersion: "1" });
    expect(during).toEqual({ redeployment: expect.stringMatching(/^[0-9a-f]{64}$/), tokenVersion: "2" });
    expect(during).not.toMatchObject({ redeployment: (before as { redeployment: string }).redeployment });
    expect(afterwards).toEqual(during);
});
