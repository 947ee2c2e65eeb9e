import { beforeAll, expect, test } from "@jest/globals";
import { controls } from "../../../checks/controls.ts";
import type { Rule } from "../../../checks/rule.ts";
import { rules } from "../../../checks/rules.ts";
import type { Plan } from "../../../plan/plan.ts";
import { complianceOf, render, type Compliance } from "../../integration/live/compliance.ts";
import { liveView, type View } from "../../integration/live/view.ts";
import { testProjectFolder } from "../../project.ts";
import { planTestStack } from "../../stacks.ts";
import { resourcesOfType, textAtPath } from "../../../plan/query.ts";
import { planOfConfig, settingsFromConfig } from "../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { readStack } from "../../../plan/stack-file.ts";
import {
    handlersFromPlan,
    liveClientsWith,
    withChangedResponse,
    outputsWithOtherIds,
    type CommandHandlers,
} from "./fake-aws.ts";

let plan: Plan;
beforeAll(async () => {
    plan = await planTestStack("dev");
});

const viewOf = (answers: CommandHandlers): Promise<View> =>
    liveView({ aws: liveClientsWith(answers), plan, isEmulated: false }, outputsWithOtherIds(plan));

const linesOf = ({ differences }: View): string[] =>
    differences.map(({ line }) => line).filter((line) => !line.includes("nothing recorded for"));

/** Manual changes: where, how, the difference that the comparison reports, and the rule that fails. */
const drifts: Record<string, { at: string; change: (answer: string) => string; line: RegExp; rule: string }> = {
    "a queue that takes calls without TLS": {
        at: "GetQueueAttributesCommand",
        change: (answer) =>
            answer.includes("payment-processing-dlq") && answer.includes("redrivePermission")
                ? answer
                      .replace("DenyInsecureTransport", "Other")
                      .replace('aws:SecureTransport\\\\\\":', 'aws:Other\\\\\\":')
                      .replace('\\"Deny\\"', '\\"Allow\\"')
                : answer,
        line: /^payment-processing-dlq-dev \(sqs\/queuePolicy:QueuePolicy\) policy: /,
        rule: "tls-only-policies",
    },
    "a database without backups": {
        at: "DescribeDBClustersCommand",
        change: (answer) => answer.replace(/"BackupRetentionPeriod":\d+/, '"BackupRetentionPeriod":1'),
        line: /^payment-database-dev \(rds\/cluster:Cluster\) backupRetentionPeriod: planned 7, in AWS 1$/,
        rule: "database-recoverable",
    },
    "an ingress rule that is not planned": {
        at: "DescribeSecurityGroupRulesCommand",
        change: (answer) =>
            answer.includes("Customers call over HTTPS")
                ? answer.replace(
                      "[",
                      '[{"IsEgress":false,"IpProtocol":"tcp","FromPort":22,"ToPort":22,"CidrIpv4":"0.0.0.0/0"},',
                  )
                : answer,
        line: /^payment-alb-dev has a vpc\/securityGroupIngressRule:SecurityGroupIngressRule in AWS that is not planned: .*"fromPort":22/,
        rule: "internet-reaches-https-only",
    },
    "a container that may write its root": {
        at: "DescribeTaskDefinitionCommand",
        change: (answer) =>
            answer.includes('"name":"api"')
                ? answer.replace('"readonlyRootFilesystem":true', '"readonlyRootFilesystem":false')
                : answer,
        line: /^payment-api-dev \(ecs\/taskDefinition:TaskDefinition\) containerDefinitions: /,
        rule: "containers-hardened",
    },
    "flow logs without the addresses": {
        at: "DescribeFlowLogsCommand",
        change: (answer) => answer.replace("${srcaddr} ${dstaddr} ", ""),
        line: /^payment-flow-logs-dev \(ec2\/flowLog:FlowLog\) logFormat: planned /,
        rule: "flow-logs-complete",
    },
    "a privileged container": {
        at: "DescribeTaskDefinitionCommand",
        change: (answer) => (answer.includes('"name":"api"') ? answer.replace('"cpu":0', '"privileged":true') : answer),
        line: /^payment-api-dev \(ecs\/taskDefinition:TaskDefinition\) containerDefinitions: /,
        rule: "containers-hardened",
    },
};

test("a stack that AWS has as planned shows no difference, whatever its IDs", async () => {
    const view = await viewOf(handlersFromPlan(plan));
    expect(linesOf(view)).toEqual([]);
    expect(view.seen.size).toBeGreaterThan(20);
    expect(JSON.stringify(view.plan)).toBe(JSON.stringify(plan));
});

test.each(Object.entries(drifts))("%s is reported once", async (_, { at, change, line }) => {
    const lines = linesOf(await viewOf(withChangedResponse(handlersFromPlan(plan), at, change)));
    expect(lines).toEqual([expect.stringMatching(line)]);
});

test("a route to a NAT gateway is as planned, though its ID is in no ARN: the gateway is found by its name", async () => {
    const settings = { "network.egress": "nat", "network.natGateways": "per-az" };
    const withNat = await planOfConfig(withSettings(readStackConfig("dev"), settings), "dev");
    const gateways = resourcesOfType(withNat, "ec2/natGateway:NatGateway");
    const liveId = (id: string) => `nat-${Array.from(id.slice(4)).reverse().join("")}`;
    const answers: CommandHandlers = {
        ...handlersFromPlan(withNat),
        DescribeNatGatewaysCommand: () => ({
            NatGateways: gateways.map(({ id, name }) => ({
                NatGatewayId: liveId(id),
                Tags: [{ Key: "Name", Value: name }],
            })),
        }),
        DescribeRouteTablesCommand: (input) => {
            const table = textAtPath(input, "Filters.0.Values.0");
            const routes = resourcesOfType(withNat, "ec2/route:Route").filter(
                ({ inputs }) => inputs.routeTableId === table,
            );
            const Routes = routes.map(({ inputs }) => ({
                DestinationCidrBlock: inputs.destinationCidrBlock,
                GatewayId: inputs.gatewayId,
                NatGatewayId: typeof inputs.natGatewayId === "string" ? liveId(inputs.natGatewayId) : undefined,
            }));
            return { RouteTables: [{ RouteTableId: table, Routes }] };
        },
    };
    const routeLines = async (given: CommandHandlers) =>
        linesOf(
            await liveView(
                { aws: liveClientsWith(given), plan: withNat, isEmulated: false },
                outputsWithOtherIds(withNat),
            ),
        ).filter((line) => line.includes("ec2/route:Route"));
    expect(gateways).toHaveLength(2);
    expect(await routeLines(answers)).toEqual([]);
    // Each route to a gateway of no name that the plan has is missing, and the one in its place is not planned.
    expect(await routeLines({ ...answers, DescribeNatGatewaysCommand: () => ({}) })).toHaveLength(4);
});

test("a deleted resource is a difference, and is not checked by the rules", async () => {
    const gone: CommandHandlers = {
        ...handlersFromPlan(plan),
        GetWebACLCommand: () => {
            throw Object.assign(new Error("no such web ACL"), { name: "WAFNonexistentItemException" });
        },
    };
    const view = await viewOf(gone);
    expect(linesOf(view).filter((line) => line.includes("webAcl:WebAcl"))).toEqual([
        "payment-gateway-firewall-dev (wafv2/webAcl:WebAcl) is not in AWS",
        "payment-firewall-dev (wafv2/webAcl:WebAcl) is not in AWS",
    ]);
    expect(view.plan.nodes.filter(({ type }) => type === "aws:wafv2/webAcl:WebAcl")).toEqual([]);
});

test("a resource that cannot be read is reported as a difference", async () => {
    const { differences } = await viewOf({
        ...handlersFromPlan(plan),
        GetQueueAttributesCommand: () => {
            throw new Error("AccessDenied");
        },
    });
    const lines = differences.filter(({ type }) => type === "sqs/queue:Queue").map(({ line }) => line);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/cannot be read: .*AccessDenied/);
});

const audit = async (answers: CommandHandlers, by: readonly Rule[] = rules): Promise<Compliance> => {
    const { config } = readStack(testProjectFolder, "dev");
    const view = await viewOf(answers);
    return complianceOf(by, view, {
        settings: settingsFromConfig(config),
        exceptions: [],
        today: "2026-01-01",
        isEmulated: false,
    });
};
const outcomes = ({ controls }: Compliance) => new Map(controls.map(({ id, outcome }) => [id, outcome]));

/** Of what AWS has as planned. */
let planned: Compliance;
beforeAll(async () => {
    planned = await audit(handlersFromPlan(plan));
});

test.each(Object.entries(drifts))(
    "%s fails the rule that forbids it, and breaks the controls of the rule",
    async (_, { at, change, rule }) => {
        const named = controls.filter((control) => control.rules.includes(rule));
        const ofControls = rules.filter(({ name }) => named.some((control) => control.rules.includes(name)));
        const after = await audit(withChangedResponse(handlersFromPlan(plan), at, change), ofControls);
        const [was, is] = [planned, after].map(({ rules: all }) => all.find((one) => one.rule === rule)?.outcome);
        expect([was, is]).toEqual(["passed", "failed"]);
        expect(named.length).toBeGreaterThan(0);
        expect(named.map(({ id }) => outcomes(after).get(id))).toEqual(named.map(() => "broken"));
        expect(render(after)).toContain(`broken: ${rule}\n`);
    },
);

test.each([
    ["a tag", '"Filter":{"Prefix":""}', '"Filter":{"Tag":{"Key":"a","Value":"b"}}'],
    ["a size", '"Filter":{"Prefix":""}', '"Filter":{"And":{"Prefix":"","ObjectSizeLessThan":1000}}'],
    ["a prefix in the old place", '"Filter":{"Prefix":""}', '"Prefix":"a"'],
    [
        "a number of versions",
        '"NoncurrentVersionExpiration":{',
        '"NoncurrentVersionExpiration":{"NewerNoncurrentVersions":1,',
    ],
    ["a date", /"Expiration":{[^}]*}/, '"Expiration":{"Date":"2030-01-01T00:00:00.000Z"}'],
    ["delete markers", /"Expiration":{[^}]*}/, '"Expiration":{"ExpiredObjectDeleteMarker":true}'],
])("records that buckets keep only as far as %s says are reported", async (_, planned, live) => {
    const answers = withChangedResponse(handlersFromPlan(plan), "GetBucketLifecycleConfigurationCommand", (answer) => {
        expect(answer).toMatch(planned);
        return answer.replace(planned, live);
    });
    const isMeant = ({ name }: Rule) => name === "records-kept-as-set";
    const buckets = resourcesOfType(plan, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
    expect(linesOf(await viewOf(answers))).toEqual(
        buckets.map(({ name }) => expect.stringContaining(`${name} (s3/bucketLifecycleConfiguration:`) as unknown),
    );
    expect((await audit(answers, rules.filter(isMeant))).rules.map(({ outcome }) => outcome)).toEqual(["failed"]);
});

test("a control is met only if its rules read at least one property from AWS", async () => {
    const blind = outcomes(
        await audit({
            DescribeManagedPrefixListsCommand: () => ({}),
            DescribeDBClustersCommand: (input) => {
                if ("DBClusterIdentifier" in input) {
                    throw new Error("AccessDenied");
                }
                return {};
            },
        }),
    );
    const seeing = outcomes(planned);
    // Aurora's backups.
    expect([blind.get("RDS.11"), seeing.get("RDS.11")]).toEqual(["not seen", "met"]);
    expect([...blind.values()]).not.toContain("met");
});
