import { DescribeAvailabilityZonesCommand, DescribeRegionsCommand } from "@aws-sdk/client-ec2";
import { paginateDescribeReservedCacheNodesOfferings } from "@aws-sdk/client-elasticache";
import { paginateDescribeOrderableDBInstanceOptions } from "@aws-sdk/client-rds";
import { requireItem } from "../../../lib/list.ts";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import type { PreflightCheck } from "./check.ts";

/** Names of the zones that the program chooses from, in its order (`lib/network.ts`). */
async function usableZones({ ec2 }: Pick<AwsClients, "ec2">): Promise<string[]> {
    const { AvailabilityZones: zones = [] } = await ec2.send(
        new DescribeAvailabilityZonesCommand({
            Filters: [
                { Name: "opt-in-status", Values: ["opt-in-not-required"] },
                { Name: "state", Values: ["available"] },
            ],
        }),
    );
    return zones
        .filter(({ ZoneId }) => ZoneId !== "use1-az3")
        .map(({ ZoneName = "" }) => ZoneName)
        .sort();
}

const describeZonesAction = "ec2:DescribeAvailabilityZones";

/** Whether the region has what the stack is built of. ARM64 on Fargate is in every region that the program allows zones of. */
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
            const zones = await usableZones({ ec2 });
            return zones.length < network.availabilityZones
                ? [`network.availabilityZones is ${network.availabilityZones}, ${region} has ${zones.length} usable`]
                : [];
        },
    },
    {
        name: "database engine",
        iamActions: ["rds:DescribeOrderableDBInstanceOptions", describeZonesAction],
        run: async ({ ec2, rds }, { settings: { database, network, region } }) => {
            const { engineVersion, instanceClass } = database;
            const offers = await collectPages(
                paginateDescribeOrderableDBInstanceOptions(
                    { client: rds },
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
            const zones = (await usableZones({ ec2 })).slice(0, network.availabilityZones);
            return zones
                .filter((zone) => !offered.has(zone))
                .map((zone) => `${zone} does not offer ${what}: change database.instanceClass`);
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
