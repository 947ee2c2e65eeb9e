import type { Clients } from "../deploy/clients.ts";
import { reasonOf } from "../deploy/exit.ts";
import type { State } from "../../plan/state.ts";
import { each } from "./asking.ts";
import { holds, listersOf, rowFor } from "./holds.ts";
import { resourceOf, type Lister, type Look, type Parent, type Unplanned } from "./listing.ts";

/** What stands in AWS under the resources of a stack. */
export interface Found {
    readonly unplanned: readonly Unplanned[];
    /** What could not be looked at, and why: a line each. */
    readonly unread: readonly string[];
    /** Number of lists that AWS was asked for. */
    readonly lists: number;
    /** Number of listed items that the state knows. */
    readonly known: number;
    /** Number of listed items that AWS made by itself. */
    readonly byAws: number;
}

/** Lists what stands under each resource of the state. Changes nothing. */
export async function findUnplanned(aws: Clients, state: State): Promise<Found> {
    const parents = state.resources
        .filter((resource) => resource.type.startsWith("aws:") && resource.delete !== true)
        .map((resource): Parent => ({ ...resourceOf(resource), state }));
    const without = new Set(parents.map(({ type }) => type).filter((type) => !(type in holds)));
    const questions = parents.flatMap((parent) => listersOf(parent.type).map((lister) => ({ parent, lister })));
    const answers = await each(questions, ({ parent, lister }) => answerOf(aws, parent, lister));
    const looks = answers.filter((answer) => typeof answer !== "string");
    return {
        unplanned: looks.flatMap(({ unplanned }) => unplanned),
        unread: [
            ...[...without].map(
                (type) => `${type}: nobody knows what may stand under it; ${rowFor(type)} goes into tools/drift/holds/`,
            ),
            ...answers.filter((answer) => typeof answer === "string"),
        ],
        lists: questions.length,
        known: looks.reduce((sum, { known }) => sum + known, 0),
        byAws: looks.reduce((sum, { byAws }) => sum + byAws.length, 0),
    };
}

/** What was found, or why nothing was. */
async function answerOf(aws: Clients, parent: Parent, lister: Lister): Promise<Look | string> {
    try {
        return await lister.lookUnder(aws, parent);
    } catch (error) {
        const name = error instanceof Error ? error.name : "";
        const actions = lister.rights.flatMap((grant) => grant.actions).join(", ");
        return `${parent.name} (${parent.type}): each ${lister.item}: ${name}: ${reasonOf(error)}; it needs ${actions}`;
    }
}
