import type { AwsClients } from "../frame/aws-clients.ts";
import { revokeDefaultEgress } from "./default-egress.ts";
import { editState } from "./edit-state.ts";
import { isForeign, searchFor, type CreationSearchResult } from "./find-created.ts";
import { runOperation } from "./run-operation.ts";
import type { DeployedStack, Session } from "./session.ts";
import { logicalNameOf, readState, type PendingOperation, type State, type StateResource } from "../../plan/state.ts";

/** What an interrupted operation left half made. */
export interface InterruptedResources {
    /** URNs of resources to read anew: unfinished ones, and those that were being changed or deleted. */
    readonly toRefresh: readonly string[];
    /** Resources that were being created, which AWS may have. */
    readonly created: readonly StateResource[];
    /** Resources that were being created in the place of one in the state. */
    readonly replacing: readonly StateResource[];
}

export function findInterruptedResources({
    resources,
    pending,
}: Pick<State, "resources" | "pending">): InterruptedResources {
    const known = new Set(resources.map(({ urn }) => urn));
    const isCreating = ({ type }: PendingOperation): boolean => type === "creating";
    const creations = pending.filter(isCreating).map(({ resource }) => resource);
    const failed = resources.filter(({ initErrors = [] }) => initErrors.length > 0);
    const changing = pending.filter((each) => !isCreating(each)).map(({ resource }) => resource);
    return {
        toRefresh: [...new Set([...failed, ...changing].map(({ urn }) => urn))].filter((urn) => known.has(urn)),
        created: creations.filter(({ urn }) => !known.has(urn)),
        replacing: creations.filter(({ urn }) => known.has(urn)),
    };
}

/**
 * Refreshes resources with pending operations, so that the next operation starts from what AWS has. A resource that AWS
 * created for this stack is then in the state; one that AWS did not create is not.
 *
 * @returns whether the state was changed
 * @throws ExitError `locked` when another operation has locked the stack, `failed` when AWS does not answer or the state
 * cannot be edited
 */
export async function recover(session: Session, aws: AwsClients, stack: DeployedStack, state: State): Promise<boolean> {
    const { toRefresh, created, replacing } = findInterruptedResources(state);
    if (toRefresh.length + created.length + replacing.length === 0) {
        return false;
    }
    session.say("The last operation was interrupted; reading anew what it left half made:");
    const answers = await searchFor(aws, state, created);
    const adopted = answers.flatMap(({ resource, id }) => (id === undefined ? [] : [{ ...resource, id }]));
    [...toRefresh.map((urn) => ({ urn })), ...adopted].forEach((each) => {
        session.say(`  ${logicalNameOf(each)}`);
    });
    warn(session, [
        ...answers.map(warningOf),
        ...(await searchFor(aws, state, replacing)).map(({ resource, id }) => replacementText(resource, id)),
    ]);
    const written = created.length + replacing.length > 0 ? await adopt(session, adopted) : [];
    const target = [...toRefresh, ...adopted.map(({ urn }) => urn)];
    if (target.length === 0) {
        return true;
    }
    await runOperation(session, stack, "refresh", target);
    const after = await readState(stack);
    if (written.length > 0) {
        await finish(session, written, foreignIn(session, state, after, adopted));
    }
    for (const id of await revokeDefaultEgress(aws, after, target)) {
        session.say(`  ${id}: AWS's default rule, which lets everything leave, is revoked`);
    }
    return true;
}

function warn({ say }: Session, texts: readonly (string | undefined)[]): void {
    texts
        .filter((text) => text !== undefined)
        .forEach((text) => {
            say(`warning: ${text}`);
        });
}

const awsNameText = ({ urn, type }: StateResource): string => `${logicalNameOf({ urn })} (${type})`;

const warningOf = ({ resource, problem }: CreationSearchResult): string | undefined =>
    problem && `the creation of ${awsNameText(resource)} was interrupted, and nothing is taken over: ${problem}`;

const replacementText = (resource: StateResource, id: string | undefined): string =>
    `the replacement of ${awsNameText(resource)} was interrupted. This update replaces it anew` +
    (id === undefined ? "" : `: if AWS has ${id}, which is not in the state, delete it there`);

/**
 * Writes the creations that may have succeeded into the state, without outputs: the refresh that follows reads them as
 * imports do, and removes what AWS does not have. `pulumi refresh --import-pending-creates` would drop them instead (seen
 * with 3.274).
 *
 * @returns what was written
 */
async function adopt(session: Session, adopted: readonly StateResource[]): Promise<StateResource[]> {
    const ids = new Map(adopted.map(({ urn, id }) => [urn, id]));
    const written: StateResource[] = [];
    await editState(session, ({ resources = [], pending_operations: pending, ...rest }) => {
        (pending ?? []).forEach(({ resource, type }) => {
            if (type === "creating" && ids.has(resource.urn)) {
                written.push({ ...resource, id: ids.get(resource.urn) });
            }
        });
        const kept = (pending ?? []).filter(({ type }) => type !== "creating");
        return { ...rest, resources: [...resources, ...written], pending_operations: kept };
    });
    return written;
}

/** URNs of what was found under the name of a resource and has others' tags. */
function foreignIn(session: Session, before: State, after: State, adopted: readonly StateResource[]): Set<string> {
    const urns = new Set(adopted.map(({ urn }) => urn));
    const foreign = after.resources.filter((resource) => urns.has(resource.urn) && isForeign(before, resource));
    warn(
        session,
        foreign.map(
            (resource) =>
                `AWS has ${resource.id ?? ""} under the name of ${awsNameText(resource)}, without the tags of this stack: it is ` +
                "left alone, and the creation will be refused until it is gone or the name is changed",
        ),
    );
    return new Set(foreign.map(({ urn }) => urn));
}

/**
 * Gives each resource the inputs of its creation again, and takes others' out of the state. An import knows no names that
 * Pulumi made up: with its inputs, the next update would make up others, and replace the resource.
 */
async function finish(
    session: Session,
    written: readonly StateResource[],
    foreign: ReadonlySet<string>,
): Promise<void> {
    const inputs = new Map(written.map((resource) => [resource.urn, resource.inputs]));
    await editState(session, ({ resources = [], ...rest }) => ({
        ...rest,
        resources: resources
            .filter(({ urn }) => !foreign.has(urn))
            .map((resource) =>
                inputs.has(resource.urn) ? { ...resource, inputs: inputs.get(resource.urn) } : resource,
            ),
    }));
}
