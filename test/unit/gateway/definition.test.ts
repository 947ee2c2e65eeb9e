import * as aws from "@pulumi/aws";
import { expect, test } from "@jest/globals";
import { ApiDefinition } from "../../../lib/gateway/definition.ts";
import { sha256Of } from "../../../lib/sorted-keys.ts";
import { paymentSchema } from "../../../lib/gateway/model.ts";
import type { Plan } from "../../../plan/plan.ts";
import { nodesOf, planComponent } from "../../recorder.ts";
import { onlyNode } from "../fixtures.ts";
import { createGateway, gatewayTypes, planGateway, selfSignedCertificate, type GatewayChanges } from "./fixtures.ts";

const fingerprintIn = (plan: Plan) => onlyNode(plan, gatewayTypes.deployment).inputs.triggers;
const fingerprint = async (changes?: GatewayChanges) => fingerprintIn(await planGateway(changes));

test("the order in which things are written down does not make another API", () => {
    expect(sha256Of({ a: 1, b: { c: [1, 2], d: 2 } })).toBe(sha256Of({ b: { d: 2, c: [1, 2] }, a: 1 }));
    expect(sha256Of({ a: [1, 2] })).not.toBe(sha256Of({ a: [2, 1] }));
    expect(sha256Of({ a: 1 })).toMatch(/^[0-9a-f]{64}$/);
});

test("the same settings give the same hash", async () => {
    const again = await planComponent(() => createGateway());
    expect(fingerprintIn(again)).toEqual(await fingerprint());
});

test.each<[string, GatewayChanges]>([
    ["web origins", { gateway: { corsOrigins: ["https://shop.example.com"] } }],
    ["another certificate", { certificate: selfSignedCertificate }],
    ["another host", { certificateName: "other.example.com" }],
])("%s is deployed", async (_, changes) => {
    expect(await fingerprint(changes)).not.toEqual(await fingerprint());
});

test("another web origin is deployed", async () => {
    const [one, other] = ["https://a.example.com", "https://b.example.com"];
    expect(await fingerprint({ gateway: { corsOrigins: [one] } })).not.toEqual(
        await fingerprint({ gateway: { corsOrigins: [other] } }),
    );
});

test.each<[string, GatewayChanges]>([
    ["another merchant", { gateway: { merchants: { shop: {} } } }],
    ["another limit of the stage", { gateway: { ratePerSecond: 7, burst: 9 } }],
    ["protection", { scope: { deletionProtection: true } }],
])("%s does not change the API, and deploys nothing", async (_, changes) => {
    expect(await fingerprint(changes)).toEqual(await fingerprint());
});

test.each([
    ["its path", { pathPart: "b" }],
    ["its parent", { parentId: "other" }],
    ["its API", { restApi: "other" }],
])("a part that changes in %s changes the hash", async (_, change) => {
    const triggers = async (changes: object) => {
        const plan = await planComponent(() => {
            const definition = new ApiDefinition({});
            const args = { restApi: "api", parentId: "root", pathPart: "a", ...changes };
            definition.add(aws.apigateway.Resource, "part", args);
            new aws.apigateway.Deployment("shown", {
                restApi: "api",
                triggers: { redeployment: definition.fingerprint() },
            });
        });
        return onlyNode(plan, gatewayTypes.deployment).inputs.triggers;
    };
    expect(await triggers(change)).not.toEqual(await triggers({}));
    expect(await triggers({})).toEqual(await triggers({}));
});

test("the model is part of the hash: a changed schema is deployed", async () => {
    const plan = await planGateway();
    const model = onlyNode(plan, gatewayTypes.model);
    expect(onlyNode(plan, gatewayTypes.deployment).propertyDependencies.triggers).toContain(model.urn);
    expect(sha256Of({ schema: JSON.stringify(paymentSchema) })).not.toBe(
        sha256Of({ schema: JSON.stringify({ ...paymentSchema, required: [] }) }),
    );
});

test("a deployment depends on every part of the API, and the stage serves the newest", async () => {
    const plan = await planGateway({ gateway: { corsOrigins: ["https://shop.example.com"] } });
    const deployment = onlyNode(plan, gatewayTypes.deployment);
    const parts = [
        gatewayTypes.api,
        gatewayTypes.resource,
        gatewayTypes.method,
        gatewayTypes.integration,
        gatewayTypes.methodResponse,
        gatewayTypes.integrationResponse,
        gatewayTypes.model,
        gatewayTypes.validator,
        gatewayTypes.refusal,
    ].map((kind) => nodesOf(plan, kind));
    for (const nodes of parts) {
        expect(nodes.length).toBeGreaterThan(0);
        for (const { urn } of nodes) {
            expect(deployment.propertyDependencies.triggers).toContain(urn);
        }
    }
    expect(deployment.options.deleteBeforeReplace).toBe(false);
    expect(onlyNode(plan, gatewayTypes.stage).inputs.deployment).toBe(deployment.id);
});

test("a preview shows no guess: the hash is known once the parts are", async () => {
    expect(onlyNode(await planGateway(), gatewayTypes.deployment).unknown).toContain("triggers.redeployment");
});
