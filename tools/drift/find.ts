import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { firstLineOfError } from "../frame/exit.ts";
import type { State } from "../../plan/state.ts";
import { mapConcurrently } from "../frame/aws-calls.ts";
import { listersForType } from "./child-listers.ts";
import {
    toDriftResource,
    type ChildLister,
    type ListingResult,
    type ParentResource,
    type ResourceNotInState,
} from "./listing.ts";

/** Result of listing, in AWS, the child resources of a stack's resources. */
export interface ListingFindings {
    /** In AWS but not in the state. */
    readonly notInState: readonly ResourceNotInState[];
    /** Lists that could not be read, and why: a line each. */
    readonly unread: readonly string[];
    /** Number of lists that were requested from AWS. */
    readonly lists: number;
    /** Number of listed items that are in the state. */
    readonly known: number;
    /** Number of listed items that AWS itself created. */
    readonly byAws: number;
}

/** Lists the child resources of each resource of the state. Changes nothing. */
export async function findResourcesNotInState(aws: AwsClients, state: State): Promise<ListingFindings> {
    const parents = state.resources
        .filter((resource) => resource.type.startsWith("aws:") && resource.delete !== true)
        .map((resource): ParentResource => ({ ...toDriftResource(resource), state }));
    const typesWithoutRow = new Set(
        parents.map(({ type }) => type).filter((type) => catalogue[`aws:${type}`]?.children === undefined),
    );
    const listerCalls = parents.flatMap((parent) => listersForType(parent.type).map((lister) => ({ parent, lister })));
    const listerResults = await mapConcurrently(listerCalls, ({ parent, lister }) => runLister(aws, parent, lister));
    const listings = listerResults.filter((answer) => typeof answer !== "string");
    return {
        notInState: listings.flatMap(({ notInState }) => notInState),
        unread: [
            ...[...typesWithoutRow].map(
                (type) => `${type}: what can be below it is not known; its row in plan/catalogue/ needs \`children\``,
            ),
            ...listerResults.filter((answer) => typeof answer === "string"),
        ],
        lists: listerCalls.length,
        known: listings.reduce((sum, { known }) => sum + known, 0),
        byAws: listings.reduce((sum, { byAws }) => sum + byAws.length, 0),
    };
}

/** What was found, or why nothing was. */
async function runLister(
    aws: AwsClients,
    parent: ParentResource,
    lister: ChildLister,
): Promise<ListingResult | string> {
    try {
        return await lister.listChildren(aws, parent);
    } catch (error) {
        const name = error instanceof Error ? error.name : "";
        const actions = lister.permissions.flatMap((grant) => grant.actions).join(", ");
        return `${parent.name} (${parent.type}): each ${lister.item}: ${name}: ${firstLineOfError(error)}; it needs ${actions}`;
    }
}
