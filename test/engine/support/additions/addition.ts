import type { Clients } from "../../../../tools/deploy/clients.ts";
import { stateOf, type State } from "../../../../plan/state.ts";
import { resourceOf, type Resource } from "../../../../tools/drift/listing.ts";

/** Finds a resource of the deployed stack, by its type and a part of its name. @throws Error when there is none */
export type Find = (type: string, name?: string) => Resource;

export const findIn =
    (state: State): Find =>
    (type, name = "") => {
        const found = stateOf(state, type)
            .map(resourceOf)
            .find((resource) => resource.name.includes(name));
        if (found === undefined) {
            throw new Error(`the state has no ${type} whose name contains "${name}"`);
        }
        return found;
    };

/** Something that somebody adds by hand to what is deployed. */
export interface Addition {
    /** Type under whose resource it stands. */
    readonly under: string;
    /** As the listing calls it. */
    readonly item: string;
    /** What must stand in the finding's sentence on what it opens. */
    readonly opens: RegExp;
    readonly add: (aws: Clients, find: Find) => Promise<Added>;
}

export interface Added {
    /** Part of the key by which it is listed. */
    readonly key: string;
    readonly remove: () => Promise<unknown>;
}

/** What AWS must have answered. @throws Error when it has not */
export function need<T>(value: T | undefined): T {
    if (value === undefined) {
        throw new Error("the answer lacks what was asked for");
    }
    return value;
}
