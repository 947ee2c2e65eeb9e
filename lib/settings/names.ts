import { breakGlassNoun } from "./break-glass.ts";
import { migrationNoun } from "./migration.ts";
import { clusterNoun, maxGeneration } from "./database-generations.ts";

interface Ending {
    /** Characters, with the hyphen before them. */
    readonly length: number;
    readonly addedBy: string;
}

/** Hexadecimal digits that Pulumi adds to a logical name. */
export const automaticDigits = 7;

/** Hexadecimal digits, of time and counter, that the provider adds to a name prefix (`PrefixedUniqueId` of Terraform's SDK). */
export const prefixedDigits = 26;

/** Of a name that Pulumi generates. */
const autonamed: Ending = { length: 1 + automaticDigits, addedBy: "Pulumi" };

/** Of a name for which the program sets a prefix. */
const prefixed: Ending = { length: 1 + prefixedDigits, addedBy: "the AWS provider" };

/** A name of the platform whose length AWS limits. */
interface NameLimit {
    readonly what: string;
    readonly limit: number;
    /** Placeholders: environmentSuffix, the name of each service, of each service with a path, of each with a reconciliation, and of each queue. */
    readonly pattern: string;
    /** Random part at the end, so that a replacement can be created before the deletion. */
    readonly ending?: Ending;
}

/** Characters that AWS allows in names, and X.509 in the common name of a certificate. */
export const maxNameLengths = {
    targetGroup: 32,
    loadBalancer: 32,
    cache: 40,
    databaseInstance: 63,
    bucket: 63,
    role: 64,
    eventRule: 64,
    commonName: 64,
    queue: 80,
    webAcl: 128,
    repository: 256,
    logGroup: 512,
} as const;

/** The names that are closest to AWS's limits. All other names are shorter than theirs. */
export const nameLimits: readonly NameLimit[] = [
    {
        what: "target group",
        limit: maxNameLengths.targetGroup,
        pattern: "{serviceWithPath}-{suffix}",
        ending: autonamed,
    },
    { what: "load balancer", limit: maxNameLengths.loadBalancer, pattern: "payment-{suffix}", ending: autonamed },
    { what: "cache", limit: maxNameLengths.cache, pattern: "payment-cache-{suffix}" },
    {
        what: "database instance",
        limit: maxNameLengths.databaseInstance,
        // As long as `payment-database9-4-{suffix}`: there are at most four zones, with one instance in each.
        pattern: "payment-database-15-{suffix}",
        ending: prefixed,
    },
    { what: "bucket", limit: maxNameLengths.bucket, pattern: "payment-access-logs-{suffix}-123456789012" },
    { what: "role", limit: maxNameLengths.role, pattern: "payment-{service}-execution-{suffix}", ending: autonamed },
    {
        what: "role of the reconciliation",
        limit: maxNameLengths.role,
        pattern: "payment-{reconciledService}-reconciliation-execution-{suffix}",
        ending: autonamed,
    },
    {
        what: "role of the database",
        limit: maxNameLengths.role,
        pattern: "payment-database-monitoring-{suffix}",
        ending: autonamed,
    },
    { what: "EventBridge rule", limit: maxNameLengths.eventRule, pattern: "payment-deployment-failed-{suffix}" },
    {
        what: "self-signed certificate",
        limit: maxNameLengths.commonName,
        pattern: "payment-platform-{suffix}.example.com",
    },
    { what: "queue", limit: maxNameLengths.queue, pattern: "payment-{queue}-dlq-{suffix}" },
    { what: "web firewall", limit: maxNameLengths.webAcl, pattern: "payment-firewall-{suffix}", ending: autonamed },
    { what: "repository", limit: maxNameLengths.repository, pattern: "payment-{service}-{suffix}" },
    { what: "log group", limit: maxNameLengths.logGroup, pattern: "/ecs/payment-{service}-{suffix}" },
];

/** How long a part of the platform's names may be. */
interface MaxLength {
    readonly length: number;
    /** The name that reaches its limit first. */
    readonly because: string;
}

interface OtherNames {
    /** Services without a path. */
    readonly workers?: readonly string[];
    /** Services with a reconciliation. */
    readonly reconciled?: readonly string[];
    readonly queues?: readonly string[];
}

const longestName = (names: readonly string[]) => names.reduce((a, b) => (b.length > a.length ? b : a), "");

/** Maximum length of environmentSuffix with these services and queues. */
export function maxSuffixLength(
    services: readonly string[],
    { workers = [], reconciled = [], queues = [] }: OtherNames = {},
): MaxLength {
    const isPresent = ({ pattern }: NameLimit) => reconciled.length > 0 || !pattern.includes("{reconciledService}");
    return maxLengthOf("suffix", nameLimits.filter(isPresent), {
        service: longestName(services),
        serviceWithPath: longestName(services.filter((name) => !workers.includes(name))),
        reconciledService: longestName(reconciled),
        queue: longestName(queues),
    });
}

/** Placeholders that stand for the name of each kind of entry. */
const placeholders = {
    service: ["service", "serviceWithPath"],
    worker: ["service"],
    reconciledService: ["service", "serviceWithPath", "reconciledService"],
    reconciledWorker: ["service", "reconciledService"],
    queue: ["queue"],
} as const;

/**
 * Maximum length of the name of a service, of one without a path, of either with a reconciliation, or of a queue.
 *
 * @param suffix environmentSuffix
 */
export function maxNameLength(kind: keyof typeof placeholders, suffix: string): MaxLength {
    const limits = placeholders[kind].flatMap((placeholder) =>
        nameLimits
            .filter(({ pattern }) => pattern.includes(`{${placeholder}}`))
            .map((limit) => ({ ...limit, pattern: limit.pattern.replace(placeholder, "name") })),
    );
    return maxLengthOf("name", limits, { suffix });
}

/** @param values of the other placeholders */
function maxLengthOf(
    placeholder: "suffix" | "name",
    limits: readonly NameLimit[],
    values: Readonly<Record<string, string>>,
): MaxLength {
    return limits
        .map(({ what, limit, pattern, ending }) => {
            const name = pattern.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? `<${key}>`);
            const rest = ending ? ` and ${ending.length} characters that ${ending.addedBy} adds` : "";
            return {
                length: limit - name.replace(`<${placeholder}>`, "").length - (ending?.length ?? 0),
                because: `AWS allows ${limit} characters for the ${what} ${name}${rest}`,
            };
        })
        .reduce((a, b) => (b.length < a.length ? b : a));
}

/** Nouns in the names of the platform's resources: a service with such a name would have the same names. */
const reservedNames = [
    ...["access-logs", "alb", "app", "audit", "cluster", "dashboard", "data", "edge", "endpoints"],
    ...["flow-logs", "internet", "logs", "messaging", "monitoring", "network", "platform", "s3", "tasks"],
    ...["account-services", "configuration", "dynamodb", "exec", "insights", "lambda", "trail", "waf"],
    ...Array.from({ length: maxGeneration }, (_, i) => clusterNoun(i + 1)),
];

/** Nouns that are also prefixes, as in `database-monitoring`. */
const reservedPrefixes = [
    "alerts",
    breakGlassNoun,
    "cache",
    "config",
    "database",
    "gateway",
    "guardduty",
    migrationNoun,
    "nat",
    "private",
    "public",
    "security-hub",
    "transactions",
    "validator",
];

export const isReserved = (service: string) =>
    reservedNames.includes(service) ||
    reservedPrefixes.some((noun) => service === noun || service.startsWith(`${noun}-`));
