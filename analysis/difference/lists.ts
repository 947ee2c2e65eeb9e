/** Properties that identify the members of a list; the first one that all members have is used. */
const identifyingKeys = ["name", "Sid", "sid", "id", "key", "alias", "priority", "containerPort", "metricName"];

/** One member in both lists; undefined on the side whose list does not contain it. */
export interface MemberPair {
    /** After the change; before it where the member is removed. */
    readonly position: number | string;
    readonly before: unknown;
    readonly after: unknown;
}

/**
 * Pairs the members of two lists, so that a member added in the middle does not change all that follow: members are paired by
 * name; without names, equal members are left out and the others are paired in order.
 */
export function pairListMembers(before: readonly unknown[], after: readonly unknown[]): MemberPair[] {
    const [from, to] = pairByNameOrOrder(before, after);
    return Array.from({ length: Math.max(from.length, to.length) }, (_, i) => ({
        position: to[i]?.position ?? from[i]?.position ?? i,
        before: from[i]?.value,
        after: to[i]?.value,
    }));
}

/** A member of a list with its position. */
interface Member {
    readonly position: number | string;
    readonly value: unknown;
}

type Members = readonly (Member | undefined)[];

function pairByNameOrOrder(before: readonly unknown[], after: readonly unknown[]): [Members, Members] {
    const name = commonName(before, after);
    if (name === undefined) {
        return [membersNotIn(before, after), membersNotIn(after, before)];
    }
    const [from, to] = [before, after].map(
        (list) => new Map(list.map((value, position) => [textOf(value, name), { position, value }])),
    );
    const keys = [...new Set([...(to?.keys() ?? []), ...(from?.keys() ?? [])])];
    // A position does not help the reader where members have moved.
    const isMoved = before.length !== after.length;
    const members = (list: Map<string, Member> | undefined): Members =>
        keys.map((key) => {
            const member = list?.get(key);
            return member && (isMoved ? { ...member, position: JSON.stringify(key) } : member);
        });
    return [members(from), members(to)];
}

/** The property that identifies the members of both lists; `undefined` where there is none. */
export const commonName = (before: readonly unknown[], after: readonly unknown[]): string | undefined =>
    identifyingKeys.find((each) => [before, after].every((list) => isNamedBy(list, each)));

/** Whether two members have the same value under the key. */
export const isNamedAlike = (one: unknown, other: unknown, key: string): boolean =>
    textOf(one, key) === textOf(other, key);

/** Whether all members have a unique value under the key. */
function isNamedBy(list: readonly unknown[], key: string): boolean {
    const found = list.map((member) => textOf(member, key));
    return !found.includes("") && new Set(found).size === list.length;
}

function textOf(value: unknown, key: string): string {
    const found =
        typeof value === "object" && value !== null ? Object.entries(value).find(([name]) => name === key) : [];
    const [, text] = found ?? [];
    return typeof text === "string" || typeof text === "number" ? String(text) : "";
}

/** Members that the other list does not have, or has fewer times. */
function membersNotIn(list: readonly unknown[], others: readonly unknown[]): Members {
    const left = others.map((other) => JSON.stringify(other));
    return list.flatMap((value, place): Member[] => {
        const found = left.indexOf(JSON.stringify(value));
        if (found < 0) {
            return [{ position: place, value }];
        }
        left.splice(found, 1);
        return [];
    });
}
