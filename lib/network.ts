import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databaseSubnetPorts } from "./flows.ts";
import { grantRole, trustPolicy } from "./iam.ts";
import { requireItem } from "./list.ts";
import type { LogStorage } from "./logs.ts";
import { subnetLayout, type SubnetTier } from "./network/subnets.ts";
import { regionWarning, usableZones, type UsableZone } from "./network/zones.ts";
import { after } from "./ordering.ts";
import { nameOf, type Scope } from "./scope.ts";
import { problemLine, settingsProblemsText } from "./settings/problem.ts";
import type { Settings } from "./settings/schema.ts";

export interface NetworkArgs {
    readonly scope: Scope;
    readonly settings: Settings["network"];
    readonly logs: LogStorage;
}

/** A VPC with public, private and database subnets in each zone. Only public subnets have a route to the internet gateway. */
export class Network extends pulumi.ComponentResource {
    public readonly vpcId: pulumi.Output<string>;
    /** Has no rules, so it allows no traffic. */
    public readonly defaultSecurityGroupId: pulumi.Output<string>;
    /** Each resolves once its route exists, so resources in it are created after the route and deleted before it. */
    public readonly publicSubnetIds: pulumi.Output<string>[];
    public readonly privateSubnetIds: pulumi.Output<string>[];
    /** The private subnets in zones that have VPC links of API Gateway. */
    public readonly linkSubnetIds: pulumi.Output<string[]>;
    public readonly databaseSubnetIds: pulumi.Output<string>[];
    public readonly privateRouteTableIds: pulumi.Output<string>[];
    public readonly logGroupNames: pulumi.Output<string>[];

    constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Network", name, {}, opts);
        const { scope, settings } = args;
        const inside = { parent: this };
        const zones = chooseZones(scope, settings.availabilityZones, this);

        const vpc = new aws.ec2.Vpc(
            name,
            { cidrBlock: settings.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
            inside,
        );
        this.vpcId = vpc.id;
        // Pulumi adopts it and removes its rules, so that it allows no traffic (Security Hub EC2.2).
        this.defaultSecurityGroupId = new aws.ec2.DefaultSecurityGroup(name, { vpcId: vpc.id }, inside).id;
        this.logGroupNames = [this.createFlowLog(args)];

        const gateway = new aws.ec2.InternetGateway(name, { vpcId: vpc.id, tags: { Name: name } }, inside);
        const publicTable = this.routeTable(scope, "public");
        const toInternet = new aws.ec2.Route(
            nameOf(scope, "public-internet"),
            { routeTableId: publicTable.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
            inside,
        );
        this.publicSubnetIds = this.subnets(args, "public", zones, () => publicTable.id, toInternet);

        const privateTables = zoneIndexes(settings).map((zone) => this.routeTable(scope, `private-${zone + 1}`));
        this.privateRouteTableIds = privateTables.map((table) => table.id);
        const toNat = settings.egress === "nat" ? this.natRoutes(args) : [];
        this.privateSubnetIds = this.subnets(
            args,
            "private",
            zones,
            (zone) => requireItem(this.privateRouteTableIds, zone),
            ...toNat,
        );
        this.linkSubnetIds = pulumi
            .all([zones, pulumi.all(this.privateSubnetIds)])
            .apply(([all, ids]) => ids.filter((_, zone) => requireItem(all, zone).hasVpcLinks));

        // Without routes, so that database subnets cannot reach the internet.
        const databaseTable = this.routeTable(scope, "database");
        this.databaseSubnetIds = this.subnets(args, "database", zones, () => databaseTable.id);
        this.restrictDatabaseSubnets(args);

        this.registerOutputs({
            vpcId: this.vpcId,
            defaultSecurityGroupId: this.defaultSecurityGroupId,
            publicSubnetIds: this.publicSubnetIds,
            privateSubnetIds: this.privateSubnetIds,
            linkSubnetIds: this.linkSubnetIds,
            databaseSubnetIds: this.databaseSubnetIds,
            privateRouteTableIds: this.privateRouteTableIds,
            logGroupNames: this.logGroupNames,
        });
    }

    private routeTable(scope: Scope, noun: string): aws.ec2.RouteTable {
        const name = nameOf(scope, noun);
        return new aws.ec2.RouteTable(name, { vpcId: this.vpcId, tags: { Name: name } }, { parent: this });
    }

    /** One subnet per zone, associated with its route table. */
    private subnets(
        { scope, settings }: NetworkArgs,
        tier: SubnetTier,
        zones: pulumi.Output<UsableZone[]>,
        tableOf: (zone: number) => pulumi.Output<string>,
        ...routes: aws.ec2.Route[]
    ): pulumi.Output<string>[] {
        const inside = { parent: this };
        return zoneIndexes(settings).map((zone) => {
            const name = nameOf(scope, `${tier}-${zone + 1}`);
            const subnet = new aws.ec2.Subnet(
                name,
                {
                    vpcId: this.vpcId,
                    cidrBlock: requireItem(subnetLayout(settings.cidr)[tier].subnets, zone),
                    availabilityZone: zones.apply((all) => requireItem(all, zone).name),
                    mapPublicIpOnLaunch: false,
                    tags: { Name: name },
                },
                inside,
            );
            const association = new aws.ec2.RouteTableAssociation(
                name,
                { subnetId: subnet.id, routeTableId: tableOf(zone) },
                inside,
            );
            return after(subnet.id, [association, ...routes]);
        });
    }

    /** NAT gateways in the public subnets, and a route from each private route table to its own or to the only gateway. */
    private natRoutes({ scope, settings }: NetworkArgs): aws.ec2.Route[] {
        const inside = { parent: this };
        const gateways = zoneIndexes(settings)
            .slice(0, settings.natGateways === "single" ? 1 : undefined)
            .map((zone) => {
                const name = nameOf(scope, `nat-${zone + 1}`);
                const address = new aws.ec2.Eip(name, { domain: "vpc", tags: { Name: name } }, inside);
                return new aws.ec2.NatGateway(
                    name,
                    {
                        subnetId: requireItem(this.publicSubnetIds, zone),
                        allocationId: address.allocationId,
                        tags: { Name: name },
                    },
                    inside,
                );
            });
        return this.privateRouteTableIds.map(
            (routeTableId, zone) =>
                new aws.ec2.Route(
                    nameOf(scope, `private-${zone + 1}-nat`),
                    {
                        routeTableId,
                        destinationCidrBlock: "0.0.0.0/0",
                        natGatewayId: requireItem(gateways, zone % gateways.length).id,
                    },
                    inside,
                ),
        );
    }

    /** In addition to the security groups: only the ports of the stores, and only from private and database subnets. */
    private restrictDatabaseSubnets({ scope, settings }: NetworkArgs): void {
        const layout = subnetLayout(settings.cidr);
        const allow = (cidrBlock: string, [fromPort, toPort]: readonly [number, number]) => ({
            action: "allow",
            // TCP. AWS returns protocols as numbers, so another spelling would show as a difference after a refresh.
            protocol: "6",
            cidrBlock,
            fromPort,
            toPort,
        });
        const numbered = (rules: ReturnType<typeof allow>[]) =>
            rules.map((rule, i) => ({ ruleNo: 100 + 10 * i, ...rule }));
        // Network ACLs are stateless, so responses need a rule for the client's ephemeral ports.
        const ephemeral = [1024, 65535] as const;
        new aws.ec2.NetworkAcl(
            nameOf(scope, "database"),
            {
                vpcId: this.vpcId,
                subnetIds: this.databaseSubnetIds,
                ingress: numbered([
                    ...databaseSubnetPorts.map((port) => allow(layout.private.block, [port, port])),
                    allow(layout.database.block, ephemeral),
                ]),
                egress: numbered([allow(layout.private.block, ephemeral), allow(layout.database.block, ephemeral)]),
                tags: { Name: nameOf(scope, "database") },
            },
            { parent: this },
        );
    }

    /** Logs accepted and rejected traffic of the VPC (PCI DSS 10.2.1, Security Hub EC2.6); returns the log group's name. */
    private createFlowLog({ scope, logs }: NetworkArgs): pulumi.Output<string> {
        const inside = { parent: this };
        const name = nameOf(scope, "flow-logs");
        const group = new aws.cloudwatch.LogGroup(name, { name: `/vpc/${name}`, ...logs }, inside);
        const iamRoleArn = grantRole(
            name,
            {
                scope,
                description: "Lets VPC flow logs write to their log group",
                assumeRolePolicy: trustPolicy(scope, "vpc-flow-logs.amazonaws.com", {
                    service: "ec2",
                    resource: "vpc-flow-log/*",
                }),
                statements: [
                    {
                        Effect: "Allow",
                        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                        Resource: [group.arn, pulumi.interpolate`${group.arn}:*`],
                    },
                ],
            },
            inside,
        );
        new aws.ec2.FlowLog(
            name,
            {
                vpcId: this.vpcId,
                trafficType: "ALL",
                logDestination: group.arn,
                iamRoleArn,
                tags: { Name: name },
            },
            inside,
        );
        return group.name;
    }
}

const zoneIndexes = (settings: Settings["network"]) => [...Array(settings.availabilityZones).keys()];

/**
 * The first usable zones of the region, with a warning where it is unknown. Impaired zones stay in the list: without one, the
 * subnets of all later zones would move.
 *
 * @throws pulumi.RunError if the region has fewer zones than the settings
 */
function chooseZones({ region }: Scope, count: number, parent: pulumi.Resource): pulumi.Output<UsableZone[]> {
    const warning = regionWarning(region);
    if (warning !== undefined) {
        void pulumi.log.warn(warning, parent);
    }
    const found = aws.getAvailabilityZonesOutput(
        // Local Zones require an opt-in.
        { filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }] },
        { parent },
    );
    return pulumi.all([found.names, found.zoneIds]).apply(([names, ids]) => {
        const zones = usableZones(
            region,
            names.map((name, i) => ({ name, id: requireItem(ids, i) })),
        );
        if (zones.length < count) {
            const problem = problemLine({
                path: ["network", "availabilityZones"],
                message: `must be at most ${zones.length} in ${region}`,
                got: count,
            });
            throw new pulumi.RunError(settingsProblemsText(pulumi.getStack(), [problem]));
        }
        return zones.slice(0, count);
    });
}
