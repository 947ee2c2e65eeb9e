import { Stop, stopOf } from "./exit.ts";
import { importIdOf } from "./import-ids.ts";
import { operate } from "./operate.ts";
import type { DeployedStack, Session } from "./session.ts";
import { nameOf, type PendingOperation, type State, type StateResource } from "../../plan/state.ts";

/** What an interrupted operation left half made. */
export interface HalfMade {
    /** Resources to read anew: unfinished ones, and those that were being changed or deleted. */
    readonly unfinished: readonly string[];
    /** Creations of resources whose ID follows from their inputs: AWS tells whether they are there. */
    readonly adoptable: readonly StateResource[];
    /** Creations of which nobody can tell whether AWS made the resource. */
    readonly unknown: readonly StateResource[];
}

export function halfMadeIn({ resources, pending }: Pick<State, "resources" | "pending">): HalfMade {
    const known = new Set(resources.map(({ urn }) => urn));
    const isCreating = ({ type }: PendingOperation): boolean => type === "creating";
    const created = pending.filter(isCreating).map(({ resource }) => resource);
    // One that replaces another has its URN: which of the two AWS has cannot be told.
    const adoptable = created.flatMap((resource) => {
        const id = known.has(resource.urn) ? undefined : importIdOf(resource);
        return id === undefined ? [] : [{ ...resource, id }];
    });
    const adopted = new Set(adoptable.map(({ urn }) => urn));
    const failed = resources.filter(({ initErrors = [] }) => initErrors.length > 0);
    const changing = pending.filter((each) => !isCreating(each)).map(({ resource }) => resource);
    return {
        unfinished: [...new Set([...failed, ...changing].map(({ urn }) => urn))].filter((urn) => known.has(urn)),
        adoptable,
        unknown: created.filter(({ urn }) => !adopted.has(urn)),
    };
}

/**
 * Reads anew what an interrupted operation left half made, so that the next one starts from what AWS has: a resource that
 * AWS made is in the state then, one that it did not make is not.
 *
 * @returns whether the state was changed
 * @throws Stop `locked` when another operation holds the stack, `failed` when the state cannot be edited
 */
export async function recover(session: Session, stack: DeployedStack, state: State): Promise<boolean> {
    const { unfinished, adoptable, unknown } = halfMadeIn(state);
    if (unfinished.length + adoptable.length + unknown.length === 0) {
        return false;
    }
    session.say("The last operation was interrupted; reading anew what it left half made:");
    [...unfinished.map((urn) => ({ urn })), ...adoptable].forEach((each) => {
        session.say(`  ${nameOf(each)}`);
    });
    unknown.forEach((resource) => {
        session.say(`warning: ${unknownText(resource)}`);
    });
    if (adoptable.length + unknown.length > 0) {
        await edit(session, adoptable);
    }
    const target = [...unfinished, ...adoptable.map(({ urn }) => urn)];
    if (target.length > 0) {
        await operate(session, stack, "refresh", target);
    }
    return true;
}

const unknownText = (resource: StateResource): string => {
    const { name } = resource.inputs ?? {};
    const called = typeof name === "string" ? `, called ${name} in AWS,` : "";
    return (
        `the creation of ${nameOf(resource)} (${resource.type})${called} was interrupted, and whether AWS made it cannot ` +
        "be told from its inputs. This update creates one: if AWS has an earlier one as well, delete that one there"
    );
};

interface Export {
    readonly deployment: { readonly resources?: object[]; readonly pending_operations?: PendingOperation[] | null };
}

/**
 * Writes the creations that may have succeeded into the state, without outputs: the refresh that follows reads them as
 * imports do, and removes what AWS does not have. `pulumi refresh --import-pending-creates` would drop them instead (seen
 * with 3.274). Secrets stay encrypted on the way.
 */
async function edit({ cli, interrupt }: Session, adopted: readonly StateResource[]): Promise<void> {
    await interrupt.during(async () => {
        const exported = await cli(["stack", "export"]);
        mustSucceed(exported.code, exported.stderr);
        const state = JSON.parse(exported.stdout) as Export;
        const ids = new Map(adopted.map(({ urn, id }) => [urn, id]));
        const { resources = [], pending_operations: pending } = state.deployment;
        const taken = (pending ?? [])
            .filter(({ resource, type }) => type === "creating" && ids.has(resource.urn))
            .map(({ resource }) => ({ ...resource, id: ids.get(resource.urn) }));
        const kept = (pending ?? []).filter(({ type }) => type !== "creating");
        const deployment = { ...state.deployment, resources: [...resources, ...taken], pending_operations: kept };
        const imported = await cli(["stack", "import"], { input: JSON.stringify({ ...state, deployment }) });
        mustSucceed(imported.code, imported.stderr);
    });
}

function mustSucceed(code: number, stderr: string): void {
    if (code !== 0) {
        throw stopOf(stderr) ?? new Stop("failed", `The state cannot be edited: ${stderr.trim()}`);
    }
}
