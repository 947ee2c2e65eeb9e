import { isObjectOrArray, getPath } from "../../plan/query.ts";
import { providerInputs } from "../../plan/fake-provider/outputs.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { firstLineOfError, ExitError } from "../frame/exit.ts";
import { createAgainReason, importIdFromInputs, importIdTemplateOf } from "./import-ids.ts";
import { lookups } from "./lookups.ts";
import type { Candidate, Lookup, Lookups, Read, Tags } from "./lookups/lookup.ts";
import { providerUrnOf, logicalNameOf, type State, type StateResource } from "../../plan/state.ts";

/** Whether AWS has the resource of an interrupted creation. Without `id` and `problem` it has none. */
export interface CreationSearchResult {
    readonly resource: StateResource;
    /** The ID for `pulumi import`. */
    readonly id?: string;
    readonly stateId?: string;
    /** Why the search has no clear result, and what to do. */
    readonly problem?: string;
}

/** How a search differs from that for interrupted creations. */
export interface SearchOptions {
    /** @default `lookups` */
    readonly table?: Lookups;
    /** Whether a text is a placeholder of the plan: AWS has no resource with it. @default no text is */
    readonly isPlaceholder?: (text: string) => boolean;
}

/**
 * Looks for the AWS resources of interrupted creations.
 *
 * @throws ExitError `failed` when a lookup fails
 */
export async function searchFor(
    aws: AwsClients,
    state: State,
    creations: readonly StateResource[],
    options: SearchOptions = {},
): Promise<CreationSearchResult[]> {
    // What other providers make, such as passwords, is nowhere but in the state.
    const ofAws = creations.filter(({ type }) => type.startsWith("aws:"));
    const results: CreationSearchResult[] = [];
    for (const resource of ofAws) {
        results.push({ resource, ...(await searchForOne(aws, state, resource, options)) });
    }
    return results;
}

async function searchForOne(
    aws: AwsClients,
    state: State,
    resource: StateResource,
    { table = lookups, isPlaceholder = () => false }: SearchOptions,
): Promise<Omit<CreationSearchResult, "resource">> {
    const { type } = resource;
    const lookup = table[type];
    if (lookup !== undefined) {
        const candidates = await candidatesFor(lookup, aws, state, resource, isPlaceholder);
        return chosenOf(candidates, expectedTags(state, resource));
    }
    if (importIdTemplateOf(type) !== undefined) {
        const id = importIdFromInputs(resource);
        if (id !== undefined && isPlaceholder(id)) {
            return {};
        }
        return id === undefined ? { problem: "its import ID cannot be derived from its inputs" } : { id };
    }
    return { problem: createAgainReason(type) ?? "there is no lookup for this resource type" };
}

async function candidatesFor(
    lookup: Lookup,
    aws: AwsClients,
    { resources }: State,
    resource: StateResource,
    isPlaceholder: (text: string) => boolean,
): Promise<Candidate[]> {
    const known = new Set(resources.filter(({ type }) => type === resource.type).map(({ id }) => id));
    const found = await lookUp(resource, lookup.rights, isPlaceholder, (read) =>
        lookup.find(aws, read, resource.inputs ?? {}),
    );
    return found.filter(
        ({ importId, id = importId }) => isComplete(importId) && !known.has(id) && !known.has(importId),
    );
}

/**
 * What AWS has of the inputs of a resource; nothing where they contain a placeholder.
 *
 * @throws ExitError `failed` with the IAM actions that the lookup needs
 */
export async function lookUp<T>(
    resource: Pick<StateResource, "urn" | "type" | "inputs">,
    rights: Lookup["rights"],
    isPlaceholder: (text: string) => boolean,
    find: (read: Read) => Promise<T[]>,
): Promise<T[]> {
    const read = (input: string): string => {
        const value = getPath(resource.inputs, input);
        const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
        if (isPlaceholder(text)) {
            throw new PlaceholderError(text);
        }
        return text;
    };
    try {
        return await find(read);
    } catch (error) {
        if (error instanceof PlaceholderError) {
            return [];
        }
        const actions = rights.flatMap((right) => right.actions).join(", ");
        throw new ExitError(
            "failed",
            `Cannot look up ${logicalNameOf(resource)} (${resource.type}) in AWS: ${firstLineOfError(error)}; the lookup needs the IAM actions ${actions}`,
        );
    }
}

/** A lookup needs a value that AWS has not returned yet, such as the ID of a VPC that was not found. */
class PlaceholderError extends Error {}

/** Whether AWS returned each part of an import ID: without one it identifies another resource, or none. */
const isComplete = (importId: string): boolean => !importId.replace("://", "").split("/").includes("");

/** The one that is the stack's: it carries the tags with which it was to be made, or is part of a resource that does. */
function chosenOf(candidates: readonly Candidate[], expected: Tags): Omit<CreationSearchResult, "resource"> {
    const own = candidates.filter(({ tags }) => tags === undefined || carries(tags, expected));
    const ids = (list: readonly Candidate[]): string => list.map(({ importId }) => importId).join(", ");
    if (own.length > 1) {
        return { problem: `AWS has several that may be it: ${ids(own)}. Delete those that are not in use` };
    }
    const [only] = own;
    if (only !== undefined) {
        return { id: only.importId, stateId: only.id };
    }
    return candidates.length === 0 ? {} : { problem: `AWS has ${ids(candidates)}, without the tags of this stack` };
}

/** The tags with which a resource was to be made: the provider's defaults, and its own. */
function expectedTags({ resources }: Pick<State, "resources">, resource: StateResource): Tags {
    const { inputs = {} } = resource;
    const urn = providerUrnOf(resource);
    const { defaultTags } = providerInputs(resources.find((each) => each.urn === urn)?.inputs ?? {});
    const defaults = isObjectOrArray(defaultTags) && isObjectOrArray(defaultTags.tags) ? defaultTags.tags : {};
    return { ...defaults, ...(isObjectOrArray(inputs.tags) ? inputs.tags : {}) } as Tags;
}

/** Whether tags contain each of the expected ones. Never, if none are expected. */
const carries = (tags: Readonly<Record<string, unknown>>, expected: Tags): boolean =>
    Object.keys(expected).length > 0 && Object.entries(expected).every(([key, value]) => tags[key] === value);

/** Types that the provider tags in a second request, which an interruption can prevent. Their names contain the account ID. */
const taggedLater = ["aws:s3/bucket:Bucket"];

/** Whether a resource that was read by its name is not the stack's: the stack's tags are missing. */
export function isForeign(before: State, { type, outputs = {}, ...resource }: StateResource): boolean {
    const tags = outputs.tagsAll;
    if (!isObjectOrArray(tags) || (taggedLater.includes(type) && Object.keys(tags).length === 0)) {
        return false;
    }
    return !carries(tags, expectedTags(before, { type, ...resource, inputs: {} }));
}
