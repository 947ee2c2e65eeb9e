import { isObjectOrArray, getPath } from "../../plan/query.ts";
import { providerInputs } from "../../plan/fake-provider/outputs.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { firstLineOfError, ExitError } from "../frame/exit.ts";
import { createAgainReason, importIdFromInputs, importIdTemplateOf } from "./import-ids.ts";
import { lookups } from "./lookups.ts";
import type { Candidate, Lookup, Tags } from "./lookups/lookup.ts";
import { providerUrnOf, logicalNameOf, type State, type StateResource } from "../../plan/state.ts";

/** What becomes of an interrupted creation. */
export interface Answer {
    readonly resource: StateResource;
    /** Under which `pulumi import` takes it; nothing where AWS has none, or where it cannot be told. */
    readonly id?: string;
    /** Why it cannot be told, and what to do. */
    readonly problem?: string;
}

/** @throws ExitError `failed` when AWS does not answer */
export async function searchFor(aws: AwsClients, state: State, creations: readonly StateResource[]): Promise<Answer[]> {
    // What other providers make, such as passwords, is nowhere but in the state.
    const ofAws = creations.filter(({ type }) => type.startsWith("aws:"));
    const answers: Answer[] = [];
    for (const resource of ofAws) {
        answers.push({ resource, ...(await answerFor(aws, state, resource)) });
    }
    return answers;
}

async function answerFor(aws: AwsClients, state: State, resource: StateResource): Promise<Omit<Answer, "resource">> {
    const { type } = resource;
    const lookup = lookups[type];
    if (lookup !== undefined) {
        return chosenOf(await candidatesFor(lookup, aws, state, resource), expectedTags(state, resource));
    }
    if (importIdTemplateOf(type) !== undefined) {
        const id = importIdFromInputs(resource);
        return id === undefined ? { problem: "its inputs do not tell its ID" } : { id };
    }
    return { problem: createAgainReason(type) ?? "nobody knows how to find one" };
}

/** @throws ExitError `failed` with the rights that are needed */
async function candidatesFor(
    lookup: Lookup,
    aws: AwsClients,
    { resources }: State,
    resource: StateResource,
): Promise<Candidate[]> {
    const { type, inputs = {} } = resource;
    const read = (input: string): string => {
        const value = getPath(inputs, input);
        return typeof value === "string" || typeof value === "number" ? String(value) : "";
    };
    const known = new Set(resources.filter((each) => each.type === type).map(({ id }) => id));
    try {
        const found = await lookup.find(aws, read, inputs);
        return found.filter(
            ({ importId, id = importId }) => isComplete(importId) && !known.has(id) && !known.has(importId),
        );
    } catch (error) {
        const actions = lookup.rights.flatMap((right) => right.actions).join(", ");
        throw new ExitError(
            "failed",
            `AWS does not say whether it has made ${logicalNameOf(resource)} (${type}): ${firstLineOfError(error)}; this takes ${actions}`,
        );
    }
}

/** Whether AWS told each part of an import ID: with one missing it would name another resource, or none. */
const isComplete = (importId: string): boolean => !importId.split("/").includes("");

/** The one that is the stack's: it carries the tags with which it was to be made, or is part of a resource that does. */
function chosenOf(candidates: readonly Candidate[], expected: Tags): Omit<Answer, "resource"> {
    const own = candidates.filter(({ tags }) => tags === undefined || carries(tags, expected));
    const ids = (list: readonly Candidate[]): string => list.map(({ importId }) => importId).join(", ");
    if (own.length > 1) {
        return { problem: `AWS has several that may be it: ${ids(own)}. Delete those that are not in use` };
    }
    const [only] = own;
    if (only !== undefined) {
        return { id: only.importId };
    }
    return candidates.length === 0 ? {} : { problem: `AWS has ${ids(candidates)}, without the tags of this stack` };
}

/** The tags with which a resource was to be made: the provider's defaults, and its own. */
export function expectedTags({ resources }: Pick<State, "resources">, resource: StateResource): Tags {
    const { inputs = {} } = resource;
    const urn = providerUrnOf(resource);
    const { defaultTags } = providerInputs(resources.find((each) => each.urn === urn)?.inputs ?? {});
    const defaults = isObjectOrArray(defaultTags) && isObjectOrArray(defaultTags.tags) ? defaultTags.tags : {};
    return { ...defaults, ...(isObjectOrArray(inputs.tags) ? inputs.tags : {}) } as Tags;
}

/** Whether tags have each of the expected ones; of none, nothing can tell. */
const carries = (tags: Readonly<Record<string, unknown>>, expected: Tags): boolean =>
    Object.keys(expected).length > 0 && Object.entries(expected).every(([key, value]) => tags[key] === value);

/** Types that the provider tags in a second call, which an interruption may leave out. Their names hold the account's ID. */
const taggedLater = ["aws:s3/bucket:Bucket"];

/** Whether a resource that was read under a name has others' tags, or none where it must have some. */
export function isForeign(before: State, { type, outputs = {}, ...resource }: StateResource): boolean {
    const tags = outputs.tagsAll;
    if (!isObjectOrArray(tags) || (taggedLater.includes(type) && Object.keys(tags).length === 0)) {
        return false;
    }
    return !carries(tags, expectedTags(before, { type, ...resource, inputs: {} }));
}
