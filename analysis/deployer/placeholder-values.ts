import { inputJson, inputText, resourcesOfType } from "../../plan/query.ts";
import type { Plan } from "../../plan/plan.ts";

/** Account, Region and names of a stack. */
export interface DeployerLocation {
    readonly suffix: string;
    readonly region: string;
    readonly partition: string;
    /** Twelve digits, or `*` where no account is given. */
    readonly account: string;
    /** ARN of the permissions boundary of every role of the stack. */
    readonly boundary?: string;
}

/** Values of the placeholders in the grants. */
export interface PlaceholderValues {
    readonly texts: Readonly<Record<"suffix" | "region" | "partition" | "account", string>>;
    readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** Services that encrypt with the stack's keys by the caller's rights, by the beginning of the planned type. */
const servicesUsingKeys: Readonly<Record<string, string>> = {
    "dynamodb/": "dynamodb",
    "ecr/": "ecr",
    "elasticache/": "elasticache",
    "lambda/": "lambda",
    "rds/": "rds",
    "scheduler/": "scheduler",
    "secretsmanager/": "secretsmanager",
};

export const placeholderValuesOf = (plan: Plan, { boundary, ...words }: DeployerLocation): PlaceholderValues => ({
    texts: words,
    lists: {
        passedTo: uniqueSorted(
            resourcesOfType(plan, "iam/role:Role").flatMap((role) =>
                trustedServices(inputJson(role, "assumeRolePolicy")),
            ),
        ),
        attached: uniqueSorted(
            resourcesOfType(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").map((one) =>
                inputText(one, "policyArn"),
            ),
        ),
        records: uniqueSorted(
            resourcesOfType(plan, "route53/record:Record").map((record) => dnsRecordPattern(inputText(record, "name"))),
        ),
        keyUsers: uniqueSorted(
            plan.nodes.flatMap(({ type }) =>
                Object.entries(servicesUsingKeys)
                    .filter(([prefix]) => type.startsWith(`aws:${prefix}`))
                    .map(([, service]) => `${service}.${words.region}.amazonaws.com`),
            ),
        ),
        boundary: boundary === undefined ? [] : [boundary],
    },
});

export const uniqueSorted = <T>(values: readonly T[]): T[] => [...new Set(values)].sort();

interface TrustPolicy {
    readonly Statement: readonly { readonly Principal: { readonly Service: string } }[];
}

const trustedServices = (policy: unknown): string[] =>
    (policy as TrustPolicy).Statement.map(({ Principal }) => Principal.Service);

/**
 * The form in which Route 53 compares names: without the dot at the end. A validation record of ACM begins with 32 characters
 * that ACM chooses (https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html).
 */
const dnsRecordPattern = (name: string): string =>
    name
        .toLowerCase()
        .replace(/\.$/, "")
        .replace(/^_[0-9a-f]{32}\./, `_${"?".repeat(32)}.`);
