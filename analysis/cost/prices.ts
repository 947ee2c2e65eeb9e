import { nearestName } from "../../lib/settings/problem.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { cacheNodePrices, databaseClassPrices, type ClassPrices } from "./class-prices.ts";

/** AWS counts a month as 730 hours. */
export const hoursPerMonth = 730;

/** USD by region. `*`: the page has one price for all regions of the commercial partition. */
type RegionPrices = Readonly<Record<string, number>>;

export interface Price {
    readonly usd: RegionPrices;
    readonly page: string;
    /** Day of the price list or of the page, if it was recorded. */
    readonly read?: string;
}

const pricing = (service: string) => `https://aws.amazon.com/${service}/pricing/`;

/** A price of us-east-1. */
const virginia = (usd: number, service: string, read?: string): Price => ({
    usd: { "us-east-1": usd },
    page: pricing(service),
    read,
});
const everywhere = (usd: number, service: string, read?: string): Price => ({
    usd: { "*": usd },
    page: pricing(service),
    read,
});
const alsoInIreland = (price: Price, usd: number): Price => ({ ...price, usd: { ...price.usd, "eu-west-1": usd } });

/** On demand, without free tiers; where a price falls with the volume, that of the first volume. */
export const prices = {
    endpointHour: virginia(0.01, "privatelink", "2025-10-28"),
    endpointGb: virginia(0.01, "privatelink", "2025-10-28"),
    natGatewayHour: alsoInIreland(virginia(0.045, "vpc", "2025-10-28"), 0.048),
    natGatewayGb: alsoInIreland(virginia(0.045, "vpc", "2025-10-28"), 0.048),
    publicAddressHour: everywhere(0.005, "vpc", "2025-10-28"),
    loadBalancerHour: virginia(0.0225, "elasticloadbalancing", "2026-09-20"),
    loadBalancerUnitHour: virginia(0.008, "elasticloadbalancing", "2026-09-20"),
    acuHour: alsoInIreland(virginia(0.12, "rds/aurora", "2025-10-28"), 0.14),
    insightsAcuHour: virginia(0.003125, "cloudwatch", "2025-10-28"),
    insightsVcpuHour: virginia(0.0125, "cloudwatch", "2025-10-28"),
    // For tasks on ARM.
    fargateVcpuHour: alsoInIreland(virginia(0.03238, "fargate", "2026-06-01"), 0.03238),
    fargateGibHour: alsoInIreland(virginia(0.00356, "fargate", "2026-06-01"), 0.00356),
    webAcl: everywhere(5, "waf", "2025-06-01"),
    webAclRule: everywhere(1, "waf", "2025-06-01"),
    webAclMillionRequests: everywhere(0.6, "waf", "2025-06-01"),
    key: everywhere(1, "kms", "2026-09-29"),
    secret: everywhere(0.4, "secrets-manager", "2026-09-29"),
    readUnitHour: virginia(0.00013, "dynamodb", "2026-07-31"),
    writeUnitHour: virginia(0.00065, "dynamodb", "2026-07-31"),
    millionWriteUnits: virginia(0.625, "dynamodb", "2026-07-31"),
    alarmMetric: virginia(0.1, "cloudwatch", "2025-10-28"),
    compositeAlarm: virginia(0.5, "cloudwatch", "2025-10-28"),
    // The price list has it for the account, without a region.
    dashboard: everywhere(3, "cloudwatch", "2026-10-02"),
    customMetric: virginia(0.3, "cloudwatch", "2025-10-28"),
    containerInsightsMetric: virginia(0.07, "cloudwatch", "2025-10-28"),
    logGb: virginia(0.5, "cloudwatch", "2025-10-28"),
    apiMillionRequests: virginia(3.5, "api-gateway", "2025-11-20"),
    functionMillionRequests: virginia(0.2, "lambda", "2025-10-28"),
    // For functions on ARM.
    functionGbSecond: virginia(0.0000133334, "lambda", "2025-10-28"),
    queueMillionRequests: virginia(0.4, "sqs", "2026-09-29"),
    topicMillionRequests: virginia(0.5, "sns", "2026-09-29"),
    storeThousandObjects: virginia(0.005, "s3"),
    // The page has one price for all regions.
    dataEvents100k: everywhere(0.1, "cloudtrail", "2026-11-27"),
    crossZoneGb: virginia(0.02, "ec2/on-demand"),
    internetGb: virginia(0.09, "ec2/on-demand", "2026-08-10"),
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof prices;

/** A product has no price in a region that has prices of others. */
export class MissingPriceError extends Error {
    constructor(product: string, region: string) {
        super(`analysis/cost/ has no price of it in ${region} (${product})`);
        this.name = "MissingPriceError";
    }
}

/** The price of a product in USD. */
export type PriceLookup = (name: PriceName) => number;

const regionsOf = (usd: RegionPrices): string[] => Object.keys(usd).filter((region) => region !== "*");

/** Regions with prices, the one with most of them first. */
export const pricedRegions: readonly string[] = [
    ...new Set(Object.values<Price>(prices).flatMap(({ usd }) => regionsOf(usd))),
];

/**
 * @returns a function that throws `MissingPriceError`
 * @throws PlanError for a region without any price
 */
export function pricesIn(region: string): PriceLookup {
    if (!pricedRegions.includes(region)) {
        throw new PlanError([
            `aws:region ${region} has no prices, only ${pricedRegions.join(" and ")} have: add them to analysis/cost/prices.ts, or estimate with --prices-of us-east-1`,
        ]);
    }
    return (name) => {
        const { usd }: Price = prices[name];
        const found = usd[region] ?? usd["*"];
        if (found === undefined) {
            throw new MissingPriceError(name, region);
        }
        return found;
    };
}

/**
 * USD an hour of a class of database instances.
 *
 * @throws MissingPriceError where the region has none at all
 * @throws PlanError for a class that has no price
 */
export const databaseClassHour = (region: string, name: string): number =>
    classPrice(region, { setting: "database.instanceClass", name, page: pricing("rds/aurora") }, databaseClassPrices);

/**
 * USD an hour of a cache node.
 *
 * @param engine `redis` or `valkey`
 * @throws MissingPriceError where the region has none at all
 * @throws PlanError for a type that has no price with this engine
 */
export const cacheNodeHour = (region: string, engine: "redis" | "valkey", name: string): number =>
    classPrice(
        region,
        { setting: `cache.nodeType (${engine})`, name, page: pricing("elasticache") },
        cacheNodePrices[engine],
    );

interface PricedClass {
    readonly setting: string;
    readonly name: string;
    readonly page: string;
}

function classPrice(region: string, { setting, name, page }: PricedClass, byRegion: ClassPrices): number {
    const priced = byRegion[region];
    if (priced === undefined) {
        throw new MissingPriceError(name, region);
    }
    const price = priced[name];
    if (price === undefined) {
        const families = new Set(Object.keys(priced).map((each) => each.split(".").slice(0, 2).join(".")));
        const nearest = nearestName(name, Object.keys(priced));
        throw new PlanError([
            `${setting} ${name} has no price in ${region}, only ${[...families].join(", ")}${nearest === undefined ? "" : `, such as ${nearest}`}: choose another one, or add the price of ${page} to analysis/cost/class-prices.ts`,
        ]);
    }
    return price;
}
