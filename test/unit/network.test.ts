import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { Network } from "../../lib/network.ts";
import { settingsSchema, type Settings } from "../../lib/settings/schema.ts";
import type { PlanMonitor } from "../../plan/monitor.ts";
import type { Plan } from "../../plan/plan.ts";
import { inputsOf, findNode, nodesOf, planComponent } from "../recorder.ts";
import { transitiveDependencies } from "../../plan/query.ts";
import { keyArns, logs, logicalNamesOf, onlyNode, testScope, exposeValue, policyStatements } from "./fixtures.ts";
import { readStackConfig, withSettings } from "./settings/stack-config.ts";
import { withoutProgress } from "./tools/progress-line.ts";

const types = {
    subnet: "aws:ec2/subnet:Subnet",
    route: "aws:ec2/route:Route",
    table: "aws:ec2/routeTable:RouteTable",
    association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    nat: "aws:ec2/natGateway:NatGateway",
    address: "aws:ec2/eip:Eip",
    acl: "aws:ec2/networkAcl:NetworkAcl",
} as const;

const settingsOf = (changes: Partial<Settings["network"]>) =>
    settingsSchema.shape.network.parse({
        cidr: "10.7.0.0/16",
        availabilityZones: 2,
        endpointZones: 1,
        ...changes,
    });

const planned = (changes: Partial<Settings["network"]> = {}): Promise<Plan> =>
    planComponent(() => {
        const network = new Network("payment-network-test", {
            scope: testScope({ region: "us-east-1" }),
            settings: settingsOf(changes),
            logs,
        });
        network.privateSubnetIds.forEach((id, i) => exposeValue(`private-${i + 1}`, id));
    });

const subnetsOf = (plan: Plan) =>
    Object.fromEntries(
        nodesOf(plan, types.subnet).map(({ name, inputs }) => [name, [inputs.cidrBlock, inputs.availabilityZone]]),
    );

test("each zone has a public, a private and a database subnet, none of which assigns public addresses", async () => {
    const plan = await planned({ availabilityZones: 3 });
    expect(subnetsOf(plan)).toEqual({
        "payment-public-1-test": ["10.7.128.0/20", "us-east-1a"],
        "payment-public-2-test": ["10.7.144.0/20", "us-east-1b"],
        "payment-public-3-test": ["10.7.160.0/20", "us-east-1c"],
        "payment-private-1-test": ["10.7.0.0/19", "us-east-1a"],
        "payment-private-2-test": ["10.7.32.0/19", "us-east-1b"],
        "payment-private-3-test": ["10.7.64.0/19", "us-east-1c"],
        "payment-database-1-test": ["10.7.192.0/20", "us-east-1a"],
        "payment-database-2-test": ["10.7.208.0/20", "us-east-1b"],
        "payment-database-3-test": ["10.7.224.0/20", "us-east-1c"],
    });
    expect(inputsOf(plan, types.subnet).map(({ mapPublicIpOnLaunch }) => mapPublicIpOnLaunch)).toEqual(
        Array(9).fill(false),
    );
});

test.each([
    [2, 3],
    [3, 4],
])("from %i zones to %i, existing resources do not change", async (few, more) => {
    const before = await planned({ availabilityZones: few });
    const after = await planned({ availabilityZones: more });
    expect(Object.keys(subnetsOf(before))).toHaveLength(3 * few);
    expect(subnetsOf(after)).toMatchObject(subnetsOf(before));
    const kept = (plan: Plan) => new Map(plan.nodes.map(({ urn, inputs }) => [urn, inputs]));
    const changed = before.nodes.filter(
        ({ urn, inputs }) => JSON.stringify(kept(after).get(urn)) !== JSON.stringify(inputs),
    );
    // The fence takes the new subnet in.
    expect(changed.map(({ name, type }) => `${type} ${name}`)).toEqual([`${types.acl} payment-database-test`]);
});

test("zones that need an opt-in are not used", async () => {
    const asked: unknown[] = [];
    await planComponent(() => {
        const monitor = pulumi.runtime.getMonitor() as unknown as PlanMonitor;
        const { invoke } = monitor;
        monitor.invoke = (request, reply) => {
            asked.push(request.getArgs()?.toJavaScript());
            invoke.call(monitor, request, reply);
        };
        return new Network("payment-network-test", { scope: testScope(), settings: settingsOf({}), logs });
    });
    // Once for a preview, and once with all values known.
    expect(asked).toEqual(Array(2).fill({ filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }] }));
});

test("a region with too few zones is refused", () => {
    const folder = mkdtempSync(join(tmpdir(), "network-"));
    const config = withSettings(readStackConfig("dev"), {
        "aws:region": "eu-central-1",
        "network.availabilityZones": 4,
    });
    writeFileSync(
        join(folder, "Pulumi.yaml"),
        `name: payment-platform\nruntime: nodejs\nmain: ${resolve("index.ts")}\n`,
    );
    writeFileSync(join(folder, "Pulumi.far.yaml"), JSON.stringify({ config: config }));
    for (const part of ["node_modules", "validator"]) {
        symlinkSync(resolve(part), join(folder, part));
    }
    // In a process of its own: every value that hangs on the zones is rejected, which jest takes for its own failure.
    const { status, stderr } = spawnSync(process.execPath, [resolve("tools/run.ts"), "plan", "far"], {
        cwd: folder,
        encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(withoutProgress(stderr)).toBe(
        "Pulumi.far.yaml has 1 problem:\n  payment-platform:network.availabilityZones must be at most 3 in eu-central-1, got 4\n",
    );
});

test("with egress `endpoints` only load balancers have a route to the internet", async () => {
    const plan = await planned();
    expect(logicalNamesOf(plan, types.route)).toEqual(["payment-public-internet-test"]);
    expect(findNode(plan, "payment-public-internet-test").inputs).toMatchObject({
        routeTableId: findNode(plan, "payment-public-test", types.table).id,
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: findNode(plan, "payment-network-test", "aws:ec2/internetGateway:InternetGateway").id,
    });
    expect(nodesOf(plan, types.nat)).toEqual([]);
    expect(nodesOf(plan, types.address)).toEqual([]);
});

test.each([
    ["single", ["payment-nat-1-test"], ["payment-nat-1-test", "payment-nat-1-test", "payment-nat-1-test"]],
    [
        "per-az",
        ["payment-nat-1-test", "payment-nat-2-test", "payment-nat-3-test"],
        ["payment-nat-1-test", "payment-nat-2-test", "payment-nat-3-test"],
    ],
] as const)("with NAT gateways `%s` each zone's tasks use the right one", async (natGateways, made, used) => {
    const plan = await planned({ availabilityZones: 3, egress: "nat", natGateways });
    expect(logicalNamesOf(plan, types.nat)).toEqual(made);
    expect(logicalNamesOf(plan, types.address)).toEqual(made);
    const routes = used.map((gateway, zone) => {
        const { routeTableId, natGatewayId } = findNode(plan, `payment-private-${zone + 1}-nat-test`).inputs;
        expect(routeTableId).toBe(findNode(plan, `payment-private-${zone + 1}-test`, types.table).id);
        expect(natGatewayId).toBe(findNode(plan, gateway, types.nat).id);
        return gateway;
    });
    expect(routes).toHaveLength(3);
    expect(nodesOf(plan, types.route)).toHaveLength(4);
    made.forEach((name, zone) => {
        expect(findNode(plan, name, types.nat).inputs.subnetId).toBe(
            findNode(plan, `payment-public-${zone + 1}-test`, types.subnet).id,
        );
    });
});

test("a resource in a private subnet is created after its routes, and deleted before them", async () => {
    const plan = await planned({ egress: "nat", natGateways: "single" });
    const before = transitiveDependencies(plan, findNode(plan, "private-2"));
    expect(before).toContain(findNode(plan, "payment-private-2-nat-test").urn);
    expect(before).toContain(findNode(plan, "payment-private-2-test", types.association).urn);
    expect(before).toContain(findNode(plan, "payment-public-internet-test").urn);
});

test("network ACLs of stores allow only their ports, from tasks and from each other", async () => {
    const { inputs } = onlyNode(await planned(), types.acl);
    const rule = (ruleNo: number, cidrBlock: string, fromPort: number, toPort: number) => ({
        ruleNo,
        action: "allow",
        protocol: "6",
        cidrBlock,
        fromPort,
        toPort,
    });
    expect(inputs.subnetIds).toHaveLength(2);
    expect(inputs.ingress).toEqual([
        rule(100, "10.7.0.0/17", 5432, 5432),
        rule(110, "10.7.0.0/17", 6379, 6379),
        rule(120, "10.7.192.0/18", 1024, 65535),
    ]);
    expect(inputs.egress).toEqual([rule(100, "10.7.0.0/17", 1024, 65535), rule(110, "10.7.192.0/18", 1024, 65535)]);
});

test("every connection of the VPC is recorded, accepted or rejected, in an encrypted log", async () => {
    const plan = await planned();
    expect(onlyNode(plan, "aws:ec2/flowLog:FlowLog").inputs).toMatchObject({
        vpcId: onlyNode(plan, "aws:ec2/vpc:Vpc").id,
        trafficType: "ALL",
        logDestination: onlyNode(plan, "aws:cloudwatch/logGroup:LogGroup").outputs.arn,
        iamRoleArn: onlyNode(plan, "aws:iam/role:Role").outputs.arn,
    });
    expect(onlyNode(plan, "aws:cloudwatch/logGroup:LogGroup").inputs).toEqual({
        name: "/vpc/payment-flow-logs-test",
        kmsKeyId: keyArns.logs,
        retentionInDays: 30,
    });
    const arn = "arn:aws:logs:us-east-1:123456789012:log-group:/vpc/payment-flow-logs-test";
    expect(policyStatements(onlyNode(plan, "aws:iam/rolePolicy:RolePolicy"))).toEqual([
        {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            Resource: [arn, `${arn}:*`],
        },
    ]);
});

test("DNS is enabled in the VPC, or no endpoint would be found", async () => {
    expect(onlyNode(await planned(), "aws:ec2/vpc:Vpc").inputs).toMatchObject({
        cidrBlock: "10.7.0.0/16",
        enableDnsSupport: true,
        enableDnsHostnames: true,
    });
});

test("the VPC's default security group has no rules", async () => {
    const { inputs } = onlyNode(await planned(), "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
    expect(Object.keys(inputs)).toEqual(["vpcId"]);
});
