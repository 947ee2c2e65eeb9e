import { expect, test } from "@jest/globals";
import { Edge } from "../../lib/edge.ts";
import type { Scope } from "../../lib/scope.ts";
import { settingsSchema, type Settings } from "../../lib/settings/schema.ts";
import { inputsOf, findNode, nodesOf, componentPlanner } from "../recorder.ts";
import {
    accountId,
    edgeSettings,
    logs,
    logicalNamesOf,
    onlyNode,
    testScope,
    servicesFromDefaults,
    typeTokens,
    wafSettings,
} from "./fixtures.ts";

const name = "payment-edge-test";
const component = "payment:index:Edge";
const domainName = "pay.example.com";
const zoneName = "example.com";
const arn = `arn:aws:acm:eu-west-1:${accountId}:certificate/${"0".repeat(36)}`;
const selfSigned = { source: "self-signed" } as const;
const issued = { source: "dns", domainName, zoneName } as const;
const given = { source: "arn", arn, domainName } as const;

interface Changes {
    edge?: Partial<Settings["edge"]>;
    certificate?: Settings["certificate"];
    scope?: Partial<Scope>;
}

const services = servicesFromDefaults({
    api: { path: "/api/*", priority: 20 },
    "risk-check": { path: "/risk/*", priority: undefined },
});

const network = settingsSchema.shape.network.parse({ cidr: "10.7.0.0/16", availabilityZones: 2, endpointZones: 1 });

const planned = componentPlanner(
    ({ edge, certificate = selfSigned, scope }: Changes = {}) =>
        new Edge(name, {
            scope: testScope(scope),
            settings: { network, edge: edgeSettings(edge), certificate, waf: wafSettings(), services },
            vpcId: "vpc-1",
            subnetIds: ["subnet-1", "subnet-2"],
            securityGroupId: "sg-alb",
            accessLogBucketName: "access-logs",
            logs,
        }),
);
const published = async (changes?: Changes) => findNode(await planned(changes), name, component).outputs;
const listener = (plan: Awaited<ReturnType<typeof planned>>) =>
    findNode(plan, "payment-https-test", typeTokens.listener);

test("the load balancer is public, drops invalid headers, blocks request smuggling, and logs every request", async () => {
    const { name: balancer, inputs } = onlyNode(await planned(), typeTokens.loadBalancer);
    expect(balancer).toBe("payment-test");
    expect(inputs).toMatchObject({
        loadBalancerType: "application",
        internal: false,
        subnets: ["subnet-1", "subnet-2"],
        securityGroups: ["sg-alb"],
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "strictest",
        accessLogs: { bucket: "access-logs", prefix: "alb", enabled: true },
    });
});

test.each([true, false])(
    "with protection %s the load balancer cannot or can be deleted",
    async (deletionProtection) => {
        expect(onlyNode(await planned({ scope: { deletionProtection } }), typeTokens.loadBalancer)).toMatchObject({
            inputs: { enableDeletionProtection: deletionProtection },
            options: { protect: deletionProtection },
        });
    },
);

test.each([
    [undefined, "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"],
    ["ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"],
] as const)("customers negotiate TLS by the policy of the stack (%s)", async (tlsPolicy, sslPolicy) => {
    const plan = await planned({ edge: { tlsPolicy } });
    expect(listener(plan).inputs).toMatchObject({
        port: 443,
        protocol: "HTTPS",
        sslPolicy,
        loadBalancerArn: onlyNode(plan, typeTokens.loadBalancer).outputs.arn,
        certificateArn: onlyNode(plan, typeTokens.certificate).outputs.arn,
    });
});

test("a path without a service gets a 404 that names no part of the platform", async () => {
    expect(listener(await planned()).inputs.defaultActions).toEqual([
        {
            type: "fixed-response",
            fixedResponse: {
                contentType: "application/json",
                statusCode: "404",
                messageBody: '{"message":"Not Found"}',
            },
        },
    ]);
});

test("port 80 is closed unless the stack sets a redirect", async () => {
    expect(logicalNamesOf(await planned(), typeTokens.listener)).toEqual(["payment-https-test"]);
});

test("with a redirect port 80 answers only with the redirect to HTTPS", async () => {
    const plan = await planned({ edge: { httpRedirect: true } });
    expect(logicalNamesOf(plan, typeTokens.listener)).toEqual(["payment-http-test", "payment-https-test"]);
    const http = findNode(plan, "payment-http-test", typeTokens.listener);
    expect(http.inputs).toMatchObject({
        port: 80,
        protocol: "HTTP",
        defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
    });
    const listeners = nodesOf(plan, typeTokens.rule).map(({ inputs }) => inputs.listenerArn);
    expect(listeners).not.toEqual([]);
    expect(listeners).not.toContain(http.outputs.arn);
});

test.each([
    ["api", "/api", 20, "/api/health"],
    ["risk-check", "/risk", 12648, "/risk-check/health"],
])("%s gets the requests for %s, with priority %i, while %s answers", async (service, path, priority, health) => {
    const plan = await planned();
    const group = findNode(plan, `${service}-test`, typeTokens.targetGroup);
    expect(findNode(plan, `payment-${service}-test`, typeTokens.rule).inputs).toMatchObject({
        listenerArn: listener(plan).outputs.arn,
        priority,
        // With the stage of the merchants' API, which AWS may send as the first part of the path.
        conditions: [{ pathPattern: { values: [`${path}/*`, `/v1${path}/*`, path, `/v1${path}`] } }],
        actions: [{ type: "forward", targetGroupArn: group.outputs.arn }],
    });
    expect(group.inputs).toMatchObject({
        vpcId: "vpc-1",
        targetType: "ip",
        port: 8080,
        healthCheck: { path: health, matcher: "200" },
    });
    expect(nodesOf(plan, typeTokens.rule)).toHaveLength(2);
    expect(nodesOf(plan, typeTokens.targetGroup)).toHaveLength(2);
});

test("an unhealthy task is removed after half a minute, and a stopping one is drained first", async () => {
    const groups = inputsOf(await planned(), typeTokens.targetGroup);
    expect(groups).toHaveLength(2);
    for (const { deregistrationDelay, healthCheck } of groups) {
        expect(deregistrationDelay).toBe(30);
        expect(healthCheck).toMatchObject({ interval: 10, timeout: 5, unhealthyThreshold: 3, healthyThreshold: 2 });
    }
});

test("requests and health checks reach containers over TLS", async () => {
    const groups = inputsOf(await planned(), typeTokens.targetGroup);
    expect(groups).toHaveLength(2);
    for (const inputs of groups) {
        expect(inputs).toMatchObject({ protocol: "HTTPS", healthCheck: { protocol: "HTTPS" } });
    }
});

test.each([
    ["a certificate that AWS issues", issued, `https://${domainName}`],
    ["an existing certificate", given, `https://${domainName}`],
    ["an existing certificate and a zone", { ...given, zoneName }, `https://${domainName}`],
    [
        "a self-signed certificate",
        selfSigned,
        expect.stringMatching(/^https:\/\/payment-test-.*\.elb\.amazonaws\.com$/),
    ],
])("customers call the address for which %s is set", async (_, certificate, url) => {
    expect((await published({ certificate })).url).toEqual(url);
});

test.each([
    ["a certificate that AWS issues", issued],
    ["an existing certificate and a zone", { ...given, zoneName }],
])("with %s the domain resolves to the load balancer", async (_, certificate) => {
    const plan = await planned({ certificate });
    const balancer = onlyNode(plan, typeTokens.loadBalancer).outputs;
    expect(findNode(plan, "payment-alias-test", typeTokens.record).inputs).toMatchObject({
        zoneId: findNode(plan, "payment-certificate-test", "payment:index:Certificate").outputs.zoneId,
        name: domainName,
        type: "A",
        aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
    });
});

test.each([
    ["an existing certificate alone", given],
    ["a self-signed certificate", selfSigned],
])("with %s no record is created", async (_, certificate) => {
    expect(nodesOf(await planned({ certificate }), typeTokens.record)).toEqual([]);
});

test("the web ACL protects this load balancer", async () => {
    const plan = await planned();
    expect(onlyNode(plan, "aws:wafv2/webAclAssociation:WebAclAssociation").inputs).toMatchObject({
        resourceArn: onlyNode(plan, typeTokens.loadBalancer).outputs.arn,
        webAclArn: onlyNode(plan, "aws:wafv2/webAcl:WebAcl").outputs.arn,
    });
});

test("requests from inside the network, which the web ACL of the API has inspected, are allowed", async () => {
    expect(inputsOf(await planned(), "aws:wafv2/ipSet:IpSet")).toMatchObject([{ addresses: [network.cidr] }]);
});

test("the names in metrics are published", async () => {
    const plan = await planned();
    const balancer = onlyNode(plan, typeTokens.loadBalancer).outputs;
    const outputs = findNode(plan, name, component).outputs;
    expect(outputs).toMatchObject({
        dnsName: balancer.dnsName,
        loadBalancerArn: balancer.arn,
        loadBalancerArnSuffix: balancer.arnSuffix,
        listenerArn: listener(plan).outputs.arn,
        certificateName: "payment-platform-test.example.com",
        webAclName: onlyNode(plan, "aws:wafv2/webAcl:WebAcl").outputs.name,
        logGroupNames: ["aws-waf-logs-payment-firewall-test"],
    });
    expect(Object.keys(outputs.routes as object)).toEqual(["api", "risk-check"]);
});
