import { z } from "zod";
import { namespace, regionKey } from "../lib/settings/problem.ts";
import { PlanError } from "./plan-error.ts";
import { readStack, stackNamesIn } from "./stack-file.ts";
import { jsonIn } from "./value.ts";

/** Names and account services in the file of a stack that no other stack can also have. */
export interface ExclusiveSettings {
    readonly stack: string;
    /** Undefined if the file does not set it: then any other stack may be in the same account. */
    readonly account: string | undefined;
    readonly region: string | undefined;
    /** Last part of every name. */
    readonly suffix: string | undefined;
    readonly services: readonly string[];
    /** Domain whose Route 53 record the stack creates. */
    readonly domain: string | undefined;
    /** Account services that the stack creates. */
    readonly creates: readonly string[];
}

/** Configuration key in messages. */
const settingKey = (field: string): string => `${namespace}${field}`;

/**
 * Conflicts that prevent the deployment of a stack together with others, each with both stacks and the fix. Names of buckets
 * and domains are global, so another region does not solve a conflict.
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
                  `have the same names${describeSharedAccount(one, other)}: change the one that is not deployed yet`,
          ];

const domainConflicts = (one: ExclusiveSettings, other: ExclusiveSettings): string[] =>
    one.domain === undefined || one.domain !== other.domain
        ? []
        : [
              `${settingKey("certificate.domainName")} must differ: ${one.stack} and ${other.stack} would both create the record of ` +
                  `"${one.domain}" in Route 53${describeSharedAccount(one, other)}: set another domain for one of them`,
          ];

/** Account services that both create. Stacks without an account are not compared: the preflight checks AWS. */
function accountServiceConflicts(one: ExclusiveSettings, other: ExclusiveSettings): string[] {
    const { account, region } = one;
    return account === undefined || account !== other.account || region !== other.region
        ? []
        : one.creates
              .filter((service) => other.creates.includes(service))
              .map(
                  (service) =>
                      `${settingKey(`accountServices.${service}`)} must be "create" in one stack of an account and region, and ` +
                      `${one.stack} and ${other.stack} both create it in ${account}, ${region}: set one of them to "adopt"`,
              );
}

const mayShareAccount = (one: ExclusiveSettings, other: ExclusiveSettings): boolean =>
    one.account === undefined || other.account === undefined || one.account === other.account;

/** The account of both; where a stack does not set it, the condition under which they do not share one. */
function describeSharedAccount(one: ExclusiveSettings, other: ExclusiveSettings): string {
    const silent = [one, other].filter(({ account }) => account === undefined).map(({ stack }) => stack);
    return silent.length === 0
        ? ` in account ${one.account}`
        : `, unless accountId says that their accounts differ (${silent.join(" and ")} ${silent.length === 1 ? "does" : "do"} not set it)`;
}

/**
 * Equal names despite different suffixes: `payment-notifications-dlq-dev` is the dead-letter queue of dev, and
 * the queue of a stack with the suffix `dlq-dev`.
 *
 * @param names names of the stack's planned resources
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
                      `${settingKey("environmentSuffix")} must not result in names of another stack: "${claims.suffix}" of ${claims.stack} ` +
                          `and "${other.suffix}" of ${other.stack} both have payment-${noun}-${more}-…${describeSharedAccount(claims, other)}: ` +
                          `change the one that is not deployed yet`,
                  ];
        });
}

/** The additional words of the longer suffix, if it ends with the shorter one. */
function extraSuffixWords(one: string, other: string): string | undefined {
    const [short = "", long = ""] = [one, other].toSorted((a, b) => a.length - b.length);
    return short !== "" && long.endsWith(`-${short}`) ? long.slice(0, -short.length - 1) : undefined;
}

/** Claims of the other stacks of a project. An unreadable file is reported for its own stack only. */
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

/** Pulumi passes structured settings as JSON text. Other values are reported when the stack's settings are read. */
const settingGroup = z.record(z.string(), z.unknown());

function settingGroupOf(config: Readonly<Record<string, string>>, field: string): Record<string, unknown> {
    const text = config[settingKey(field)] ?? "";
    return settingGroup.safeParse(jsonIn(text)).data ?? {};
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
