import { getPath } from "../query.ts";
import { valueText } from "../value-text.ts";
import type { Values } from "../value.ts";

/**
 * Whether a change of a resource's inputs makes them protect less.
 *
 * @returns the change, such as `deletionProtection: true -> false`; nothing where they protect as much as before, or more
 */
export type ProtectionCheck = (before: Values, after: Values) => string | undefined;

/** A check of the value at a path such as `pointInTimeRecovery.enabled`. */
const valueCheck =
    (path: string, isWeaker: (before: unknown, after: unknown) => boolean): ProtectionCheck =>
    (before, after) => {
        const [from, to] = [getPath(before, path), getPath(after, path)];
        return isWeaker(from, to) ? `${path}: ${valueText(from)} -> ${valueText(to)}` : undefined;
    };

/** A value that protects only as it was, such as `true` of a switch. */
export const changedFrom = (path: string, value: unknown): ProtectionCheck =>
    valueCheck(path, (before, after) => before === value && after !== value);

/** A value that exposes, such as `NONE` of an authorization. */
export const changedTo = (path: string, value: unknown): ProtectionCheck =>
    valueCheck(path, (before, after) => before !== value && after === value);

/** A value that protects by being there, such as a key. */
export const removed = (path: string): ProtectionCheck =>
    valueCheck(path, (before, after) => !isMissing(before) && isMissing(after));

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === "";

/**
 * A number that protects the less the smaller it is.
 *
 * @param unset AWS's value where the input is absent
 */
export const lowered = (path: string, unset = 0): ProtectionCheck =>
    valueCheck(path, (before, after) => Number(after ?? unset) < Number(before ?? unset));

/** A retention time. AWS deletes nothing where it is absent or 0. */
export const shortened = (path: string): ProtectionCheck =>
    valueCheck(path, (before, after) => retentionOf(after) < retentionOf(before));

const retentionOf = (value: unknown): number => Number(value ?? 0) || Infinity;

/** A list each of whose items protects, such as the logs that are written. */
export const itemsRemoved = (path: string): ProtectionCheck =>
    valueCheck(path, (before, after) => {
        const kept = new Set(listOf(after).map((item) => JSON.stringify(item)));
        return listOf(before).some((item) => !kept.has(JSON.stringify(item)));
    });

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * A list whose items have names: each is compared with the one that has its name.
 *
 * @param key property that holds the name
 * @param gone describes a removed item; nothing where it did not protect
 */
export const eachNamedItem =
    (
        path: string,
        key: string,
        checks: readonly ProtectionCheck[],
        gone?: (item: Values) => string | undefined,
    ): ProtectionCheck =>
    (before, after) => {
        const later = new Map(itemsAt(after, path).map((item) => [item[key], item]));
        const found = itemsAt(before, path).flatMap((item) => {
            const next = later.get(item[key]);
            const changes = next === undefined ? [gone?.(item)] : checks.map((check) => check(item, next));
            return changes
                .filter((change) => change !== undefined)
                .map((change) => `${valueText(item[key])}: ${change}`);
        });
        return found.length > 0 ? found.join("; ") : undefined;
    };

const itemsAt = (values: Values, path: string): Values[] =>
    listOf(getPath(values, path)).filter(
        (item): item is Values => typeof item === "object" && item !== null && !Array.isArray(item),
    );

/** A change of an input after which the resource protects less. */
export interface WeakerInput {
    readonly check: ProtectionCheck;
    /** What can happen from then on. */
    readonly risk: string;
    readonly source: string;
}

export const encryptionRisk =
    "what is written from then on is encrypted with a key that the stack does not control, or with none";

export interface Protector {
    /** What can happen without it. */
    readonly risk: string;
    /**
     * Type of what it protects. Where that is deleted as well, nothing is left to protect.
     * @default the account, or the network
     */
    readonly protects?: string;
}
