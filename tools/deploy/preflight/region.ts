import {
    DescribeAvailabilityZonesCommand,
    DescribeRegionsCommand,
    DescribeVpcEndpointServicesCommand,
} from "@aws-sdk/client-ec2";
import { paginateDescribeReservedCacheNodesOfferings } from "@aws-sdk/client-elasticache";
import { paginateDescribeDBEngineVersions, paginateDescribeOrderableDBInstanceOptions } from "@aws-sdk/client-rds";
import { requireItem } from "../../../lib/list.ts";
import { usableZones, type UsableZone } from "../../../lib/network/zones.ts";
import type { PlatformSettings } from "../../../lib/settings.ts";
import { inputText, inputTexts, resourcesOfType } from "../../../plan/query.ts";
import { collectTokenPages } from "../../frame/aws-calls.ts";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import type { PreflightCheck } from "./check.ts";

/** The zones of the account that the program chooses from, in its order (`lib/network/zones.ts`). */
async function zonesOfAccount({ ec2 }: Pick<AwsClients, "ec2">, region: string): Promise<UsableZone[]> {
    const { AvailabilityZones: zones = [] } = await ec2.send(
        new DescribeAvailabilityZonesCommand({
            Filters: [
                { Name: "opt-in-status", Values: ["opt-in-not-required"] },
                { Name: "state", Values: ["available"] },
            ],
        }),
    );
    return usableZones(
        region,
        zones.map(({ ZoneName: name = "", ZoneId: id = "" }) => ({ name, id })),
    );
}

/** Names of the zones that have subnets. */
const chosenZones = async (clients: AwsClients, { network, region }: PlatformSettings): Promise<string[]> =>
    (await zonesOfAccount(clients, region)).slice(0, network.availabilityZones).map(({ name }) => name);

const describeZonesAction = "ec2:DescribeAvailabilityZones";

/**
 * Whether the region has what the stack is built of, as far as AWS can be asked. There is no call that lists the zones of Fargate on
 * ARM64 or of VPC links: for these the program has a list, and warns about a region that is not on it.
 */
export const regionChecks: readonly PreflightCheck[] = [
    {
        name: "region",
        iamActions: ["ec2:DescribeRegions"],
        run: async ({ ec2 }, { settings: { region }, state }) => {
            const provider = state.resources.find(({ type }) => type === "pulumi:providers:aws");
            const before = provider?.inputs?.region;
            if (typeof before === "string" && before !== region) {
                return [`the stack is in ${before}, aws:region says ${region}: set it back, or make a new stack`];
            }
            const { Regions: regions = [] } = await ec2.send(
                new DescribeRegionsCommand({ RegionNames: [region], AllRegions: true }),
            );
            return regions.every(({ OptInStatus }) => OptInStatus === "not-opted-in")
                ? [`${region} is not enabled in this account: enable it under Account > AWS Regions`]
                : [];
        },
    },
    {
        name: "availability zones",
        iamActions: [describeZonesAction],
        run: async ({ ec2 }, { settings: { network, region } }) => {
            const zones = await zonesOfAccount({ ec2 }, region);
            return zones.length < network.availabilityZones
                ? [`network.availabilityZones is ${network.availabilityZones}, ${region} has ${zones.length} usable`]
                : [];
        },
    },
    {
        name: "database engine",
        iamActions: ["rds:DescribeOrderableDBInstanceOptions", describeZonesAction],
        run: async (clients, { settings }) => {
            const { database, region } = settings;
            const { engineVersion, instanceClass } = database;
            const offers = await collectPages(
                paginateDescribeOrderableDBInstanceOptions(
                    { client: clients.rds },
                    { Engine: "aurora-postgresql", DBInstanceClass: instanceClass, Vpc: true },
                ),
                (page) => page.OrderableDBInstanceOptions,
            );
            const offersOfVersion = offers.filter(
                ({ EngineVersion = "" }) => requireItem(EngineVersion.split("."), 0) === engineVersion,
            );
            const offered = new Set(
                offersOfVersion.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones.map(({ Name }) => Name)),
            );
            const what = `${instanceClass} of Aurora PostgreSQL ${engineVersion}`;
            if (offered.size === 0) {
                return [`${region} does not offer ${what}: change database.instanceClass or database.engineVersion`];
            }
            return (await chosenZones(clients, settings))
                .filter((zone) => !offered.has(zone))
                .map((zone) => `${zone} does not offer ${what}: change database.instanceClass`);
        },
    },
    {
        name: "capacity range of the database",
        iamActions: ["rds:DescribeDBEngineVersions"],
        run: async ({ rds }, { settings: { database, region } }) => {
            const { engineVersion, minAcu, maxAcu } = database;
            if (minAcu === undefined || maxAcu === undefined) {
                return [];
            }
            const versions = await collectPages(
                paginateDescribeDBEngineVersions({ client: rds }, { Engine: "aurora-postgresql" }),
                (page) => page.DBEngineVersions,
            );
            const ranges = versions
                .filter(({ MajorEngineVersion }) => MajorEngineVersion === engineVersion)
                .flatMap(({ ServerlessV2FeaturesSupport: range }) => range ?? []);
            // Without a range there is nothing to compare: the check above says whether the version is offered at all.
            const isOffered = ({ MinCapacity: least = minAcu, MaxCapacity: most = maxAcu }: (typeof ranges)[number]) =>
                least <= minAcu && maxAcu <= most;
            return ranges.length === 0 || ranges.some(isOffered)
                ? []
                : [
                      `${region} has no Aurora PostgreSQL ${engineVersion} from ${minAcu} to ${maxAcu} ACU: change database.minAcu or database.maxAcu`,
                  ];
        },
    },
    {
        name: "VPC endpoints",
        iamActions: ["ec2:DescribeVpcEndpointServices", describeZonesAction],
        run: async (clients, { plan, settings }) => {
            const details = await collectTokenPages(async (NextToken) => {
                const answer = await clients.ec2.send(new DescribeVpcEndpointServicesCommand({ NextToken }));
                return { items: answer.ServiceDetails, next: answer.NextToken };
            });
            const zones = await chosenZones(clients, settings);
            return resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").flatMap((endpoint) => {
                const name = inputText(endpoint, "serviceName");
                const found = details.filter(({ ServiceName }) => ServiceName === name);
                if (found.length === 0) {
                    return [`${settings.region} does not offer ${name}`];
                }
                const offered = found.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones);
                // The first zones get the interface endpoints; gateway endpoints are in route tables, and in no zone.
                return zones
                    .slice(0, inputTexts(endpoint, "subnetIds").length)
                    .filter((zone) => !offered.includes(zone))
                    .map((zone) => `${zone} does not offer ${name}: change network.availabilityZones`);
            });
        },
    },
    {
        // AWS lists the node types of a region only as offers of reserved nodes.
        name: "cache node type",
        iamActions: ["elasticache:DescribeReservedCacheNodesOfferings"],
        run: async ({ elasticache }, { settings: { cache, region } }) => {
            const offers = await collectPages(
                paginateDescribeReservedCacheNodesOfferings({ client: elasticache }, { CacheNodeType: cache.nodeType }),
                (page) => page.ReservedCacheNodesOfferings,
            );
            return offers.length === 0 ? [`${region} does not offer ${cache.nodeType}: change cache.nodeType`] : [];
        },
    },
];
