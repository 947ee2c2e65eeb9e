/** Properties by which AWS, or a program, tells the members of a list apart, the first that all of them have. */
const identifyingKeys = ["name", "Sid", "sid", "id", "key", "alias", "priority", "containerPort", "metricName"];

/** The places of one member in both lists; a missing side: the list does not have it. */
export interface MemberPair {
    /** After the change; before it where the member goes. */
    readonly position: number | string;
    readonly before: unknown;
    readonly after: unknown;
}

/**
 * Pairs the members of two lists. One that is added in the middle does not make changes of all that follow: members are
 * paired by their names, or else what both lists have is left out and the rest is paired in its order.
 */
export function pairListMembers(before: readonly unknown[], after: readonly unknown[]): MemberPair[] {
    const [from, to] = pairByNameOrOrder(before, after);
    return Array.from({ length: Math.max(from.length, to.length) }, (_, i) => ({
        position: to[i]?.position ?? from[i]?.position ?? i,
        before: from[i]?.value,
        after: to[i]?.value,
    }));
}

/** A member of a list with the place that it has there. */
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
    // A place says nothing to a reader where others have moved.
    const isMoved = before.length !== after.length;
    const members = (list: Map<string, Member> | undefined): Members =>
        keys.map((key) => {
            const member = list?.get(key);
            return member && (isMoved ? { ...member, position: JSON.stringify(key) } : member);
        });
    return [members(from), members(to)];
}

/** The property by which the members of both lists can be told apart; `undefined` where there is none. */
export const commonName = (before: readonly unknown[], after: readonly unknown[]): string | undefined =>
    identifyingKeys.find((each) => [before, after].every((list) => isNamedBy(list, each)));

/** Whether two members have the same value under the key. */
export const isNamedAlike = (one: unknown, other: unknown, key: string): boolean =>
    textOf(one, key) === textOf(other, key);

/** Whether all members have a value of their own under the key. */
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

/** Members that the other list does not have, as often as they stand here more than there. */
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
