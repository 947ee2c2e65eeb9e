import { expect, test } from "@jest/globals";
import { apiKeyIdHeader, gatewayTokenHeader } from "../../../contract/gateway.ts";
import { requireItem } from "../../../lib/list.ts";
import { Secret } from "../../../plan/plan.ts";
import { findNode } from "../../recorder.ts";
import { onlyNode, plainTextOf } from "../fixtures.ts";
import {
    certificateName,
    functionArn,
    integrationOf,
    invokeArn,
    gatewayTypes,
    loadBalancerArn,
    methodsOf,
    planGateway,
    requestParametersOf,
    selfSignedCertificate,
    type GatewayChanges,
} from "./fixtures.ts";

const corsOrigins = ["https://shop.example.com"];
const services = "ANY /{proxy+}";

test("merchants can call the validator, and the services by the paths of the load balancer", async () => {
    expect([...methodsOf(await planGateway()).keys()].sort()).toEqual([
        services,
        "OPTIONS /validate",
        "POST /validate",
    ]);
});

/** URNs of what a deployment contains. */
const partsOf = async (gateway: GatewayChanges["gateway"]): Promise<string[]> =>
    onlyNode(await planGateway({ gateway }), gatewayTypes.deployment).propertyDependencies.triggers ?? [];

test.each<[string, GatewayChanges["gateway"]]>([
    ["no web origin", { corsOrigins: [] }],
    ["one web origin", { corsOrigins }],
    ["several web origins", { corsOrigins: [...corsOrigins, "https://desk.example.com"] }],
    ["every web origin", { corsOrigins: ["*"] }],
    ["a merchant", { merchants: { shop: {} } }],
])("%s adds and removes no part of the API, which its deployment would still contain", async (_, gateway) => {
    const parts = await partsOf({});
    expect(parts.length).toBeGreaterThan(25);
    expect(await partsOf(gateway)).toEqual(parts);
});

test("every method but a preflight requires an API key", async () => {
    const methods = [...methodsOf(await planGateway({ gateway: { corsOrigins } }))];
    expect(methods).toHaveLength(3);
    expect(
        methods
            .filter(([, { inputs }]) => inputs.apiKeyRequired !== true)
            .map(([method]) => method)
            .sort(),
    ).toEqual(["OPTIONS /validate"]);
});

test("every method validates its parameters, and that of a payment its body, too", async () => {
    const plan = await planGateway({ gateway: { corsOrigins } });
    const [body, parameters] = [
        findNode(plan, "payment-gateway-body-test", gatewayTypes.validator),
        findNode(plan, "payment-gateway-parameters-test", gatewayTypes.validator),
    ];
    expect(body.inputs).toMatchObject({ validateRequestBody: true, validateRequestParameters: true });
    expect(parameters.inputs.validateRequestParameters).toBe(true);
    expect(parameters.inputs).not.toHaveProperty("validateRequestBody");
    const methods = [...methodsOf(plan)];
    expect(methods).toHaveLength(3);
    for (const [method, { inputs }] of methods) {
        expect(inputs.requestValidatorId).toBe(method === "POST /validate" ? body.id : parameters.id);
    }
});

test("a payment needs its idempotency key, and is validated with any media type", async () => {
    const plan = await planGateway();
    const model = onlyNode(plan, gatewayTypes.model);
    expect(requireItem(Object.fromEntries(methodsOf(plan)), "POST /validate").inputs).toMatchObject({
        requestParameters: { "method.request.header.Idempotency-Key": true },
        requestModels: { "application/json": "Payment", $default: "Payment" },
    });
    expect(model.inputs).toMatchObject({ name: "Payment", contentType: "application/json" });
});

test("the validator gets the whole request and has 29 seconds", async () => {
    const { inputs } = integrationOf(await planGateway(), "POST /validate");
    expect(inputs).toMatchObject({
        type: "AWS_PROXY",
        integrationHttpMethod: "POST",
        uri: invokeArn,
        timeoutMilliseconds: 29_000,
    });
    expect(inputs).not.toHaveProperty("connectionId");
});

test("only POST /validate of the one stage may invoke the function, and may before the API is deployed", async () => {
    const plan = await planGateway();
    const permission = onlyNode(plan, gatewayTypes.permission);
    expect(permission.inputs).toEqual({
        function: functionArn,
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        sourceArn: `${plainTextOf(onlyNode(plan, gatewayTypes.api).outputs.executionArn)}/v1/POST/validate`,
    });
    expect(onlyNode(plan, gatewayTypes.deployment).dependencies).toContain(permission.urn);
});

test("a service gets the path that the merchant calls", async () => {
    const plan = await planGateway();
    expect(integrationOf(plan, services).inputs).toMatchObject({
        uri: `https://${certificateName}/{proxy}`,
    });
    expect(requestParametersOf(plan, services)).toMatchObject({
        "integration.request.path.proxy": "method.request.path.proxy",
    });
    expect(requireItem(Object.fromEntries(methodsOf(plan)), services).inputs.requestParameters).toEqual({
        "method.request.path.proxy": true,
    });
});

test("a service does not get the API key of the merchant", async () => {
    expect(requestParametersOf(await planGateway(), services)).toMatchObject({
        "integration.request.header.X-Api-Key": "'withheld'",
    });
});

test("a service gets the API's token and the ID of the checked key, whatever the client sends in their headers", async () => {
    const plan = await planGateway();
    const parameters = requestParametersOf(plan, services);
    expect(parameters).toMatchObject({
        "integration.request.header.X-Api-Key-Id": "context.identity.apiKeyId",
        "integration.request.header.X-Gateway-Token": expect.stringMatching(/^'[A-Za-z0-9]{64}'$/),
    });
    expect(integrationOf(plan, services).inputs.requestParameters).toMatchObject({
        "integration.request.header.X-Gateway-Token": expect.any(Secret),
    });
    // The names of the container contract; header names have no case.
    expect(Object.keys(parameters).map((name) => name.toLowerCase())).toEqual(
        expect.arrayContaining(
            [apiKeyIdHeader, gatewayTokenHeader].map((name) => `integration.request.header.${name}`),
        ),
    );
});

test("services are called through the private link, in the private subnets and with its own security group", async () => {
    const plan = await planGateway();
    const link = onlyNode(plan, gatewayTypes.link);
    expect(link.inputs).toMatchObject({ subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-gateway"] });
    expect(integrationOf(plan, services).inputs).toMatchObject({
        type: "HTTP_PROXY",
        integrationHttpMethod: "ANY",
        connectionType: "VPC_LINK",
        connectionId: link.id,
        integrationTarget: loadBalancerArn,
        timeoutMilliseconds: 29_000,
    });
});

test("the load balancer's certificate is verified when a public authority signed it", async () => {
    expect(integrationOf(await planGateway(), services).inputs).not.toHaveProperty("tlsConfig");
});

test("the name of a self-signed certificate is verified, and its authority is not", async () => {
    const plan = await planGateway({
        certificate: selfSignedCertificate,
        certificateName: "payment-platform-test.example.com",
    });
    const { inputs } = integrationOf(plan, services);
    expect(inputs.tlsConfig).toEqual({ insecureSkipVerification: true });
    expect(inputs.uri).toBe("https://payment-platform-test.example.com/{proxy}");
});

test("the validator is invoked through AWS's own API, where no certificate check is switched off", async () => {
    const plan = await planGateway({ certificate: selfSignedCertificate });
    expect(integrationOf(plan, "POST /validate").inputs).not.toHaveProperty("tlsConfig");
});
