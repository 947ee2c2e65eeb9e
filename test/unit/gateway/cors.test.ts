import { expect, test } from "@jest/globals";
import { allowedOriginTemplate, allowedOriginHeader } from "../../../lib/gateway/cors.ts";
import { gatewayResponses } from "../../../lib/gateway/responses.ts";
import { findNode, nodesOf } from "../../recorder.ts";
import { integrationOf, gatewayTypes, methodsOf, planGateway } from "./fixtures.ts";

const [shop, desk] = ["https://shop.example.com", "https://desk.example.com:8443"];
const preflights = async (corsOrigins: string[]) =>
    [...methodsOf(await planGateway({ gateway: { corsOrigins } })).keys()].filter((method) =>
        method.startsWith("OPTIONS"),
    );
const answered = async (corsOrigins: string[]) =>
    findNode(
        await planGateway({ gateway: { corsOrigins } }),
        "payment-gateway-options-validate-test",
        gatewayTypes.integrationResponse,
    ).inputs;

test.each([[[]], [[shop]]])("with %j a preflight request is answered for the validator alone", async (corsOrigins) => {
    expect(await preflights(corsOrigins)).toEqual(["OPTIONS /validate"]);
});

test.each([[[]], [[shop]], [["*"]]])("with %j a browser sends no page's request to a service", async (corsOrigins) => {
    // It sends its preflight without an API key, and to go on it needs a status of success.
    const methods = methodsOf(await planGateway({ gateway: { corsOrigins } }));
    const services = [...methods].filter(([method]) => method.endsWith(" /{proxy+}"));
    expect(services.map(([method, { inputs }]) => [method, inputs.apiKeyRequired])).toEqual([["ANY /{proxy+}", true]]);
    expect(Number(gatewayResponses.INVALID_API_KEY?.status)).toBeGreaterThanOrEqual(400);
});

test("without web origins a preflight response allows no page anything", async () => {
    const { responseParameters, responseTemplates } = await answered([]);
    expect({ responseParameters, responseTemplates }).toEqual({ responseParameters: {}, responseTemplates: undefined });
});

test("API Gateway answers a preflight request itself, without a body and without calling an integration", async () => {
    const plan = await planGateway({ gateway: { corsOrigins: [shop] } });
    const integration = integrationOf(plan, "OPTIONS /validate");
    expect(integration.inputs).toMatchObject({
        type: "MOCK",
        passthroughBehavior: "WHEN_NO_TEMPLATES",
        requestTemplates: { "application/json": '{"statusCode":204}' },
    });
    const response = findNode(plan, "payment-gateway-options-validate-test", gatewayTypes.integrationResponse);
    expect(response.inputs).toMatchObject({ httpMethod: "OPTIONS", statusCode: "204" });
    expect(response.dependencies).toContain(integration.urn);
});

test("pages may call the validator with POST and the headers of the API, for ten minutes", async () => {
    expect((await answered([shop])).responseParameters).toEqual({
        "method.response.header.Access-Control-Allow-Origin": `'${shop}'`,
        "method.response.header.Access-Control-Allow-Headers":
            "'Authorization,Content-Type,Idempotency-Key,X-Api-Key,X-Correlation-Id'",
        "method.response.header.Access-Control-Allow-Methods": "'POST,OPTIONS'",
        "method.response.header.Access-Control-Max-Age": "'600'",
        "method.response.header.Vary": "'Origin'",
    });
});

test("pages may not send cookies and other credentials", async () => {
    const plan = await planGateway({ gateway: { corsOrigins: [shop, desk] } });
    const answers = [...nodesOf(plan, gatewayTypes.integrationResponse), ...nodesOf(plan, gatewayTypes.methodResponse)];
    expect(answers).toHaveLength(2);
    expect(JSON.stringify(answers.map(({ inputs }) => inputs))).not.toContain("Credentials");
});

test.each([[[]], [[shop]], [[shop, desk]], [["*"]]])(
    "every header that %j may send is declared",
    async (corsOrigins) => {
        const plan = await planGateway({ gateway: { corsOrigins } });
        const declared = findNode(plan, "payment-gateway-options-validate-test", gatewayTypes.methodResponse).inputs;
        expect(declared.statusCode).toBe("204");
        expect(Object.keys(declared.responseParameters as object).sort()).toEqual([
            "method.response.header.Access-Control-Allow-Headers",
            "method.response.header.Access-Control-Allow-Methods",
            "method.response.header.Access-Control-Allow-Origin",
            "method.response.header.Access-Control-Max-Age",
            "method.response.header.Vary",
        ]);
    },
);

test("one origin, or all, is the same answer for every page", async () => {
    expect(allowedOriginHeader([shop])).toEqual({ "Access-Control-Allow-Origin": shop });
    expect(allowedOriginHeader(["*"])).toEqual({ "Access-Control-Allow-Origin": "*" });
    expect(allowedOriginHeader([shop, "*"])).toEqual({ "Access-Control-Allow-Origin": "*" });
    expect(allowedOriginHeader([])).toEqual({});
    expect(allowedOriginTemplate([shop])).toBeUndefined();
    expect(allowedOriginTemplate([shop, "*"])).toBeUndefined();
    expect(await answered([shop])).not.toHaveProperty("responseTemplates");
});

test("with several origins, the request's origin is returned if it equals one of the list", async () => {
    const { responseParameters, responseTemplates } = await answered([shop, desk]);
    expect(responseParameters).not.toHaveProperty(["method.response.header.Access-Control-Allow-Origin"]);
    const template = (responseTemplates as Record<string, string>)["application/json"] ?? "";
    expect(template.split("\n")).toEqual([
        '#set($origin = $input.params().header.get("Origin"))',
        '#if(!$origin || $origin == "")#set($origin = $input.params().header.get("origin"))#end',
        `#if($origin == "${desk}" || $origin == "${shop}")#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end`,
    ]);
});
