import { agentAccounts } from "../account-services/agent.ts";
import { subnetLayout } from "../network/subnets.ts";
import type { PlatformSettings } from "../settings.ts";
import { messagingRules } from "./messaging-rules.ts";
import { maxSuffixLength } from "./names.ts";
import { regionKey } from "./problem.ts";
import type { SettingRule } from "./rule.ts";
import { serviceSettingRules } from "./service-rules.ts";
import { isWorker, servicesWithPath } from "./service-path.ts";

const stackRules: readonly SettingRule[] = [
    ...(["minAcu", "maxAcu"] as const).flatMap((end): SettingRule[] => [
        {
            name: "acu-given",
            why: "A serverless database needs both its minimum and its maximum capacity.",
            field: `database.${end}`,
            reads: ["database.instanceClass"],
            must: "be given with instanceClass db.serverless",
            isMet: ({ database }) => database.instanceClass !== "db.serverless" || database[end] !== undefined,
        },
        {
            name: "acu-left-out",
            why: "A provisioned instance class does not scale in ACUs.",
            field: `database.${end}`,
            reads: ["database.instanceClass"],
            must: ({ database }) => `be left out with the provisioned instanceClass ${database.instanceClass}`,
            isMet: ({ database }) => database.instanceClass === "db.serverless" || database[end] === undefined,
        },
    ]),
    {
        name: "acu-range",
        why: "The minimum cannot exceed the maximum.",
        field: "database.minAcu",
        reads: ["database.maxAcu"],
        must: ({ database }) => `be at most maxAcu (${database.maxAcu})`,
        isMet: ({ database: { minAcu = 0, maxAcu = Infinity } }) => minAcu <= maxAcu,
    },
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
        reads: ["services.*.path", "services.*.priority"],
        must: "have a service with a path: workers accept no requests",
        isMet: ({ services }) => servicesWithPath(services).length > 0,
    },
    {
        name: "validator-priority",
        why: "A listener accepts one rule per priority.",
        field: "validation.albPriority",
        reads: ["services", "services.*.priority"],
        must: ({ validation, services }) =>
            `differ from that of ${Object.keys(services).find((name) => services[name]?.priority === validation.albPriority)}`,
        isMet: ({ validation, services }) =>
            validation.albPriority === undefined ||
            Object.values(services).every(({ priority }) => priority !== validation.albPriority),
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
        reads: ["services", "services.*.path", "services.*.priority", "queues"],
        must: (settings) => {
            const { length, because } = roomForSuffix(settings);
            const room =
                length > 0
                    ? `have at most ${length} characters`
                    : "be used with services and queues that have shorter names";
            return `${room} (${because})`;
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
        name: "certificate-region",
        why: "A load balancer accepts certificates of its own region only.",
        field: "certificate.arn",
        reads: ["certificate.source", regionKey],
        must: ({ region }) => `be in the region of the stack (${region})`,
        isMet: ({ certificate, region }) => certificate.source !== "arn" || certificate.arn.split(":")[3] === region,
    },
    {
        name: "certificate-account",
        why: "A load balancer accepts certificates of its own account only.",
        field: "certificate.arn",
        reads: ["certificate.source", "accountId"],
        must: ({ accountId }) => `be in the account of the stack (${accountId})`,
        isMet: ({ certificate, accountId }) =>
            certificate.source !== "arn" || accountId === undefined || certificate.arn.split(":")[4] === accountId,
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

export const settingRules: readonly SettingRule[] = [...stackRules, ...serviceSettingRules, ...messagingRules];

const roomForSuffix = ({ services, queues }: PlatformSettings) =>
    maxSuffixLength(Object.keys(services), {
        workers: Object.keys(services).filter((name) => isWorker(services[name] ?? {})),
        queues: Object.keys(queues),
    });

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
