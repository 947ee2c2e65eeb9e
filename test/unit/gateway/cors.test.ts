import { expect, test } from "@jest/globals";
import { allowedOriginTemplate, allowedOriginHeader } from "../../../lib/gateway/cors.ts";
import { findNode, nodesOf } from "../../recorder.ts";
import { integrationOf, gatewayTypes, methodsOf, planGateway } from "./fixtures.ts";

const [shop, desk] = ["https://shop.example.com", "https://desk.example.com:8443"];
const preflights = async (corsOrigins: string[]) =>
    [...methodsOf(await planGateway({ gateway: { corsOrigins } })).keys()].filter((method) =>
        method.startsWith("OPTIONS"),
    );
const answered = async (corsOrigins: string[], noun = "validate") =>
    findNode(
        await planGateway({ gateway: { corsOrigins } }),
        `payment-gateway-options-${noun}-test`,
        gatewayTypes.integrationResponse,
    ).inputs;

test.each([[[]], [[shop]]])("browsers may send preflight requests for every path with %j", async (corsOrigins) => {
    expect((await preflights(corsOrigins)).sort()).toEqual(["OPTIONS /validate", "OPTIONS /{proxy+}"]);
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

test.each([
    ["validate", "'POST,OPTIONS'"],
    ["services", "'GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS'"],
])("pages may call %s with %s and the headers of the API, for ten minutes", async (noun, methods) => {
    expect((await answered([shop], noun)).responseParameters).toEqual({
        "method.response.header.Access-Control-Allow-Origin": `'${shop}'`,
        "method.response.header.Access-Control-Allow-Headers":
            "'Authorization,Content-Type,Idempotency-Key,X-Api-Key,X-Correlation-Id'",
        "method.response.header.Access-Control-Allow-Methods": methods,
        "method.response.header.Access-Control-Max-Age": "'600'",
        "method.response.header.Vary": "'Origin'",
    });
});

test("pages may not send cookies and other credentials", async () => {
    const plan = await planGateway({ gateway: { corsOrigins: [shop, desk] } });
    const answers = [...nodesOf(plan, gatewayTypes.integrationResponse), ...nodesOf(plan, gatewayTypes.methodResponse)];
    expect(answers).toHaveLength(4);
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
