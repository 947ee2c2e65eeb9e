import { expect, test } from "@jest/globals";
import { getPath, toText } from "../../../../plan/query.ts";
import { networkGraphOf } from "../../../../analysis/network/network-graph.ts";
import { intendedPaths, hopPathText } from "../../../../analysis/network/paths.ts";
import { findViolations } from "../../../../checks/rule.ts";
import { privatePathRules } from "../../../../checks/rules/private-paths.ts";
import { reachabilityRules } from "../../../../checks/rules/reachability.ts";
import type { Plan, Values } from "../../../../plan/plan.ts";
import { findNode } from "../../../recorder.ts";
import { planTestStack } from "../../../stacks.ts";
import { readPage } from "../../docs/pages.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import {
    withValueAt,
    changeInputs,
    changePolicy,
    changeResources,
    removeResources,
    type PlanChange,
} from "../../checks/fault.ts";
import { planOfConfig, settingsFromConfig } from "../../checks/config-plans.ts";
import { variants } from "../../checks/variants.ts";

const pathsOf = (plan: Plan, suffix: string) =>
    intendedPaths(networkGraphOf(plan)).map((path) => hopPathText(path, suffix));

const behindAlb = ["api:8080 -> database:5432", "api:8080 -> cache:6379", "api:8080 -> sqs/processing:443"];
const behindSecondPath = [
    "payment:8080 -> database:5432",
    "payment:8080 -> cache:6379",
    "payment:8080 -> sqs/processing:443",
];
const behindApi = ["validator -> dynamodb/transactions:443", "validator -> s3/audit:443"];
const pathsTo = (services: readonly string[]): string[] => [
    ...services.map((way) => `internet -> alb:443 -> ${way}`),
    ...behindApi.map((way) => `internet -> rest-api:443 -> ${way}`),
    ...services.map((way) => `internet -> rest-api:443 -> vpc-link -> alb:443 -> ${way}`),
];
const usual = pathsTo(behindAlb);
const secondPath = { "services.payment.path": "/payment/*" };

test.each(["dev", "staging", "prod"])("%s: every path from the internet to a store is one of these", async (stack) => {
    expect(pathsOf(await planTestStack(stack), stack)).toEqual(usual);
});

const pathsByVariant: readonly (readonly [promise: string, changes: Record<string, unknown>, paths: string[]])[] = [
    [
        "NAT gateways open no path from the internet",
        { "network.egress": "nat", "network.natGateways": "single" },
        usual,
    ],
    [
        "without interface endpoints queues are reached through the gateways",
        { "network.egress": "nat", "network.natGateways": "per-az", "network.endpointZones": 0 },
        usual,
    ],
    ["a second service with a path is reached as the first", secondPath, pathsTo([...behindAlb, ...behindSecondPath])],
    ["rights that name no resource, as a shell's, lead to no store", { "compute.execCommand": true }, usual],
    ["few callers take the same paths, and a redirect of plain HTTP leads no further", variants.fewCallers, usual],
    [
        "callers of a private network alone take the API's paths only",
        { edge: { allowedCidrs: ["192.168.0.0/16"] } },
        usual.filter((path) => path.includes("rest-api")),
    ],
    [
        "a validator behind the load balancer is reached by it, too",
        variants.validatorBehindLoadBalancer,
        [
            ...behindAlb.map((way) => `internet -> alb:443 -> ${way}`),
            ...behindApi.map((way) => `internet -> alb:443 -> ${way}`),
            ...behindApi.map((way) => `internet -> rest-api:443 -> ${way}`),
            ...behindAlb.map((way) => `internet -> rest-api:443 -> vpc-link -> alb:443 -> ${way}`),
            ...behindApi.map((way) => `internet -> rest-api:443 -> vpc-link -> alb:443 -> ${way}`),
        ],
    ],
];

const brokenAt = (plan: Plan, settings = settingsFromConfig(readStackConfig("prod"))): string[] =>
    reachabilityRules.flatMap((rule) =>
        findViolations(rule, plan, settings).map(({ resource, reason }) => `${rule.name}: ${resource} ${reason}`),
    );

test.each(pathsByVariant)("%s", async (_, changes, paths) => {
    const config = withSettings(readStackConfig("dev"), changes);
    const plan = await planOfConfig(config);
    expect(pathsOf(plan, "dev")).toEqual(paths);
    expect(brokenAt(plan, settingsFromConfig(config))).toEqual([]);
});

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const route = "aws:ec2/route:Route";
const association = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const service = "aws:ecs/service:Service";
const clusterInstance = "aws:rds/clusterInstance:ClusterInstance";
const toAll = { cidrIpv4: "0.0.0.0/0", referencedSecurityGroupId: "", prefixListId: "" };

const together =
    (...changes: readonly PlanChange[]): PlanChange =>
    (plan) =>
        changes.reduce((changed, change) => change(changed), plan);

/** A second resource that differs in this. */
const besides = (type: string, part: string, change: Values): PlanChange =>
    changeResources(type, part, (node) => [
        node,
        { ...node, name: `${node.name}-more`, urn: `${node.urn}-more`, inputs: { ...node.inputs, ...change } },
    ]);

/** The inputs that the plan's resources of these names have as IDs. */
const naming =
    (change: (idOf: (name: string) => string) => PlanChange): PlanChange =>
    (plan) =>
        change((name) => findNode(plan, name).id)(plan);

const tierOf = (tier: string, table: string) =>
    naming(() => (plan) => {
        const { id } = findNode(plan, table, "aws:ec2/routeTable:RouteTable");
        return changeInputs(association, tier, { routeTableId: id })(plan);
    });
const publicDatabaseTier = tierOf("-database-", "payment-public-prod");
const publicPrivateTier = tierOf("-private-", "payment-public-prod");
const openDatabase = besides(ingress, "tasks-database", toAll);
const idOf = (plan: Plan, noun: string) =>
    findNode(plan, `payment-${noun}-prod`, "aws:ec2/securityGroup:SecurityGroup").id;
const tasksCallTasks: PlanChange = (plan) => {
    const tasks = idOf(plan, "tasks");
    const rule = { fromPort: 8080, toPort: 8080, referencedSecurityGroupId: tasks, securityGroupId: tasks };
    return together(besides(egress, "alb-tasks", rule), besides(ingress, "alb-tasks", rule))(plan);
};
const routeOut =
    (table: string, target: Values): PlanChange =>
    (plan) =>
        besides(route, "public-internet", {
            routeTableId: findNode(plan, table, "aws:ec2/routeTable:RouteTable").id,
            ...target,
        })(plan);
const world = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] });

const faults: readonly (readonly [fault: string, change: PlanChange, line: RegExp])[] = [
    [
        "an open rule",
        openDatabase,
        /^public-edge-only: payment-database-prod allows traffic from the internet: 0\.0\.0\.0\/0 in ingress payment-tasks-database-ingress-prod-more$/,
    ],
    [
        "a wide route of a private table",
        routeOut("payment-private-2-prod", {}),
        /^egress-as-set: payment-api-prod has a route to the internet: api -> payment-private-2-prod -> 0\.0\.0\.0\/0 to payment-network-prod \(InternetGateway\)$/,
    ],
    [
        "a wide route of the database's table",
        routeOut("payment-database-prod", {}),
        /^database-tier-closed: payment-database-prod has a route out of the VPC: database -> payment-database-1-prod -> 0\.0\.0\.0\/0 to payment-network-prod/,
    ],
    [
        "a peered network",
        routeOut("payment-database-prod", {
            destinationCidrBlock: "10.9.0.0/16",
            gatewayId: "",
            vpcPeeringConnectionId: "pcx-1",
        }),
        /^database-tier-closed: payment-cache-prod has a route out of the VPC: cache -> payment-database-1-prod -> 10\.9\.0\.0\/16 to pcx-1$/,
    ],
    [
        "a transit gateway behind a prefix list",
        routeOut("payment-private-1-prod", {
            destinationCidrBlock: "",
            destinationPrefixListId: "pl-1",
            gatewayId: "",
            transitGatewayId: "tgw-1",
        }),
        /^egress-as-set: payment-validator-prod has a route to the internet: validator -> payment-private-1-prod -> pl-1 to tgw-1$/,
    ],
    [
        "a route from the database to S3",
        (plan) =>
            changeInputs("aws:ec2/vpcEndpoint:VpcEndpoint", "-s3-", {
                routeTableIds: [findNode(plan, "payment-database-prod", "aws:ec2/routeTable:RouteTable").id],
            })(plan),
        /^database-tier-closed: payment-database-prod has a route out of the VPC: database -> payment-database-3-prod -> payment-s3-prod \(VpcEndpoint\)$/,
    ],
    [
        "a database that may call out",
        (plan) => besides(egress, "tasks-database", { ...toAll, securityGroupId: idOf(plan, "database") })(plan),
        /^database-tier-closed: payment-database-prod may open connections to outside the VPC: egress payment-tasks-database-egress-prod-more$/,
    ],
    [
        "a public subnet for the stores",
        publicDatabaseTier,
        /^public-edge-only: payment-cache-prod is in a public subnet: cache -> payment-database-1-prod -> 0\.0\.0\.0\/0 to payment-network-prod/,
    ],
    [
        "a public subnet for the tasks",
        publicPrivateTier,
        /^public-edge-only: payment-notification-prod is in a public subnet: notification -> payment-private-1-prod/,
    ],
    [
        "a subnet that gives public addresses",
        changeInputs("aws:ec2/subnet:Subnet", "private-1", { mapPublicIpOnLaunch: true }),
        /^public-edge-only: payment-private-1-prod must assign no public IP addresses$/,
    ],
    [
        "a public address in a private subnet",
        changeInputs(clusterInstance, "database-2", { publiclyAccessible: true }),
        /^public-edge-only: payment-database-prod must have no public address$/,
    ],
    [
        "a public database with a route and an open rule",
        together(
            publicDatabaseTier,
            openDatabase,
            changeInputs(clusterInstance, "database-1", { publiclyAccessible: true }),
            removeResources("aws:ec2/networkAcl:NetworkAcl"),
        ),
        /^stores-behind-front-doors: payment-database-prod can be reached by internet -> database:5432: internet -> database:5432 by route 0\.0\.0\.0\/0 to payment-network-prod \(InternetGateway\), ingress payment-tasks-database-ingress-prod-more \(0\.0\.0\.0\/0\)$/,
    ],
    [
        "tasks with public addresses",
        together(
            publicPrivateTier,
            besides(ingress, "alb-tasks", toAll),
            changeInputs(service, "payment-api", withValueAt("networkConfiguration.assignPublicIp", true)),
        ),
        /^stores-behind-front-doors: payment-api-prod can be reached by internet -> api:8080 -> database:5432: internet -> api:8080 by /,
    ],
    [
        "an address of the function's own",
        changeResources("aws:lambda/function:Function", "", (node) => [
            node,
            {
                ...node,
                type: "aws:lambda/functionUrl:FunctionUrl",
                urn: `${node.urn}-url`,
                inputs: { functionName: node.id },
            },
        ]),
        /^stores-behind-front-doors: payment-validator-prod can be reached by internet -> validator:443 -> dynamodb\/transactions:443: internet -> validator:443 by function URL/,
    ],
    [
        "a queue for everyone",
        changeInputs("aws:sqs/queuePolicy:QueuePolicy", "payment-processing-prod", { policy: world }),
        /^stores-behind-front-doors: payment-processing-prod can be reached by internet -> sqs\/processing:443: internet -> sqs\/processing:443 by policy payment-processing-prod$/,
    ],
    [
        "a queue for every account",
        changeInputs("aws:sqs/queuePolicy:QueuePolicy", "payment-processing-prod", {
            policy: world.replace('"Principal":"*"', '"Principal":{"AWS":["*"]}'),
        }),
        /^stores-behind-front-doors: payment-processing-prod can be reached by internet -> sqs\/processing:443: internet -> sqs\/processing:443 by policy payment-processing-prod$/,
    ],
    [
        "tasks in a subnet of another stack's",
        changeInputs(service, "payment-api", withValueAt("networkConfiguration.subnets", ["subnet-other"])),
        /^network-resources-supported: payment-api-prod is in no subnet, or in no security group, of the plan$/,
    ],
    [
        "a bucket for everyone",
        together(
            changeInputs("aws:s3/bucketPolicy:BucketPolicy", "audit", { policy: world }),
            changeInputs("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "audit", {
                restrictPublicBuckets: false,
            }),
        ),
        /^stores-behind-front-doors: payment-audit-prod can be reached by internet -> s3\/audit:443: /,
    ],
    [
        "a connection to another network",
        changeResources("aws:ec2/internetGateway:InternetGateway", "", (node) => [
            node,
            { ...node, type: "aws:ec2/vpcPeeringConnection:VpcPeeringConnection" },
        ]),
        /^network-resources-supported: payment-network-prod is part of the network, and the network model does not support its type$/,
    ],
    [
        "an EC2 instance, which could send packets with any source address",
        changeResources("aws:lb/loadBalancer:LoadBalancer", "", (node) => [
            node,
            {
                ...node,
                type: "aws:ec2/instance:Instance",
                urn: `${node.urn}-instance`,
                inputs: { subnetId: getPath(node.inputs, "subnets.0") as string, sourceDestCheck: false },
            },
        ]),
        /^network-resources-supported: payment-prod is part of the network, and the network model does not support its type$/,
    ],
    [
        "rules inside a security group",
        changeInputs("aws:ec2/securityGroup:SecurityGroup", "-cache-prod", { ingress: [] }),
        /^network-resources-supported: payment-cache-prod has ingress, which the network model does not support$/,
    ],
    [
        "an address that no gateway has",
        changeResources("aws:ec2/internetGateway:InternetGateway", "", (node) => [
            node,
            { ...node, type: "aws:ec2/eip:Eip", urn: `${node.urn}-eip`, inputs: {} },
        ]),
        /^public-edge-only: payment-network-prod must belong to a NAT gateway$/,
    ],
    [
        "a store in the VPC's default group",
        changeInputs("aws:elasticache/replicationGroup:ReplicationGroup", "", { securityGroupIds: [] }),
        /^network-resources-supported: payment-cache-prod is in no subnet, or in no security group, of the plan$/,
    ],
    [
        "a store in AWS's default subnets",
        changeInputs("aws:rds/cluster:Cluster", "", { dbSubnetGroupName: "default" }),
        /^network-resources-supported: payment-database-prod is in no subnet, or in no security group, of the plan$/,
    ],
    ...(
        [
            ["a database", "rds/cluster:Cluster", "vpcSecurityGroupIds", "payment-database-prod"],
            ["tasks", "ecs/service:Service", "networkConfiguration.securityGroups", "payment-api-prod"],
            ["a load balancer", "lb/loadBalancer:LoadBalancer", "securityGroups", "payment-prod"],
        ] as const
    ).map(([what, type, path, name]): [string, PlanChange, RegExp] => [
        `${what} with a security group that is not of the stack`,
        changeInputs(`aws:${type}`, "", (old) =>
            withValueAt(path, [...(getPath(old, path) as string[]), "sg-0123456789abcdef0"])(old),
        ),
        new RegExp(
            `^network-resources-supported: ${name} refers to sg-0123456789abcdef0, which the plan does not have$`,
        ),
    ]),
    ...(
        [
            ["ec2/vpc:Vpc", "assignGeneratedIpv6CidrBlock", true, "payment-network-prod"],
            ["lb/loadBalancer:LoadBalancer", "ipAddressType", "dualstack", "payment-prod"],
            ["lambda/function:Function", "vpcConfig.ipv6AllowedForDualStack", true, "payment-validator-prod"],
            ["rds/cluster:Cluster", "networkType", "DUAL", "payment-database-prod"],
            ["elasticache/replicationGroup:ReplicationGroup", "ipDiscovery", "ipv6", "payment-cache-prod"],
        ] as const
    ).map(([type, path, value, name]): [string, PlanChange, RegExp] => [
        `IPv6 by ${path}`,
        changeInputs(`aws:${type}`, "", withValueAt(path, value)),
        new RegExp(`^network-resources-supported: ${name} has ${path}, which the network model does not support$`),
    ]),
    [
        "IPv6 in a network ACL",
        changeInputs("aws:ec2/networkAcl:NetworkAcl", "", ({ egress }) => ({
            egress: (egress as Values[]).map((entry) => ({ ...entry, ipv6CidrBlock: "::/0" })),
        })),
        /^network-resources-supported: payment-database-prod has egress\.0\.ipv6CidrBlock, which the network model does not support$/,
    ],
    [
        "rights from a managed policy",
        (plan) =>
            changeInputs("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "database-monitoring", {
                role: findNode(plan, "payment-api-task-prod", "aws:iam/role:Role").id,
            })(plan),
        /^network-resources-supported: payment-database-monitoring-prod gives a task or function permissions/,
    ],
];

test("IPv4, where a resource names it, is supported", async () => {
    const plan = await planTestStack("prod");
    const named = together(
        changeInputs("aws:lb/loadBalancer:LoadBalancer", "", { ipAddressType: "ipv4" }),
        changeInputs("aws:rds/cluster:Cluster", "", { networkType: "IPV4" }),
        changeInputs("aws:ec2/subnet:Subnet", "", { assignIpv6AddressOnCreation: false }),
    );
    expect(brokenAt(named(plan))).toEqual([]);
});

test.each(faults)("%s is noticed, and its path is printed", async (_, change, line) => {
    const plan = await planTestStack("prod");
    expect(brokenAt(plan)).toEqual([]);
    expect(brokenAt(change(plan))).toContainEqual(expect.stringMatching(line));
});

test("tasks that call tasks are noticed, and their path is printed", async () => {
    const config = withSettings(readStackConfig("prod"), secondPath);
    const plan = await planOfConfig(config, "prod");
    const settings = settingsFromConfig(config);
    expect(brokenAt(plan, settings)).toEqual([]);
    expect(brokenAt(tasksCallTasks(plan), settings)).toContainEqual(
        expect.stringMatching(
            /^stores-behind-front-doors: payment-payment-prod can be reached by internet -> alb:443 -> api:8080 -> payment:8080 -> database:5432: api:8080 -> payment:8080 by egress payment-alb-tasks-egress-prod-more/,
        ),
    );
});

const acl = "aws:ec2/networkAcl:NetworkAcl";
const subnet = "aws:ec2/subnet:Subnet";
const allow = (side: "ingress" | "egress", change: Values): PlanChange =>
    changeInputs(acl, "", (old) => ({ [side]: (old[side] as Values[]).map((rule) => ({ ...rule, ...change })) }));

test("a public access block, and groups that refer to each other across networks, open nothing", async () => {
    const plan = await planTestStack("prod");
    const blocked = changeInputs("aws:s3/bucketPolicy:BucketPolicy", "audit", { policy: world })(plan);
    expect(brokenAt(blocked)).toEqual([]);
    const apart = changeInputs("aws:ec2/subnet:Subnet", "-database-", { vpcId: "vpc-2" })(plan);
    expect(pathsOf(apart, "prod")).toEqual(usual.filter((path) => !/database|cache/.test(path)));
});

test("a rule with weights forwards like one without", async () => {
    const plan = changeInputs("aws:lb/listenerRule:ListenerRule", "", ({ actions }) => ({
        actions: (actions as Values[]).map(({ targetGroupArn }) => ({
            type: "forward",
            forward: { targetGroups: [{ arn: targetGroupArn ?? "", weight: 1 }] },
        })),
    }))(await planTestStack("prod"));
    expect(pathsOf(plan, "prod")).toEqual(usual);
});

test.each(["-1", "all"])(
    "a rule for all protocols, as %s, opens every port, whichever it names",
    async (ipProtocol) => {
        const plan = await planTestStack("prod");
        const all = { ipProtocol, fromPort: -1, toPort: -1 };
        const open = together(
            changeInputs(ingress, "tasks-database", all),
            changeInputs(egress, "tasks-database", all),
        )(plan);
        expect(pathsOf(open, "prod")).toEqual(usual);
    },
);

test("an open network ACL alone opens nothing: the groups still block", async () => {
    const plan = await planTestStack("prod");
    const open = together(
        allow("ingress", { cidrBlock: "0.0.0.0/0", protocol: "-1" }),
        allow("egress", { cidrBlock: "0.0.0.0/0", protocol: "-1" }),
    )(plan);
    expect(brokenAt(open)).toEqual([]);
    expect(pathsOf(open, "prod")).toEqual(usual);
});

test("a network ACL that denies half of each subnet still leaves a path through the other half", async () => {
    const halves = ["10.2.0.0/20", "10.2.32.0/20", "10.2.64.0/20"].map((cidrBlock, i) => ({
        ...{ ruleNo: i + 1, action: "deny", protocol: "tcp", fromPort: 0, toPort: 65_535 },
        cidrBlock,
    }));
    const plan = changeInputs(acl, "", ({ ingress: old }) => ({ ingress: [...halves, ...(old as Values[])] }))(
        await planTestStack("prod"),
    );
    expect(pathsOf(plan, "prod")).toEqual(usual);
});

const withoutDatabase = usual.filter((path) => !path.includes("database"));
const closings: readonly (readonly [fault: string, change: PlanChange, paths: string[]])[] = [
    ["a NACL that refuses the database's port", allow("ingress", { fromPort: 6379, toPort: 6379 }), withoutDatabase],
    [
        "an earlier entry of a NACL that refuses",
        changeInputs(acl, "", (old) => ({
            ingress: [
                ...(old.ingress as Values[]),
                { ruleNo: 1, action: "deny", protocol: "tcp", cidrBlock: "10.0.0.0/8", fromPort: 5432, toPort: 5432 },
            ],
        })),
        withoutDatabase,
    ],
    [
        "a NACL that holds answers back",
        allow("egress", { action: "deny" }),
        withoutDatabase.filter((path) => !path.includes("cache")),
    ],
    ["a missing egress rule", removeResources(egress, "tasks-database"), withoutDatabase],
    ["a missing ingress rule", removeResources(ingress, "tasks-database"), withoutDatabase],
    [
        "an ingress rule for another port",
        changeInputs(ingress, "tasks-database", { fromPort: 5433, toPort: 5433 }),
        withoutDatabase,
    ],
    ["no route to the internet gateway", removeResources(route), usual.filter((path) => path.includes("rest-api"))],
    [
        "an internal load balancer",
        changeInputs("aws:lb/loadBalancer:LoadBalancer", "", { internal: true }),
        usual.filter((path) => path.includes("rest-api")),
    ],
    [
        "no rule of the listener",
        removeResources("aws:lb/listenerRule:ListenerRule"),
        usual.filter((path) => path.includes("validator")),
    ],
    ["no stage", removeResources("aws:apigateway/stage:Stage"), usual.filter((path) => !path.includes("rest-api"))],
    [
        "no permission",
        removeResources("aws:lambda/permission:Permission"),
        usual.filter((path) => !path.includes("validator")),
    ],
    [
        "calls of the API to a port without a listener",
        changePolicy("aws:apigateway/integration:Integration", "gateway-services", "https:", "http:", "uri"),
        usual.filter((path) => !path.includes("vpc-link")),
    ],
    [
        "calls of the API to a port of its own",
        changeInputs("aws:apigateway/integration:Integration", "gateway-", ({ uri }) => ({
            uri: toText(uri ?? "").replace(/^(https:\/\/[^/]+)/, "$1:8443"),
        })),
        usual.filter((path) => !path.includes("vpc-link")),
    ],
    [
        "an API of a private network",
        changeInputs("aws:apigateway/restApi:RestApi", "", { endpointConfiguration: { types: "PRIVATE" } }),
        usual.filter((path) => !path.includes("rest-api")),
    ],
    [
        "a target group that sends to a port at which no container listens",
        changeInputs(service, "payment-api", ({ loadBalancers }) => ({
            loadBalancers: (loadBalancers as Values[]).map((each) => ({ ...each, containerPort: 9090 })),
        })),
        usual.filter((path) => !path.includes("api:8080")),
    ],
    [
        "a task definition that is not in the plan, so that its containers and calls are unknown",
        removeResources("aws:ecs/taskDefinition:TaskDefinition", "payment-api"),
        usual.filter((path) => !path.includes("api:8080")),
    ],
    [
        "tasks with a NACL that blocks connections to the database",
        (plan) => {
            const tier = (part: string) =>
                plan.nodes.filter(({ type, name }) => type === subnet && name.includes(part));
            const all = { ruleNo: 9, action: "allow", protocol: "-1", cidrBlock: "0.0.0.0/0" };
            const closed = tier("-database-").map(({ inputs: { cidrBlock } }, i) => ({
                ...{ ruleNo: i, action: "deny", protocol: "tcp", fromPort: 5432, toPort: 5432 },
                cidrBlock: cidrBlock ?? null,
            }));
            const subnetIds = tier("-private-").map(({ id }) => id);
            return besides(acl, "", { subnetIds, ingress: [all], egress: [...closed, all] })(plan);
        },
        withoutDatabase,
    ],
    [
        "no link",
        changeInputs("aws:apigateway/integration:Integration", "gateway-", { connectionId: "" }),
        usual.filter((path) => !path.includes("vpc-link")),
    ],
];

test("the load balancer reaches a function only with its Lambda permission", async () => {
    const config = withSettings(readStackConfig("dev"), variants.validatorBehindLoadBalancer);
    const plan = await planOfConfig(config);
    const left = pathsOf(removeResources("aws:lambda/permission:Permission")(plan), "dev");
    expect(pathsOf(plan, "dev")).toContainEqual(expect.stringContaining("alb:443 -> validator"));
    expect(left).not.toContainEqual(expect.stringContaining("validator"));
    expect(left).toContainEqual(expect.stringContaining("alb:443 -> api:8080"));
});

test.each(closings)("%s closes a path, which is removed from the list", async (_, change, paths) => {
    expect(pathsOf(change(await planTestStack("prod")), "prod")).toEqual(paths);
});

const evidence = async (name: string, changes: Record<string, unknown>): Promise<string[]> => {
    const config = withSettings(readStackConfig("dev"), changes);
    const rule = reachabilityRules.find((each) => each.name === name);
    return rule?.evidence?.(await planOfConfig(config), settingsFromConfig(config)) ?? [];
};
const nat = { "network.egress": "nat", "network.natGateways": "single" };
const databaseSubnets = "payment-database-1-dev, payment-database-2-dev";

test.each([
    [
        "egress-as-set",
        {},
        [
            "api: no route to the internet",
            "notification: no route to the internet",
            "payment: no route to the internet",
            "validator: no route to the internet",
        ],
    ],
    [
        "egress-as-set",
        nat,
        [
            ...["api by tasks", "notification by workers", "payment by workers"].flatMap((each) => {
                const [service, group] = each.split(" by ");
                return [1, 2].map(
                    (zone) =>
                        `${service} -> payment-private-${zone}-dev -> 0.0.0.0/0 to payment-nat-1-dev (NatGateway), ` +
                        `egress payment-${group}-internet-egress-dev`,
                );
            }),
            "validator: no egress rule to the internet",
        ],
    ],
    [
        "database-tier-closed",
        {},
        [`database is in ${databaseSubnets}: local route only`, `cache is in ${databaseSubnets}: local route only`],
    ],
    ["public-edge-only", {}, ["payment-dev: payment-public-1-dev, payment-public-2-dev"]],
    [
        "public-edge-only",
        nat,
        ["payment-dev: payment-public-1-dev, payment-public-2-dev", "payment-nat-1-dev (NatGateway)"],
    ],
])("%s with %j gives this record", async (name, changes, lines) => {
    expect((await evidence(name, changes)).toSorted()).toEqual(lines.toSorted());
});

test("the function may not use the tasks' NAT gateways", async () => {
    const config = withSettings(readStackConfig("dev"), nat);
    const plan = changeInputs(egress, "validator-s3", toAll)(await planOfConfig(config));
    expect(brokenAt(plan, settingsFromConfig(config))).toContain(
        "egress-as-set: payment-validator-dev has a route to the internet: " +
            "validator -> payment-private-1-dev -> 0.0.0.0/0 to payment-nat-1-dev (NatGateway)",
    );
});

test("tasks reach the internet through a NAT gateway, never directly", async () => {
    const config = withSettings(readStackConfig("dev"), nat);
    const plan = routeOut("payment-private-1-dev", {})(await planOfConfig(config));
    expect(brokenAt(plan, settingsFromConfig(config))).toContain(
        "egress-as-set: payment-api-dev has a route to the internet: " +
            "api -> payment-private-1-dev -> 0.0.0.0/0 to payment-network-dev (InternetGateway)",
    );
});

test("the paths of docs/reachability.md are those of prod", async () => {
    const plan = await planTestStack("prod");
    const settings = settingsFromConfig(readStackConfig("prod"));
    const found = [...reachabilityRules, ...privatePathRules]
        .flatMap((rule) => rule.evidence?.(plan, settings) ?? [])
        .map((line) => line.trim());
    const blocks = readPage("docs/reachability.md").code.filter(({ language }) => language === "text");
    const shown = blocks.flatMap(({ text }) => text.split("\n")).filter((line) => !line.includes("..."));
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.filter((line) => !found.includes(line))).toEqual([]);
});
