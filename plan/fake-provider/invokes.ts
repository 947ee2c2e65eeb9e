import { dnsSuffixOf, endpointServiceName, regionalHost } from "../../lib/partitions.ts";
import { hexDigitsOf } from "../physical-names.ts";
import { abbreviateRegion } from "./output-formats.ts";
import type { ProviderLocation } from "./outputs.ts";
import { textFromWire, type Wire, type WireObject } from "../value.ts";

/**
 * Zones, as numbers in their IDs, of regions that have others than 1 to 3. The first zone by name comes first. Which name has
 * which ID differs from account to account; these are one account's.
 */
const zoneNumbers: Readonly<Record<string, readonly number[]>> = {
    "ap-northeast-1": [4, 1, 2],
    "ca-central-1": [1, 2, 4],
    "us-east-1": [6, 1, 2, 4, 3, 5],
    "us-west-1": [1, 3],
};

function availabilityZonesResult(args: WireObject, { region }: ProviderLocation): WireObject {
    const ids = (zoneNumbers[region] ?? [1, 2, 3]).map((number) => `${abbreviateRegion(region)}-az${number}`);
    const excluded = [args.excludeZoneIds, args.excludeNames].flatMap((list) => (Array.isArray(list) ? list : []));
    const kept = ids
        .map((id, index) => ({ id, name: `${region}${String.fromCharCode(97 + index)}` }))
        .filter(({ id, name }) => !excluded.includes(id) && !excluded.includes(name));
    return {
        id: region,
        region,
        names: kept.map(({ name }) => name),
        zoneIds: kept.map(({ id }) => id),
        groupNames: [region],
    };
}

function prefixListResult(args: WireObject, place: ProviderLocation): WireObject {
    const name = textFromWire(args.name) ?? endpointServiceName("s3", place.region);
    const id = textFromWire(args.id ?? args.prefixListId) ?? `pl-${hexDigitsOf(name, 8)}`;
    return {
        id,
        name,
        prefixListId: id,
        arn: `arn:${place.partition}:ec2:${place.region}:aws:prefix-list/${id}`,
        cidrBlocks: ["52.216.0.0/15"],
        entries: [{ cidr: "52.216.0.0/15", description: "" }],
        addressFamily: "IPv4",
        maxEntries: 0,
        ownerId: "AWS",
        version: 0,
        tags: {},
    };
}

function hostedZoneResult(args: WireObject, { partition }: ProviderLocation): WireObject {
    const name = textFromWire(args.name) ?? "example.com";
    const zoneId = textFromWire(args.zoneId) ?? `Z${hexDigitsOf(name, 20).toUpperCase()}`;
    return {
        id: zoneId,
        zoneId,
        name,
        arn: `arn:${partition}:route53:::hostedzone/${zoneId}`,
        nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com", "ns-3.awsdns-03.net", "ns-4.awsdns-04.co.uk"],
        primaryNameServer: "ns-1.awsdns-01.org",
        privateZone: args.privateZone === true,
        comment: "",
        callerReference: "",
        resourceRecordSetCount: 2,
        tags: {},
    };
}

/** The functions that a program may call, by token. */
const fakeFunctions: Record<string, (args: WireObject, place: ProviderLocation) => WireObject> = {
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": prefixListResult,
    "aws:ec2/getPrefixList:getPrefixList": prefixListResult,
    "aws:index/getAvailabilityZones:getAvailabilityZones": availabilityZonesResult,
    "aws:index/getCallerIdentity:getCallerIdentity": (_, { account, partition }) => ({
        id: account,
        accountId: account,
        arn: `arn:${partition}:iam::${account}:user/plan`,
        userId: "AIDAEXAMPLE",
    }),
    "aws:index/getPartition:getPartition": (_, { partition, region }) => {
        const dnsSuffix = dnsSuffixOf(region);
        return { id: partition, partition, dnsSuffix, reverseDnsPrefix: dnsSuffix.split(".").reverse().join(".") };
    },
    "aws:index/getRegion:getRegion": (_, { region }) => ({
        id: region,
        name: region,
        region,
        description: region,
        endpoint: regionalHost("ec2", region),
    }),
    "aws:route53/getZone:getZone": hostedZoneResult,
};

/** A value of a function's result that the plan generates: only AWS has the real one. */
export interface InventedFunctionResult {
    /** Token of the function, such as `aws:route53/getZone:getZone`. */
    function: string;
    property: string;
    value: string;
}

/** Properties whose values are invented, by token; the others follow from the region and the arguments. */
const inventedProperties: Readonly<Record<string, readonly string[]>> = {
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": ["id", "cidrBlocks"],
    "aws:ec2/getPrefixList:getPrefixList": ["id", "cidrBlocks"],
    "aws:index/getAvailabilityZones:getAvailabilityZones": ["names", "zoneIds"],
    "aws:index/getCallerIdentity:getCallerIdentity": ["accountId", "userId"],
    "aws:route53/getZone:getZone": ["zoneId", "nameServers"],
};

/** The generated values of a result that no argument has set. */
export function inventedResultsIn(
    token: string,
    args: WireObject,
    result: Record<string, Wire>,
): InventedFunctionResult[] {
    const given = Object.values(args);
    return (inventedProperties[token] ?? []).flatMap((property) =>
        [result[property] ?? []]
            .flat()
            .filter((value) => typeof value === "string")
            .filter((value) => !given.includes(value))
            .map((value) => ({ function: token, property, value })),
    );
}

/** The result that AWS would return, the arguments included; undefined if the plan does not support the function. */
export function invokeFakeFunction(
    token: string,
    args: WireObject,
    place: ProviderLocation,
): Record<string, Wire> | undefined {
    const found = fakeFunctions[token]?.(args, place);
    return found && { ...args, ...found };
}
