import { z } from "zod";
import { namespace, regionKey } from "../lib/settings/problem.ts";
import { PlanError } from "./plan-error.ts";
import { readStack, stackNamesIn } from "./stack-file.ts";

/** What the file of a stack takes that another stack cannot have as well. */
export interface ExclusiveSettings {
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
const settingKey = (field: string): string => `${namespace}${field}`;

/**
 * What keeps a stack from being deployed beside others, each with the two stacks and what to change. Names of buckets and
 * domains are the same in all regions, so that another region is no way out.
 */
export const conflictsWithOthers = (claims: ExclusiveSettings, others: readonly ExclusiveSettings[]): string[] =>
    others.filter(({ stack }) => stack !== claims.stack).flatMap((other) => conflictsBetween(claims, other));

const conflictsBetween = (one: ExclusiveSettings, other: ExclusiveSettings): string[] => [
    ...(mayShareAccount(one, other) ? [...nameSuffixConflicts(one, other), ...domainConflicts(one, other)] : []),
    ...accountServiceConflicts(one, other),
];

const nameSuffixConflicts = (one: ExclusiveSettings, other: ExclusiveSettings): string[] =>
    one.suffix === undefined || one.suffix !== other.suffix
        ? []
        : [
              `${settingKey("environmentSuffix")} must differ: ${one.stack} and ${other.stack} both have "${one.suffix}" and would ` +
                  `claim the same names${describeSharedLocation(one, other)}: change the one that is not deployed yet`,
          ];

const domainConflicts = (one: ExclusiveSettings, other: ExclusiveSettings): string[] =>
    one.domain === undefined || one.domain !== other.domain
        ? []
        : [
              `${settingKey("certificate.domainName")} must differ: ${one.stack} and ${other.stack} would both make the record of ` +
                  `"${one.domain}" in Route 53${describeSharedLocation(one, other)}: give one of them a domain of its own`,
          ];

/** Services of AWS that both create. Of accounts that are not known nothing is said: the preflight asks AWS. */
function accountServiceConflicts(one: ExclusiveSettings, other: ExclusiveSettings): string[] {
    const { account, region } = one;
    return account === undefined || account !== other.account || region !== other.region
        ? []
        : one.creates
              .filter((service) => other.creates.includes(service))
              .map(
                  (service) =>
                      `${settingKey(`accountServices.${service}`)} must be "create" in one stack of an account and region, and ` +
                      `${one.stack} and ${other.stack} both create it in ${account}, ${region}: let one of them "adopt" it`,
              );
}

const mayShareAccount = (one: ExclusiveSettings, other: ExclusiveSettings): boolean =>
    one.account === undefined || other.account === undefined || one.account === other.account;

function describeSharedLocation(one: ExclusiveSettings, other: ExclusiveSettings): string {
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
export function nameConflicts(
    claims: ExclusiveSettings,
    names: readonly string[],
    others: readonly ExclusiveSettings[],
): string[] {
    const [start, end] = ["payment-", `-${claims.suffix}`];
    const nouns = names
        .filter((name) => name.startsWith(start) && name.endsWith(end))
        .map((name) => name.slice(start.length, -end.length));
    return others
        .filter((other) => other.stack !== claims.stack && mayShareAccount(claims, other))
        .flatMap((other) => {
            const more = extraSuffixWords(claims.suffix ?? "", other.suffix ?? "");
            const all = new Set([...nouns, ...other.services]);
            const [noun] = more === undefined ? [] : [...all].filter((name) => all.has(`${name}-${more}`));
            return noun === undefined
                ? []
                : [
                      `${settingKey("environmentSuffix")} must not make names of another stack: "${claims.suffix}" of ${claims.stack} ` +
                          `and "${other.suffix}" of ${other.stack} both make payment-${noun}-${more}-…${describeSharedLocation(claims, other)}: ` +
                          `change the one that is not deployed yet`,
                  ];
        });
}

/** The words by which one suffix is longer than the other, where it ends like it. */
function extraSuffixWords(one: string, other: string): string | undefined {
    const [short = "", long = ""] = [one, other].toSorted((a, b) => a.length - b.length);
    return short !== "" && long.endsWith(`-${short}`) ? long.slice(0, -short.length - 1) : undefined;
}

/** Claims of the other stacks of a project. A file that cannot be read is the problem of its own stack. */
export const exclusiveSettingsOfOthers = (root: string, stack: string): ExclusiveSettings[] =>
    stackNamesIn(root)
        .filter((other) => other !== stack)
        .flatMap((other) => {
            try {
                return [exclusiveSettingsOf(other, readStack(root, other).config)];
            } catch (error) {
                if (error instanceof PlanError) {
                    return [];
                }
                throw error;
            }
        });

/** Structured settings travel as JSON in strings. What is no map is refused where the stack's settings are read. */
const settingGroup = z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.unknown()));

function settingGroupOf(config: Readonly<Record<string, string>>, field: string): Record<string, unknown> {
    const text = config[settingKey(field)] ?? "";
    return text.startsWith("{") ? settingGroup.parse(text) : {};
}

export function exclusiveSettingsOf(stack: string, config: Readonly<Record<string, string>>): ExclusiveSettings {
    const { domainName, zoneName } = settingGroupOf(config, "certificate");
    const services = settingGroupOf(config, "accountServices");
    return {
        stack,
        account: config[settingKey("accountId")],
        region: config[regionKey],
        suffix: config[settingKey("environmentSuffix")],
        services: Object.keys(settingGroupOf(config, "services")),
        domain: typeof zoneName === "string" && typeof domainName === "string" ? domainName : undefined,
        creates: Object.keys(services).filter((service) => services[service] === "create"),
    };
}
