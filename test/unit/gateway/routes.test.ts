import { expect, test } from "@jest/globals";
import { requireItem } from "../../../lib/list.ts";
import { findNode, nodesOf } from "../../recorder.ts";
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
    selfSignedCertificate,
} from "./fixtures.ts";

const services = { api: {}, "risk-check": { path: "/risk/*" } };
const corsOrigins = ["https://shop.example.com"];

test("merchants can call the validator and the path of each service, and nothing else", async () => {
    expect([...methodsOf(await planGateway({ services })).keys()].sort()).toEqual([
        "ANY /api",
        "ANY /api/{proxy+}",
        "ANY /risk",
        "ANY /risk/{proxy+}",
        "POST /validate",
    ]);
});

test("services whose names contain each other keep their own routes", async () => {
    const names = ["api", "proxy-api", "root-api", "options-root-api", "validate"];
    const plan = await planGateway({
        services: Object.fromEntries(names.map((one) => [one, { path: `/to-${one}/*` }])),
        gateway: { corsOrigins },
    });
    expect(methodsOf(plan).size).toBe(2 * (1 + 2 * names.length));
});

test("every method but a preflight requires an API key", async () => {
    const methods = [...methodsOf(await planGateway({ services, gateway: { corsOrigins } }))];
    expect(methods).toHaveLength(10);
    expect(
        methods
            .filter(([, { inputs }]) => inputs.apiKeyRequired !== true)
            .map(([method]) => method)
            .sort(),
    ).toEqual([
        "OPTIONS /api",
        "OPTIONS /api/{proxy+}",
        "OPTIONS /risk",
        "OPTIONS /risk/{proxy+}",
        "OPTIONS /validate",
    ]);
});

test("every method validates its parameters, and that of a payment its body, too", async () => {
    const plan = await planGateway({ services, gateway: { corsOrigins } });
    const [body, parameters] = [
        findNode(plan, "payment-gateway-body-test", gatewayTypes.validator),
        findNode(plan, "payment-gateway-parameters-test", gatewayTypes.validator),
    ];
    expect(body.inputs).toMatchObject({ validateRequestBody: true, validateRequestParameters: true });
    expect(parameters.inputs.validateRequestParameters).toBe(true);
    expect(parameters.inputs).not.toHaveProperty("validateRequestBody");
    const methods = [...methodsOf(plan)];
    expect(methods).toHaveLength(10);
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

test.each([
    ["ANY /api", `https://${certificateName}/api/`],
    ["ANY /risk", `https://${certificateName}/risk/`],
])("%s is routed to the root of the service, %s", async (method, uri) => {
    const plan = await planGateway({ services });
    const { inputs } = integrationOf(plan, method);
    expect(inputs.uri).toBe(uri);
    expect(inputs).not.toHaveProperty("requestParameters");
    expect(requireItem(Object.fromEntries(methodsOf(plan)), method).inputs).not.toHaveProperty("requestParameters");
});

test.each([
    ["ANY /api/{proxy+}", `https://${certificateName}/api/{proxy}`],
    ["ANY /risk/{proxy+}", `https://${certificateName}/risk/{proxy}`],
])("%s keeps the rest of the path: %s", async (method, uri) => {
    const plan = await planGateway({ services });
    expect(integrationOf(plan, method).inputs).toMatchObject({
        uri,
        requestParameters: { "integration.request.path.proxy": "method.request.path.proxy" },
    });
    expect(requireItem(Object.fromEntries(methodsOf(plan)), method).inputs.requestParameters).toEqual({
        "method.request.path.proxy": true,
    });
});

test("services are called through the private link, in the private subnets and with its own security group", async () => {
    const plan = await planGateway({ services });
    const link = onlyNode(plan, gatewayTypes.link);
    expect(link.inputs).toMatchObject({ subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-gateway"] });
    const proxies = nodesOf(plan, gatewayTypes.integration).filter(({ inputs }) => inputs.type === "HTTP_PROXY");
    expect(proxies).toHaveLength(4);
    for (const { inputs } of proxies) {
        expect(inputs).toMatchObject({
            integrationHttpMethod: "ANY",
            connectionType: "VPC_LINK",
            connectionId: link.id,
            integrationTarget: loadBalancerArn,
            timeoutMilliseconds: 29_000,
        });
    }
});

test.each(["ANY /api", "ANY /api/{proxy+}"])(
    "%s verifies the load balancer's certificate when a public authority signed it",
    async (method) => {
        expect(integrationOf(await planGateway(), method).inputs).not.toHaveProperty("tlsConfig");
    },
);

test.each(["ANY /api", "ANY /api/{proxy+}"])(
    "with %s the name of a self-signed certificate is verified, and its authority is not",
    async (method) => {
        const plan = await planGateway({
            certificate: selfSignedCertificate,
            certificateName: "payment-platform-test.internal",
        });
        const { inputs } = integrationOf(plan, method);
        expect(inputs.tlsConfig).toEqual({ insecureSkipVerification: true });
        expect(inputs.uri).toMatch(/^https:\/\/payment-platform-test\.internal\/api\//);
    },
);

test("the validator is invoked through AWS's own API, where no certificate check is switched off", async () => {
    const plan = await planGateway({ certificate: selfSignedCertificate });
    expect(integrationOf(plan, "POST /validate").inputs).not.toHaveProperty("tlsConfig");
});
