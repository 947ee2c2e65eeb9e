import { regionalHost } from "../../lib/partitions.ts";
import { catalogue } from "../../plan/catalogue/catalogue.ts";
import { keyUseGrant } from "../../plan/catalogue/deployer-grant.ts";
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

/** Such as `rds`, of types whose service encrypts with the stack's keys by the caller's rights. */
const servicesUsingKeys = (plan: Plan): string[] =>
    plan.nodes
        .filter(({ type }) => catalogue[type]?.grants?.includes(keyUseGrant))
        .map(({ type }) => type.replace(/^aws:(\w+)\/.*$/, "$1"));

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
        keyUsers: uniqueSorted(servicesUsingKeys(plan).map((service) => regionalHost(service, words.region))),
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
