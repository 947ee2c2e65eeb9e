import { expect, test } from "@jest/globals";
import { Firewall, firewallRules, type FirewallArgs } from "../../lib/edge/firewall.ts";
import { inputsOf, findNode, planComponent } from "../recorder.ts";
import { keyArns, logs, onlyNode, testScope, typeTokens, wafSettings } from "./fixtures.ts";

const name = "payment-firewall-test";
const acl = "aws:wafv2/webAcl:WebAcl";
const ipSet = "aws:wafv2/ipSet:IpSet";
const resourceArn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/payment/1";

const planned = (options: Pick<FirewallArgs, "inspectedCidr" | "maxBodyBytes"> = {}) =>
    planComponent(
        () => new Firewall(name, { scope: testScope(), settings: wafSettings(), logs, resourceArn, ...options }),
    );

const managed = [
    "AmazonIpReputationList",
    "AnonymousIpList",
    "CommonRuleSet",
    "KnownBadInputsRuleSet",
    "SQLiRuleSet",
] as const;
const everyRule = ["RateLimit", ...managed] as const;

/** What a rule does to a request that it matches. */
const effects = (countOnly: (typeof everyRule)[number][]) =>
    firewallRules(wafSettings({ countOnly })).map(({ action, overrideAction }) => action ?? overrideAction);

test("the rate limit is checked first, then known attacks, each rule with its own priority", () => {
    const rules = firewallRules(wafSettings());
    expect(rules.map((rule) => rule.name)).toEqual(everyRule);
    expect(rules.map((rule) => rule.priority)).toEqual([0, 1, 2, 3, 4, 5]);
});

test("an address is blocked after the stack's number of requests in five minutes", () => {
    const [flood] = firewallRules(wafSettings({ requestsPer5Minutes: 1234 }));
    expect(flood).toMatchObject({
        statement: { rateBasedStatement: { limit: 1234, evaluationWindowSec: 300, aggregateKeyType: "IP" } },
    });
});

test("without a block of inspected addresses every address is inspected", async () => {
    const plan = await planned();
    expect(inputsOf(plan, ipSet)).toEqual([]);
    expect(JSON.stringify(onlyNode(plan, acl).inputs.rules)).not.toContain('"allow"');
});

test("a block of inspected addresses is allowed first, and all others are inspected as without it", async () => {
    const plan = await planned({ inspectedCidr: "10.7.0.0/16" });
    const inspected = onlyNode(plan, ipSet);
    expect(inspected.inputs).toMatchObject({
        scope: "REGIONAL",
        ipAddressVersion: "IPV4",
        addresses: ["10.7.0.0/16"],
    });
    const [first, ...others] = onlyNode(plan, acl).inputs.rules as Record<string, unknown>[];
    expect(first).toMatchObject({
        priority: 0,
        action: { allow: {} },
        statement: { ipSetReferenceStatement: { arn: inspected.outputs.arn } },
    });
    const alone = onlyNode(await planned(), acl).inputs.rules as Record<string, unknown>[];
    expect(others).toEqual(alone.map((rule, i) => ({ ...rule, priority: i + 1 })));
});

test("programs may send bodies up to the maximum, without a User-Agent and from a cloud", async () => {
    const programs = { maxBodyBytes: 16_384, settings: wafSettings({ countOnly: [] }) };
    const rules = onlyNode(await planned(programs), acl).inputs.rules as Record<string, unknown>[];
    expect(rules.map(({ name: rule }) => rule)).toEqual(["RateLimit", "BodySize", ...managed]);
    expect(rules[1]).toMatchObject({
        action: { block: {} },
        statement: {
            sizeConstraintStatement: {
                comparisonOperator: "GT",
                size: 16_384,
                fieldToMatch: { body: { oversizeHandling: "MATCH" } },
            },
        },
    });
    const overridden = rules.filter((rule) => JSON.stringify(rule).includes("ruleActionOverrides"));
    expect(overridden).toMatchObject([
        {
            name: "AnonymousIpList",
            overrideAction: { none: {} },
            statement: {
                managedRuleGroupStatement: {
                    ruleActionOverrides: [{ name: "HostingProviderIPList", actionToUse: { count: {} } }],
                },
            },
        },
        {
            name: "CommonRuleSet",
            overrideAction: { none: {} },
            statement: {
                managedRuleGroupStatement: {
                    ruleActionOverrides: [
                        { name: "SizeRestrictions_BODY", actionToUse: { count: {} } },
                        { name: "NoUserAgent_HEADER", actionToUse: { count: {} } },
                    ],
                },
            },
        },
    ]);
});

test("known attacks are AWS's managed rule groups, with all rules", () => {
    const [, ...groups] = firewallRules(wafSettings());
    expect(groups.map((rule) => rule.statement)).toEqual(
        managed.map((group) => ({
            managedRuleGroupStatement: { vendorName: "AWS", name: `AWSManagedRules${group}` },
        })),
    );
});

test("rules block, unless the stack sets them to count; anonymous addresses are counted by default", () => {
    const [block, none, count] = [{ block: {} }, { none: {} }, { count: {} }];
    expect(effects([])).toEqual([block, none, none, none, none, none]);
    expect(effects([...everyRule])).toEqual([count, count, count, count, count, count]);
    const byDefault = firewallRules(wafSettings()).map(({ action, overrideAction }) => action ?? overrideAction);
    expect(byDefault).toEqual([block, none, count, none, none, none]);
});

test.each(everyRule)("a stack may set only %s to count", (rule) => {
    const counting = effects([rule]).map((effect, i) => (effect && "count" in effect ? everyRule[i] : undefined));
    expect(counting.filter((found) => found !== undefined)).toEqual([rule]);
});

test("every rule has a metric, and no request is sampled", async () => {
    const { inputs } = onlyNode(await planned(), acl);
    const seen = [inputs, ...(inputs.rules as Record<string, unknown>[])].map(
        ({ visibilityConfig }) => visibilityConfig as Record<string, unknown>,
    );
    expect(seen).toHaveLength(7);
    for (const visibility of seen) {
        expect(visibility).toMatchObject({ cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false });
    }
    expect(seen.map(({ metricName }) => metricName)).toEqual([name, ...everyRule]);
});

test("the web ACL is associated with the given resource and allows what no rule blocks", async () => {
    const plan = await planned();
    const firewall = onlyNode(plan, acl);
    expect(firewall.inputs).toMatchObject({ scope: "REGIONAL", defaultAction: { allow: {} } });
    expect(inputsOf(plan, "aws:wafv2/webAclAssociation:WebAclAssociation")).toEqual([
        { resourceArn, webAclArn: firewall.outputs.arn },
    ]);
});

const protectedHeaders = [
    ...["authorization", "cookie", "x-api-key", "x-gateway-token"],
    ...["idempotency-key", "referer", "x-correlation-id"],
];

test("its log group has a name to which WAF may write, and redacts credentials, query strings and paths", async () => {
    const plan = await planned();
    const group = onlyNode(plan, typeTokens.logGroup);
    expect(group.inputs).toEqual({
        name: "aws-waf-logs-payment-firewall-test",
        kmsKeyId: keyArns.logs,
        retentionInDays: 30,
    });
    expect(inputsOf(plan, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")).toEqual([
        {
            resourceArn: onlyNode(plan, acl).outputs.arn,
            logDestinationConfigs: [group.outputs.arn],
            redactedFields: [
                ...protectedHeaders.map((header) => ({ singleHeader: { name: header } })),
                { queryString: {} },
                { uriPath: {} },
            ],
        },
    ]);
    expect(findNode(plan, name, "payment:index:Firewall").outputs).toEqual({
        webAclName: onlyNode(plan, acl).outputs.name,
        logGroupName: "aws-waf-logs-payment-firewall-test",
    });
});
