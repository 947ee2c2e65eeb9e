import type { Architecture } from "./architecture.ts";
import type { Link } from "./links.ts";

/** Parts and links that one request can pass. */
export interface RequestPath {
    /** IDs. */
    readonly parts: readonly string[];
    /** Positions in the links of the architecture. */
    readonly links: readonly number[];
}

const carriesRequests = ({ kind }: Link): boolean => kind === "request" || kind === "message";

/**
 * What belongs to the requests that pass a part: from where they come, and what they cause, such as a message that another
 * service consumes. A VPC endpoint or a dead-letter queue belongs to the parts that use it.
 */
export function requestPathThrough({ links }: Architecture, part: string): RequestPath {
    const own = links.filter((link) => link.to === part && !carriesRequests(link)).map(({ from }) => from);
    const before = reachable([part, ...own], links, "to", "from");
    const after = reachable([part], links, "from", "to");
    const parts = new Set([...before, ...after]);
    return {
        parts: [...parts],
        links: [...links.entries()].flatMap(([position, link]) => {
            const isUsed = carriesRequests(link)
                ? (before.has(link.from) && before.has(link.to)) || (after.has(link.from) && after.has(link.to))
                : link.to === part;
            return isUsed ? [position] : [];
        }),
    };
}

/** Parts that are reached by links that carry requests, in one direction. */
function reachable(
    start: readonly string[],
    links: readonly Link[],
    near: "from" | "to",
    far: "from" | "to",
): Set<string> {
    const found = new Set(start);
    for (const part of found) {
        for (const link of links) {
            if (carriesRequests(link) && link[near] === part) {
                found.add(link[far]);
            }
        }
    }
    return found;
}
