import type { Value } from "../value.ts";

/*
 * Source of the inputs in all rows: plans of hashicorp/aws 5.100.0 for a change, an addition and a removal of each input; of
 * `wafv2` web ACLs, their associations and logs only the inputs that are listed, and `description`. Read in the provider's
 * source (https://github.com/hashicorp/terraform-provider-aws): types of AWS Config and Security Hub, features of GuardDuty
 * detectors, attachments to target groups; what only 6.x has, the provider of `@pulumi/aws` 7 (`regionalNatGatewayId`,
 * `tenancyConfig`, `invokedViaFunctionUrl`, `quicServerId`, `nodeGroupConfigurations`, which it replaces for most changes);
 * `secondaryPrivateIpAddressCount`, which the plan of a public NAT gateway cannot have. Not verified: `bucketNamespace` and
 * the IPAM inputs of subnets.
 */

type Inputs = Readonly<Record<string, Value>>;

/** Whether a change of the input forces a replacement, by the resource's inputs before and after it. */
export type Condition = (before: Inputs, after: Inputs) => boolean;

/** Inputs whose change makes the provider replace the resource (`ForceNew` in terraform-provider-aws). */
export interface ForceNew {
    /** Empty where the provider changes all of them in place. */
    readonly inputs: readonly string[];
    /** File of the provider that says so, or the documentation. */
    readonly source: string;
    /** Of the inputs that force a replacement for some values only. */
    readonly conditions?: Readonly<Record<string, Condition>>;
    /**
     * Inputs that the resource keeps when they are removed: `Optional` and `Computed` in the provider's schema, or with a
     * condition that says so. Names are not among them: Pulumi gives another one in their place.
     */
    readonly keptWhenRemoved?: readonly string[];
}

/**
 * Lists the inputs whose change makes the provider replace the resource.
 *
 * @param source file under `internal/service`, such as `sqs/queue`, or a page
 */
export const forceNew = (
    source: string,
    inputs: readonly string[],
    more: Pick<ForceNew, "conditions" | "keptWhenRemoved"> = {},
): ForceNew => ({
    inputs,
    source: source.startsWith("https:") ? source : `internal/service/${source}.go`,
    ...more,
});

/** A name, or a prefix of one. */
export const nameInputs = ["name", "namePrefix"];

const numbersOf = (version: Value | undefined): number[] =>
    typeof version === "string" ? version.split(".").map(Number) : [];

/** The versions' numbers compared from the left, as far as both have numbers: `6.x` is not below `6.2`. */
export function isBelow(version: Value | undefined, other: Value | undefined): boolean {
    const others = numbersOf(other);
    const differing = numbersOf(version).map((number, index) => [number, others[index] ?? NaN] as const);
    const [number, otherNumber] = differing.find(([one, another]) => one !== another) ?? [0, 0];
    return number < otherNumber;
}

const isEmpty = (value: Value | undefined): boolean =>
    value === undefined || (Array.isArray(value) && value.length === 0);

/** The provider changes one value for another, but replaces the resource where a value is added or removed. */
export const setOrRemoved =
    (input: string): Condition =>
    (before, after) =>
        isEmpty(before[input]) !== isEmpty(after[input]);
