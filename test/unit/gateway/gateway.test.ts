import { expect, test } from "@jest/globals";
import { maxBodyBytes } from "../../../validator/http.ts";
import { findNode } from "../../recorder.ts";
import { onlyNode, typeTokens } from "../fixtures.ts";
import { gatewayType, gatewayTypes, gatewayName, planGateway } from "./fixtures.ts";

const anyRules = (count: number): unknown[] => Array.from({ length: count }, (): unknown => expect.anything());

test("the API is regional and accepts no TLS version before 1.2", async () => {
    expect(onlyNode(await planGateway(), gatewayTypes.api).inputs).toMatchObject({
        name: gatewayName,
        endpointConfiguration: { types: "REGIONAL" },
        securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
        endpointAccessMode: "STRICT",
    });
});

test("what merchants call and what alarms watch is published", async () => {
    const plan = await planGateway();
    const [api, stage] = [onlyNode(plan, gatewayTypes.api), onlyNode(plan, gatewayTypes.stage)];
    expect(findNode(plan, gatewayName, gatewayType).outputs).toEqual({
        url: stage.outputs.invokeUrl,
        apiId: api.id,
        apiName: gatewayName,
        secretArn: findNode(plan, "payment-gateway-token-test", typeTokens.secret).outputs.arn,
        stageName: "v1",
        webAclName: findNode(plan, "payment-gateway-firewall-test", "aws:wafv2/webAcl:WebAcl").outputs.name,
        merchantKeySecretArns: {},
        usagePlanIds: {},
        logGroupNames: ["aws-waf-logs-payment-gateway-firewall-test"],
    });
    expect(stage.outputs.invokeUrl).toMatch(/^https:\/\/.*\/v1$/);
});

test("everything has the component as parent, and no part waits for its arguments", async () => {
    const plan = await planGateway({ gateway: { merchants: { shop: {} }, corsOrigins: ["*"] } });
    const gateway = findNode(plan, gatewayName, gatewayType);
    expect(gateway.inputs).toEqual({});
    const above = new Map(plan.nodes.map(({ urn, parent }) => [urn, parent]));
    const under = (urn: string | undefined): boolean =>
        urn !== undefined && (urn === gateway.urn || under(above.get(urn)));
    const made = plan.nodes.filter(({ custom, type }) => custom && type.startsWith("aws:"));
    expect(made.length).toBeGreaterThan(45);
    expect(made.filter(({ urn }) => !under(urn)).map((node) => node.name)).toEqual([]);
});

test.each([
    ["the limit of the load balancer", {}, 2000],
    [
        "what the fastest merchant may send in five minutes",
        { shop: { ratePerSecond: 50, burst: 100 }, desk: { ratePerSecond: 7 } },
        15_100,
    ],
])("the web ACL allows an address %s", async (_, merchants, limit) => {
    const rules = onlyNode(await planGateway({ gateway: { merchants } }), "aws:wafv2/webAcl:WebAcl").inputs.rules;
    expect(rules).toMatchObject([{ name: "RateLimit", statement: { rateBasedStatement: { limit } } }, ...anyRules(6)]);
});

test("the web ACL allows bodies as large as the validator takes, without a User-Agent", async () => {
    const rules = JSON.stringify(onlyNode(await planGateway(), "aws:wafv2/webAcl:WebAcl").inputs.rules);
    expect(rules).toContain(`"size":${maxBodyBytes}`);
    expect(rules).toContain("NoUserAgent_HEADER");
});
