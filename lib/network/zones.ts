/** Something that AWS offers in some Availability Zones of a region only. */
interface ZonalOffer {
    /** In messages. */
    readonly name: string;
    /** Page with the list. */
    readonly source: string;
    /** Day on which the page was read. */
    readonly readOn: string;
    /** IDs of the zones that have it, by region. Names of zones differ from account to account, IDs do not. */
    readonly zones: Readonly<Record<string, readonly string[]>>;
}

const zoneIds = (region: string, ...numbers: readonly number[]) => numbers.map((number) => `${region}-az${number}`);

/** Regions that the page does not name have Fargate in all zones. */
const fargate: ZonalOffer = {
    name: "ARM64 on Fargate",
    source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html",
    readOn: "2026-11-26",
    zones: {
        "ap-northeast-1": zoneIds("apne1", 1, 2, 4),
        "us-east-1": zoneIds("use1", 1, 2, 4, 5, 6),
        "us-west-1": zoneIds("usw1", 1, 3),
    },
};

/**
 * The page lists every zone, so a region that is missing here may lack VPC links. A zone that the page gets later must stay behind
 * the others (`usableZones`): in front of them it would move subnets of existing stacks.
 */
export const vpcLinks: ZonalOffer = {
    name: "VPC links V2 of API Gateway",
    source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-links-v2.html",
    readOn: "2026-11-26",
    zones: {
        "ap-east-1": zoneIds("ape1", 2, 3),
        "ap-northeast-1": zoneIds("apne1", 1, 2, 4),
        "ap-northeast-2": zoneIds("apne2", 1, 2, 3),
        "ap-south-1": zoneIds("aps1", 1, 2, 3),
        "ap-southeast-1": zoneIds("apse1", 1, 2, 3),
        "ap-southeast-2": zoneIds("apse2", 1, 2, 3),
        "ca-central-1": zoneIds("cac1", 1, 2),
        "eu-central-1": zoneIds("euc1", 1, 2, 3),
        "eu-north-1": zoneIds("eun1", 1, 2, 3),
        "eu-south-2": zoneIds("eus2", 1, 2, 3),
        "eu-west-1": zoneIds("euw1", 1, 2, 3),
        "eu-west-2": zoneIds("euw2", 1, 2, 3),
        "eu-west-3": zoneIds("euw3", 1, 3),
        "me-south-1": zoneIds("mes1", 1, 2, 3),
        "sa-east-1": zoneIds("sae1", 1, 2, 3),
        "us-east-1": zoneIds("use1", 1, 2, 4, 5, 6),
        "us-east-2": zoneIds("use2", 1, 2, 3),
        "us-gov-west-1": zoneIds("usgw1", 1, 2, 3),
        "us-west-1": zoneIds("usw1", 1, 3),
        "us-west-2": zoneIds("usw2", 1, 2, 3, 4),
    },
};

/** An Availability Zone as AWS lists it for an account. */
export interface Zone {
    readonly name: string;
    readonly id: string;
}

/** A zone that can have subnets of the platform. */
export interface UsableZone extends Zone {
    /** API Gateway can have network interfaces there. True in a region that `vpcLinks` does not name. */
    readonly hasVpcLinks: boolean;
}

/**
 * The zones of a region that have Fargate on ARM64, in the order in which the platform uses them: those with VPC links first, and
 * among them by name.
 */
export function usableZones(region: string, zones: readonly Zone[]): UsableZone[] {
    const isOffered = ({ zones: { [region]: ids } }: ZonalOffer, { id }: Zone) => ids === undefined || ids.includes(id);
    const rank = ({ hasVpcLinks, name }: UsableZone) => `${hasVpcLinks ? 0 : 1} ${name}`;
    return zones
        .filter((zone) => isOffered(fargate, zone))
        .map((zone) => ({ ...zone, hasVpcLinks: isOffered(vpcLinks, zone) }))
        .sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/** Why it is not certain that a region has what the platform is built of; undefined for a region of the list. */
export function regionWarning(region: string): string | undefined {
    const { name, source, readOn, zones } = vpcLinks;
    return region in zones
        ? undefined
        : `unknown region: whether ${region} has ${name}, and in which zones, is not checked; ${source} did not list it on ${readOn}`;
}
