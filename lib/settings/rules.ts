import { agentAccounts } from "../account-services/agent.ts";
import { partitions } from "../partitions.ts";
import { subnetLayout } from "../network/subnets.ts";
import type { PlatformSettings } from "../settings.ts";
import { hasReconciliation } from "./acquirer.ts";
import { arnRules } from "./arn-rules.ts";
import { quotaSeconds } from "./gateway.ts";
import { databaseRules } from "./database-rules.ts";
import { messagingRules } from "./messaging-rules.ts";
import { maxSuffixLength } from "./names.ts";
import { regionKey } from "./problem.ts";
import type { SettingRule } from "./rule.ts";
import { serviceSettingRules } from "./service-rules.ts";
import { isWorker, servicesWithPath } from "./service-path.ts";
import { thresholdSettingRules } from "./threshold-rules.ts";

type Merchants = PlatformSettings["gateway"]["merchants"];

const quotaLasts = ({ quotaPerDay, ratePerSecond }: Merchants[string]): boolean =>
    quotaPerDay >= quotaSeconds * ratePerSecond;

const largest = (merchants: Merchants, limit: "ratePerSecond" | "burst"): number =>
    Math.max(0, ...Object.values(merchants).map((merchant) => merchant[limit]));

const merchantsWithoutKeyBefore = ({ merchants }: PlatformSettings["gateway"]): string[] =>
    Object.keys(merchants).filter((name) => merchants[name]?.key.acceptPrevious && merchants[name].key.version === 1);

/** `r7g` of `cache.r7g.large`. */
const familyOf = (nodeType: string): string => nodeType.split(".")[1] ?? "";

const formerFamilies = ["t1", "t2", "m1", "m2", "m3", "c1", "r3"];

const stackRules: readonly SettingRule[] = [
    {
        name: "quota-lasts",
        why: "A merchant that sends at its rate would be refused for the rest of the day.",
        field: "gateway.merchants",
        reads: ["gateway.merchants.*.quotaPerDay", "gateway.merchants.*.ratePerSecond"],
        must: ({ gateway }) =>
            `have a quotaPerDay of at least an hour at ratePerSecond (${Object.entries(gateway.merchants)
                .filter(([, merchant]) => !quotaLasts(merchant))
                .map(([name, { ratePerSecond }]) => `${name}: ${quotaSeconds * ratePerSecond}`)
                .join(", ")})`,
        isMet: ({ gateway }) => Object.values(gateway.merchants).every(quotaLasts),
    },
    ...(["ratePerSecond", "burst"] as const).map((limit): SettingRule => ({
        name: `stage-${limit === "burst" ? "burst" : "rate"}`,
        why: "The stage limits all merchants together, so none can have more.",
        field: `gateway.${limit}`,
        reads: [`gateway.merchants.*.${limit}`],
        must: ({ gateway }) => `be at least that of each merchant (${largest(gateway.merchants, limit)})`,
        isMet: ({ gateway }) => gateway[limit] >= largest(gateway.merchants, limit),
    })),
    {
        name: "zones-of-endpoints",
        why: "An endpoint needs a subnet, and there is one per zone.",
        field: "network.endpointZones",
        reads: ["network.availabilityZones"],
        must: ({ network }) => `be at most availabilityZones (${network.availabilityZones})`,
        isMet: ({ network }) => network.endpointZones <= network.availabilityZones,
    },
    {
        name: "egress-endpoints",
        why: "Without NAT gateways, tasks can pull images and write logs only through endpoints.",
        field: "network.endpointZones",
        reads: ["network.egress"],
        must: 'be at least 1 with egress "endpoints"',
        isMet: ({ network }) => network.egress === "nat" || network.endpointZones > 0,
    },
    {
        name: "egress-no-gateways",
        why: "No route would use the gateways.",
        field: "network.natGateways",
        reads: ["network.egress"],
        must: 'be left out with egress "endpoints"',
        isMet: ({ network }) => network.egress === "nat" || network.natGateways === undefined,
    },
    {
        name: "egress-gateways",
        why: "One gateway costs less; one per zone survives the loss of a zone.",
        field: "network.natGateways",
        reads: ["network.egress"],
        must: 'be "single" or "per-az" with egress "nat"',
        isMet: ({ network }) => network.egress !== "nat" || network.natGateways !== undefined,
    },
    {
        name: "zones-of-database",
        why: "More instances than zones cost money and add no availability.",
        field: "database.readers",
        reads: ["network.availabilityZones"],
        must: ({ network: { availabilityZones: zones } }) =>
            `be at most ${zones - 1}, which makes ${zones} instances with the writer, one in each zone`,
        isMet: ({ database, network }) => database.readers + 1 <= network.availabilityZones,
    },
    {
        name: "zones-of-cache",
        why: "More nodes than zones cost money and add no availability.",
        field: "cache.nodes",
        reads: ["network.availabilityZones"],
        must: ({ network }) => `be at most availabilityZones (${network.availabilityZones}), one node in each`,
        isMet: ({ cache, network }) => cache.nodes <= network.availabilityZones,
    },
    {
        name: "cache-tiering",
        why: "ElastiCache creates these nodes only with data tiering, which keeps values on an SSD. The platform does not use it (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html).",
        field: "cache.nodeType",
        reads: [],
        must: "be of another family than r6gd, which needs data tiering: such as cache.r7g.large",
        isMet: ({ cache }) => familyOf(cache.nodeType) !== "r6gd",
    },
    {
        name: "cache-generation",
        why: "ElastiCache creates no new nodes of these families (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html).",
        field: "cache.nodeType",
        reads: [],
        must: `be of another family than ${formerFamilies.join(", ")}, of which ElastiCache creates no new nodes`,
        isMet: ({ cache }) => !formerFamilies.includes(familyOf(cache.nodeType)),
    },
    {
        name: "token-before",
        why: "There is no token before the first.",
        field: "cache.token.acceptPrevious",
        reads: ["cache.token.version"],
        must: "be false with version 1",
        isMet: ({ cache: { token } }) => !token.acceptPrevious || token.version > 1,
    },
    {
        name: "gateway-token-before",
        why: "There is no token before the first.",
        field: "gateway.token.acceptPrevious",
        reads: ["gateway.token.version"],
        must: "be false with version 1",
        isMet: ({ gateway: { token } }) => !token.acceptPrevious || token.version > 1,
    },
    {
        name: "key-before",
        why: "A merchant has no key before the first.",
        field: "gateway.merchants",
        reads: ["gateway.merchants.*.key.version", "gateway.merchants.*.key.acceptPrevious"],
        must: ({ gateway }) =>
            `not set key.acceptPrevious of ${merchantsWithoutKeyBefore(gateway).join(", ")}, with key.version 1`,
        isMet: ({ gateway }) => merchantsWithoutKeyBefore(gateway).length === 0,
    },
    {
        name: "unit-range",
        why: "The minimum cannot exceed the maximum.",
        field: "transactions.capacity.units",
        reads: ["transactions.capacity.mode", "transactions.capacity.maxUnits"],
        must: ({ transactions: { capacity } }) =>
            `be at most maxUnits (${capacity.mode === "provisioned" ? capacity.maxUnits : ""})`,
        isMet: ({ transactions: { capacity } }) => capacity.mode === "on-demand" || capacity.units <= capacity.maxUnits,
    },
    {
        name: "some-path",
        why: "The load balancer and the merchants' API would have no targets.",
        field: "services",
        reads: ["services.*.path"],
        must: "have a service with a path: workers accept no requests",
        isMet: ({ services }) => !Object.values(services).every(isWorker),
    },
    {
        name: "validator-priority",
        why: "A listener accepts one rule per priority.",
        field: "validation.albPriority",
        reads: ["services", "services.*.path", "services.*.priority"],
        must: (settings) => `differ from that of ${servicesWithAlbPriority(settings).join()}`,
        isMet: (settings) => servicesWithAlbPriority(settings).length === 0,
    },
    {
        name: "addresses",
        why: "Every task needs an IP address, and a deployment at the maximum runs all tasks twice.",
        field: "network.cidr",
        reads: ["network.availabilityZones", "services", "services.*.maxTasks"],
        must: (settings) =>
            `be larger or maxTasks smaller: all tasks twice, as in a deployment, need ${addressesNeeded(settings)} addresses and the private subnets have ${addressesAvailable(settings)}`,
        isMet: (settings) => addressesNeeded(settings) <= addressesAvailable(settings),
    },
    {
        name: "name-lengths",
        why: "AWS would reject a longer name during the deployment.",
        field: "environmentSuffix",
        reads: ["services", "services.*.path", "services.*.acquirer.reconciliation.enabled", "queues"],
        must: (settings) => {
            const { length, because } = roomForSuffix(settings);
            return `have at most ${length} characters (${because})`;
        },
        isMet: (settings) => settings.environmentSuffix.length <= roomForSuffix(settings).length,
    },
    {
        name: "certificate-zone",
        why: "The records of a domain must be in its hosted zone.",
        field: "certificate.domainName",
        reads: ["certificate.source", "certificate.zoneName"],
        must: ({ certificate }) => `be in zoneName (${"zoneName" in certificate ? certificate.zoneName : ""})`,
        isMet: ({ certificate }) =>
            certificate.source === "self-signed" ||
            certificate.zoneName === undefined ||
            `.${certificate.domainName}`.endsWith(`.${certificate.zoneName}`),
    },
    {
        name: "region-partition",
        why: "ARNs, host names and principals of AWS differ between its partitions, and lib/partitions.ts has those of some.",
        field: regionKey,
        reads: [],
        must: `be in one of the partitions ${partitions.map(({ name }) => name).join(", ")}`,
        isMet: ({ region }) => partitions.some(({ regions }) => regions.test(region)),
    },
    {
        name: "guardduty-agent",
        why: "The image of GuardDuty's agent is in a different AWS account in each region, and endpoint policies must name the account.",
        field: "accountServices.guardDuty",
        reads: [regionKey],
        must: ({ region }) =>
            `be "skip" in ${region}: lib/account-services/agent.ts has no account with the agent image for it`,
        isMet: ({ accountServices, region }) =>
            accountServices.guardDuty === "skip" || Object.hasOwn(agentAccounts, region),
    },
    {
        name: "tags-of-the-platform",
        why: "Cost reports and audits use these tags, which have their own settings.",
        field: "tags",
        reads: [],
        must: ({ tags }) => `leave ${ownTagsAmong(tags).join(", ")} to the platform`,
        isMet: ({ tags }) => ownTagsAmong(tags).length === 0,
    },
    {
        name: "tags-distinct",
        why: "IAM compares tag names without upper and lower case.",
        field: "tags",
        reads: [],
        must: "have names that differ by more than upper and lower case",
        isMet: ({ tags }) => new Set(lowerCased(Object.keys(tags))).size === Object.keys(tags).length,
    },
    {
        name: "tags-few",
        why: "AWS allows 50 tags per resource, and the platform and ECS add their own.",
        field: "tags",
        reads: [],
        must: "have at most 38 entries",
        isMet: ({ tags }) => Object.keys(tags).length <= 38,
    },
];

export const settingRules: readonly SettingRule[] = [
    ...databaseRules,
    ...stackRules,
    ...arnRules,
    ...serviceSettingRules,
    ...messagingRules,
    ...thresholdSettingRules,
];

const servicesWithAlbPriority = ({ validation, services }: PlatformSettings): string[] =>
    servicesWithPath(services).flatMap(([name, { priority }]) => (priority === validation.albPriority ? [name] : []));

/** A name that is longer than the suffix and does not fit is a problem of that name (`nameFits`). */
const roomForSuffix = ({ services, queues, environmentSuffix: suffix }: PlatformSettings) => {
    const isNotLonger = (name: string) => name.length <= suffix.length;
    return maxSuffixLength(Object.keys(services).filter(isNotLonger), {
        workers: Object.keys(services).filter((name) => isWorker(services[name] ?? {})),
        reconciled: Object.keys(services).filter(
            (name) => isNotLonger(name) && hasReconciliation(services[name] ?? {}),
        ),
        queues: Object.keys(queues).filter(isNotLonger),
    });
};

/** Tags that the provider or a resource sets. */
const ownTags = [
    ...["Project", "Environment", "EnvironmentSuffix", "CostCenter", "DataClassification", "Compliance"],
    ...["ManagedBy", "Name"],
];

const lowerCased = (names: readonly string[]) => names.map((name) => name.toLowerCase());

const ownTagsAmong = (tags: Readonly<Record<string, string>>) =>
    Object.keys(tags).filter((name) => lowerCased(ownTags).includes(name.toLowerCase()));

/** Addresses of endpoints, load balancer and functions: in each zone about one per AWS service. */
const otherAddressesPerZone = 16;

function addressesNeeded({ network, services }: PlatformSettings): number {
    const tasks = Object.values(services).reduce((sum, { maxTasks }) => sum + maxTasks, 0);
    return 2 * tasks + otherAddressesPerZone * network.availabilityZones;
}

/** AWS reserves five addresses in every subnet (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). */
function addressesAvailable({ network: { cidr, availabilityZones } }: PlatformSettings): number {
    const subnets = subnetLayout(cidr).private.subnets.slice(0, availabilityZones);
    return subnets.reduce((sum, subnet) => sum + 2 ** (32 - Number(subnet.split("/")[1])) - 5, 0);
}
