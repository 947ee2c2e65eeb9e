import { z } from "zod";
import { namespace, regionKey } from "../lib/settings/problem.ts";
import { PlanError } from "./plan-error.ts";
import { readStack, stacksOf } from "./stack-file.ts";

/** What the file of a stack takes that another stack cannot have as well. */
export interface Claims {
    readonly stack: string;
    /** Nothing where the file does not say it: then it may be the account of any other stack. */
    readonly account: string | undefined;
    readonly region: string | undefined;
    /** Ends every name. */
    readonly suffix: string | undefined;
    readonly services: readonly string[];
    /** Domain of which the stack makes the record in Route 53. */
    readonly domain: string | undefined;
    /** What AWS has once an account and region, and the stack creates. */
    readonly creates: readonly string[];
}

/** Keys of the configuration, as messages name them. */
const key = (field: string): string => `${namespace}${field}`;

/**
 * What keeps a stack from being deployed beside others, each with the two stacks and what to change. Names of buckets and
 * domains are the same in all regions, so that another region is no way out.
 */
export const conflictsOf = (claims: Claims, others: readonly Claims[]): string[] =>
    others.filter(({ stack }) => stack !== claims.stack).flatMap((other) => conflictsBetween(claims, other));

const conflictsBetween = (one: Claims, other: Claims): string[] => [
    ...(mayShareAccount(one, other) ? [...sameNames(one, other), ...sameDomain(one, other)] : []),
    ...sameServices(one, other),
];

const sameNames = (one: Claims, other: Claims): string[] =>
    one.suffix === undefined || one.suffix !== other.suffix
        ? []
        : [
              `${key("environmentSuffix")} must differ: ${one.stack} and ${other.stack} both have "${one.suffix}" and would ` +
                  `claim the same names${where(one, other)}: change the one that is not deployed yet`,
          ];

const sameDomain = (one: Claims, other: Claims): string[] =>
    one.domain === undefined || one.domain !== other.domain
        ? []
        : [
              `${key("certificate.domainName")} must differ: ${one.stack} and ${other.stack} would both make the record of ` +
                  `"${one.domain}" in Route 53${where(one, other)}: give one of them a domain of its own`,
          ];

/** Services of AWS that both create. Of accounts that are not known nothing is said: the preflight asks AWS. */
function sameServices(one: Claims, other: Claims): string[] {
    const { account, region } = one;
    return account === undefined || account !== other.account || region !== other.region
        ? []
        : one.creates
              .filter((service) => other.creates.includes(service))
              .map(
                  (service) =>
                      `${key(`accountServices.${service}`)} must be "create" in one stack of an account and region, and ` +
                      `${one.stack} and ${other.stack} both create it in ${account}, ${region}: let one of them "adopt" it`,
              );
}

const mayShareAccount = (one: Claims, other: Claims): boolean =>
    one.account === undefined || other.account === undefined || one.account === other.account;

function where(one: Claims, other: Claims): string {
    const silent = [one, other].filter(({ account }) => account === undefined).map(({ stack }) => stack);
    return silent.length === 0
        ? ` in account ${one.account}`
        : `, unless accountId says that their accounts differ (${silent.join(" and ")} ${silent.length === 1 ? "does" : "do"} not set it)`;
}

/**
 * Names that are the same although the suffixes differ: `payment-notifications-dlq-dev` is the dead-letter queue of dev, and
 * the queue of a stack with the suffix `dlq-dev`.
 *
 * @param names of the resources that are planned for the stack
 */
export function nameConflicts(claims: Claims, names: readonly string[], others: readonly Claims[]): string[] {
    const [start, end] = ["payment-", `-${claims.suffix}`];
    const nouns = names
        .filter((name) => name.startsWith(start) && name.endsWith(end))
        .map((name) => name.slice(start.length, -end.length));
    return others
        .filter((other) => other.stack !== claims.stack && mayShareAccount(claims, other))
        .flatMap((other) => {
            const more = differenceOf(claims.suffix ?? "", other.suffix ?? "");
            const all = new Set([...nouns, ...other.services]);
            const [noun] = more === undefined ? [] : [...all].filter((name) => all.has(`${name}-${more}`));
            return noun === undefined
                ? []
                : [
                      `${key("environmentSuffix")} must not make names of another stack: "${claims.suffix}" of ${claims.stack} ` +
                          `and "${other.suffix}" of ${other.stack} both make payment-${noun}-${more}-…${where(claims, other)}: ` +
                          `change the one that is not deployed yet`,
                  ];
        });
}

/** The words by which one suffix is longer than the other, where it ends like it. */
function differenceOf(one: string, other: string): string | undefined {
    const [short = "", long = ""] = [one, other].toSorted((a, b) => a.length - b.length);
    return short !== "" && long.endsWith(`-${short}`) ? long.slice(0, -short.length - 1) : undefined;
}

/** Claims of the other stacks of a project. A file that cannot be read is the problem of its own stack. */
export const claimsOfOthers = (root: string, stack: string): Claims[] =>
    stacksOf(root)
        .filter((other) => other !== stack)
        .flatMap((other) => {
            try {
                return [claimsOf(other, readStack(root, other).config)];
            } catch (error) {
                if (error instanceof PlanError) {
                    return [];
                }
                throw error;
            }
        });

/** Structured settings travel as JSON in strings. What is no map is refused where the stack's settings are read. */
const group = z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.unknown()));

function groupOf(config: Readonly<Record<string, string>>, field: string): Record<string, unknown> {
    const text = config[key(field)] ?? "";
    return text.startsWith("{") ? group.parse(text) : {};
}

export function claimsOf(stack: string, config: Readonly<Record<string, string>>): Claims {
    const { domainName, zoneName } = groupOf(config, "certificate");
    const services = groupOf(config, "accountServices");
    return {
        stack,
        account: config[key("accountId")],
        region: config[regionKey],
        suffix: config[key("environmentSuffix")],
        services: Object.keys(groupOf(config, "services")),
        domain: typeof zoneName === "string" && typeof domainName === "string" ? domainName : undefined,
        creates: Object.keys(services).filter((service) => services[service] === "create"),
    };
}
