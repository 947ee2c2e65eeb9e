import { catalogue } from "../../plan/catalogue/catalogue.ts";
import {
    emptyState,
    hasResources,
    logicalNameOf,
    readState,
    type State,
    type StateResource,
} from "../../plan/state.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { requireCaller } from "../frame/account.ts";
import { ExitError } from "../frame/exit.ts";
import { plannedState, type StoredValues } from "./adopt/planned-state.ts";
import { isSearched, PlanSearch, type FoundResource } from "./adopt/search.ts";
import { adoptedValues, readPasswords } from "./adopt/stored-values.ts";
import { confirmYes, requireTerminalUnlessYes } from "./confirm.ts";
import { editState } from "./edit-state.ts";
import { isForeign } from "./find-created.ts";
import { importIdTemplateOf, keysOfTemplate } from "./import-ids.ts";
import { runOperation } from "./run-operation.ts";
import { createOrSelectStack, selectStack, type DeployedStack, type Session } from "./session.ts";

/**
 * Writes into an empty state what AWS has of a stack, so that the next update creates only the rest.
 *
 * @throws ExitError `refused` where the state has resources, or AWS has several resources of which one is the stack's;
 * `incomplete` where AWS lacks the database or the transaction log
 */
export async function adopt(session: Session): Promise<void> {
    requireTerminalUnlessYes(session, "An adoption");
    const { root, stack, say, progress } = session;
    const plan = await session.planStack(root, stack);
    const settings = readSettingsOfStack(root, stack);
    const aws = await session.createClients(settings.region);
    const { account } = await requireCaller(aws, settings.accountId);
    await requireEmptyState(session);
    progress.step(`searching AWS for the resources of ${stack}`);
    const { zoneName }: { source: string; zoneName?: string } = settings.certificate;
    const search = await PlanSearch.create(aws, plan, account, zoneName);
    const found = await search.search({ ...emptyState, resources: plannedState(plan, new Map()) });
    requireNoProblems(session, plan, search);
    say(`AWS has, or may have, ${found.length} of the ${plan.nodes.filter(isSearched).length} resources of ${stack}`);
    if (found.length === 0) {
        return;
    }
    await confirmYes(session, `Write them into the state of ${stack}`);
    const deployed = await createOrSelectStack(session);
    const foreign = await readAll(session, deployed, { plan, search, found });
    report(session, plan, search, { state: await finish(session, deployed, plan, foreign), foreign });
}

async function requireEmptyState(session: Session): Promise<void> {
    const found = await selectStack(session);
    if (found !== undefined && hasResources(await readState(found))) {
        throw new ExitError(
            "refused",
            `The state of ${session.stack} has resources: only an empty one is filled from AWS (docs/recovery.md)`,
        );
    }
}

function requireNoProblems({ stack }: Session, { nodes }: Plan, { problems }: PlanSearch): void {
    if (problems.size > 0) {
        const lines = nodes
            .filter(({ urn }) => problems.has(urn))
            .map((node) => `${describe(node)}: ${problems.get(node.urn) ?? ""}`);
        throw new ExitError("refused", [`${stack} cannot be adopted:`, ...lines].join("\n  "));
    }
}

const describe = ({ name, type }: Pick<PlanNode, "name" | "type">): string => `${name} (${type})`;

interface Adoption {
    readonly plan: Plan;
    readonly search: PlanSearch;
    readonly found: readonly FoundResource[];
}

/**
 * Writes what was found into the state and reads it, until nothing more is found: some resources are found by outputs of
 * others.
 *
 * @returns URNs of what has others' tags, and is not in the state
 */
async function readAll(
    session: Session,
    stack: DeployedStack,
    { plan, search, found }: Adoption,
): Promise<ReadonlySet<string>> {
    const foreign = new Set<string>();
    let left = found;
    while (left.length > 0) {
        const added = new Map(left.map(({ urn, id, inputs }) => [urn, { id, inputs }]));
        await writeState(session, plan, foreign, added);
        await runOperation(session, stack, "adoption", left === found ? [] : [...added.keys()]);
        const state = await readState(stack);
        addForeign(foreign, plan, state);
        left = await search.search({
            ...state,
            resources: state.resources.filter(({ urn }) => !foreign.has(urn)),
        });
    }
    return foreign;
}

/** Adds what has not the tags of the stack, and what is a part of that, such as the policy of a bucket. */
function addForeign(foreign: Set<string>, { nodes }: Plan, state: State): void {
    const stored = new Map(state.resources.map((resource) => [resource.urn, resource]));
    for (const { urn, type, propertyDependencies } of nodes) {
        const resource = stored.get(urn);
        const parts = keysOfTemplate(importIdTemplateOf(type) ?? "").flatMap((key) => propertyDependencies[key] ?? []);
        if (resource !== undefined && (isForeign(state, resource) || parts.some((part) => foreign.has(part)))) {
            foreign.add(urn);
        }
    }
}

/** Writes the planned form of the state, with these resources added to what it has, and without the foreign ones. */
const writeState = (
    session: Session,
    plan: Plan,
    foreign: ReadonlySet<string>,
    added: ReadonlyMap<string, StoredValues>,
    change = (_: PlanNode, resource: StateResource): StoredValues => valuesOf(resource),
): Promise<void> =>
    editState(session, ({ resources = [], ...rest }) => {
        const stored = new Map(resources.map((resource) => [resource.urn, resource]));
        const kept = plan.nodes.flatMap((node): [string, StoredValues][] => {
            const resource = foreign.has(node.urn) ? undefined : stored.get(node.urn);
            return resource === undefined
                ? []
                : [[node.urn, isSearched(node) ? change(node, resource) : valuesOf(resource)]];
        });
        return { ...rest, resources: plannedState(plan, new Map([...kept, ...added])) };
    });

const valuesOf = ({ id, inputs, outputs }: StateResource): StoredValues => ({ id, inputs, outputs });

async function finish(
    session: Session,
    stack: DeployedStack,
    plan: Plan,
    foreign: ReadonlySet<string>,
): Promise<State> {
    const found = readPasswords(plan, await readState(stack));
    const passwords = new Map(found.map(({ planned, result }) => [planned, result]));
    const added = new Map(found.map(({ urn, values }) => [urn, values]));
    await writeState(session, plan, foreign, added, (node, resource) => adoptedValues(node, resource, passwords));
    return await readState(stack);
}

function report(
    { say }: Session,
    { nodes }: Plan,
    { problems }: PlanSearch,
    { state, foreign }: { state: State; foreign: ReadonlySet<string> },
): void {
    const stored = new Set(state.resources.map(({ urn }) => urn));
    const searched = nodes.filter(isSearched);
    const missing = nodes.filter(({ custom, external, urn }) => custom && !external && !stored.has(urn));
    say(`${searched.filter(({ urn }) => stored.has(urn)).length} resources are in the state`);
    nodes
        .filter(({ urn }) => foreign.has(urn))
        .forEach((node) => {
            say(`warning: ${describe(node)} has not the tags of this stack, and was left out`);
        });
    problems.forEach((problem, urn) => {
        say(`warning: ${logicalNameOf({ urn })} was left out: ${problem}`);
    });
    say(missing.length === 0 ? "The next update creates nothing" : "The next update creates:");
    missing.forEach((node) => {
        say(`  ${describe(node)}`);
    });
    // The state of an adoption has no outputs, so the next update is taken for the first one and asks for no acceptance.
    const lost = missing.filter(({ type }) => catalogue[type]?.loss?.restoreInputs !== undefined);
    if (lost.length > 0) {
        throw new ExitError(
            "incomplete",
            lost
                .map(
                    (node) =>
                        `AWS has no ${describe(node)}: do not run \`up\` yet: it would create it without a question, and empty, unless \`database.restoreFrom\` names its data (docs/recovery.md, "A lost state")`,
                )
                .join("\n"),
        );
    }
}
