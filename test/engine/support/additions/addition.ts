import type { AwsClients } from "../../../../tools/deploy/clients.ts";
import { stateResourcesOfType, type State } from "../../../../plan/state.ts";
import { toDriftResource, type DriftResource } from "../../../../tools/drift/listing.ts";

/** Finds a resource of the deployed stack, by its type and a part of its name. @throws Error when there is none */
export type FindResource = (type: string, name?: string) => DriftResource;

export const resourceFinder =
    (state: State): FindResource =>
    (type, name = "") => {
        const found = stateResourcesOfType(state, type)
            .map(toDriftResource)
            .find((resource) => resource.name.includes(name));
        if (found === undefined) {
            throw new Error(`the state has no ${type} whose name contains "${name}"`);
        }
        return found;
    };

/** A manual addition to what is deployed. */
export interface ManualAddition {
    /** Type of the resource to which it is added. */
    readonly under: string;
    /** As the listing calls it. */
    readonly item: string;
    /** Text that the finding's sentence on the opened access must contain. */
    readonly opens: RegExp;
    readonly add: (aws: AwsClients, find: FindResource) => Promise<AddedResource>;
}

export interface AddedResource {
    /** Part of the key by which it is listed. */
    readonly key: string;
    readonly remove: () => Promise<unknown>;
}

/** What AWS must have answered. @throws Error when it has not */
export function requireResponse<T>(value: T | undefined): T {
    if (value === undefined) {
        throw new Error("the answer lacks the expected item");
    }
    return value;
}
