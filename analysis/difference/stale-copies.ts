import { typesWith } from "../../plan/catalogue/catalogue.ts";
import { nameInUrn } from "../../plan/query.ts";
import { stateResourcesOfType, type State } from "../../plan/state.ts";

/** A resource that is a copy of others, made before an update deleted some of them. */
export interface StaleCopy {
    readonly urn: string;
    /** Logical names of what it still contains. */
    readonly deleted: readonly string[];
}

interface Change {
    readonly urn: string;
    readonly type: string;
    readonly op: string;
}

/** Pulumi deletes last what the program no longer has, and what it has replaced. */
const deletingOperations = ["delete", "replace"];

/**
 * Copies that an update leaves with parts that it deletes. They must be replaced after it.
 *
 * @param state before or after the update: a copy that it deletes, too, contains nothing
 */
export function staleCopiesOf(changes: readonly Change[], state: State): StaleCopy[] {
    const isDeleted = ({ urn }: { readonly urn: string }) =>
        changes.some((change) => change.urn === urn && change.op === "delete");
    return typesWith("copyOf").flatMap(([type, { types }]) => {
        const deleted = changes
            .filter((change) => types.includes(change.type) && deletingOperations.includes(change.op))
            .map(({ urn }) => nameInUrn(urn));
        return deleted.length === 0
            ? []
            : stateResourcesOfType(state, type)
                  .filter((copy) => !isDeleted(copy))
                  .map(({ urn }) => ({ urn, deleted: [...new Set(deleted)].toSorted() }));
    });
}
