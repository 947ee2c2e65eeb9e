import { relative, resolve } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { Consequence } from "../../analysis/difference/consequence.ts";
import { staleCopiesOf } from "../../analysis/difference/stale-copies.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Manifest } from "../../lib/manifest.ts";
import type { Plan } from "../../plan/plan.ts";
import { readSettingsOfStack, today } from "../../plan/stack-settings.ts";
import { confirmConsequences } from "./acceptance.ts";
import { readAcceptFile, digestsOfUpdate } from "./accept-file.ts";
import { conflictsOfUpdate, updateOf, type StackUpdate } from "./consequences.ts";
import { confirmYes, requireTerminalUnlessYes } from "./confirm.ts";
import { migrate, migrationTaskOf } from "./migration.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { firstLineOfError, ExitError } from "../frame/exit.ts";
import { shownSteps } from "./display/operation-log.ts";
import { readManifest, resourcesWithoutArn, writeOutputFiles } from "./output-files.ts";
import { isLockError } from "./pulumi-errors.ts";
import { runOperation } from "./run-operation.ts";
import { runPreflight } from "./preflight.ts";
import { previewConsequences } from "./preview.ts";
import { promotionProblems } from "./promotion.ts";
import { listBrokenRules } from "../../checks/broken-rules.ts";
import { recover } from "./recover.ts";
import { selectStack, createOrSelectStack, type DeployedStack, type Session } from "./session.ts";
import { createServiceLinkedRoles } from "./service-linked-roles.ts";
import { waitForRollout } from "./wait-for-rollout.ts";
import { emptyState, hasResources, logicalNameOf, readState, type State } from "../../plan/state.ts";

/**
 * Checks, previews, has a person accept the consequences, asks for a yes; migrates, updates, waits for the services.
 *
 * @param onBegun is called when the update by Pulumi has ended, in whatever way; not where it was not begun. Settings that were
 * written for it must stay then
 */
export async function up(session: Session, onBegun: () => void = () => undefined): Promise<void> {
    requireTerminalUnlessYes(session, "An update");
    const { plan, settings } = await planWithSettings(session);
    const found = await selectStack(session);
    const state = found === undefined ? emptyState : await readState(found);
    const update = updateOf(plan, state);
    const clients = await session.createClients(settings.region);
    await requirePassingChecks(session, clients, update, settings);
    const deployed = found ?? (await createOrSelectStack(session));
    const isRecovered = await recover(session, clients, deployed, state);
    await confirmUpdate(session, deployed, isRecovered ? updateOf(plan, await readState(deployed)) : update);
    (await createServiceLinkedRoles(clients, plan, state)).forEach(session.say);
    await migrateBefore(session, clients, settings, state);
    const events = await runOperation(session, deployed, "update").catch((error: unknown) => {
        if (!isLockError(error)) {
            onBegun();
        }
        throw error;
    });
    onBegun();
    await finishUpdate(session, plan, await replaceStaleCopies(session, deployed, events), clients);
}

/**
 * Migrates the database with the recorded image, so that the update starts no service before its schema. A new stack, and one
 * whose release had no migration, get the task with this update.
 */
async function migrateBefore(
    session: Session,
    clients: AwsClients,
    settings: PlatformSettings,
    state: State,
): Promise<void> {
    const { imageDigest } = settings.migration;
    const task = imageDigest === undefined ? undefined : migrationTaskOf(state, settings);
    if (imageDigest !== undefined && task !== undefined) {
        await migrate(session, clients, task, imageDigest).catch((error: unknown) => {
            throw error instanceof ExitError && error.exitReason === "failed"
                ? new ExitError(
                      "failed",
                      `${error.message}\nNo update was begun (docs/migrations.md, "A migration failed")`,
                  )
                : error;
        });
    }
}

/**
 * A deployment of the API still contains what the update has deleted after it: a second one is made, without that.
 *
 * @returns the state after it
 */
async function replaceStaleCopies(
    session: Session,
    stack: DeployedStack,
    events: readonly EngineEvent[],
): Promise<State> {
    const state = await readState(stack);
    const urns = staleCopiesOf(shownSteps(events), state).map(({ urn }) => urn);
    if (urns.length === 0) {
        return state;
    }
    session.say(`replacing what contains deleted resources: ${urns.map((urn) => logicalNameOf({ urn })).join(", ")}`);
    await runOperation(session, stack, "replacement", urns);
    return await readState(stack);
}

/** Previews and asks; with `--yes` a new stack is not previewed, as it holds nothing that could be lost. */
async function confirmUpdate(session: Session, stack: DeployedStack, update: StackUpdate): Promise<void> {
    const isNew = !hasResources(update.state);
    const consequences = isNew && session.yes ? [] : await previewConsequences(session, stack, update);
    await confirmConsequences(session, consequences, readAcceptances(session, update, consequences));
    await confirmYes(session, `Update ${session.stack}`);
}

/** Acceptances of `--accept` and of the accept file, which is not read for an update without consequences. */
function readAcceptances(
    { root, accept = [], acceptFile: file, say }: Session,
    update: StackUpdate,
    consequences: readonly Consequence[],
): readonly string[] {
    if (file === undefined) {
        return accept;
    }
    if (consequences.length === 0) {
        say(`warning: ${file} is not read: this update has no consequences. Delete it`);
        return accept;
    }
    return [
        ...accept,
        ...readAcceptFile(resolve(root, file), digestsOfUpdate(update.plan, update.state), consequences),
    ];
}

async function planWithSettings({
    root,
    stack,
    say,
    planStack,
}: Session): Promise<{ plan: Plan; settings: PlatformSettings }> {
    const plan = await planStack(root, stack);
    plan.messages.forEach(say);
    return { plan, settings: readSettingsOfStack(root, stack) };
}

/** @throws ExitError `refused` with every problem of the plan, the account, the region, the domain, the images and the update itself */
async function requirePassingChecks(
    { say, root, stack, rules, progress, promotedFrom }: Session,
    clients: AwsClients,
    update: StackUpdate,
    settings: PlatformSettings,
): Promise<void> {
    progress.step("checking the account, the region and its quotas");
    const { problems, warnings } = await runPreflight(clients, { ...update, settings });
    warnings.forEach((warning) => {
        say(`warning: ${warning}`);
    });
    const all = [
        ...problems,
        ...listBrokenRules(root, await rules(), { plan: update.plan, settings }, today()),
        ...conflictsOfUpdate(update, settings),
        // With the credentials of another account ECS would not know the images of this stack.
        ...(promotedFrom === undefined || problems.length > 0
            ? []
            : await promotionProblems(clients, settings, { root, stack }, promotedFrom)),
    ];
    if (all.length > 0) {
        const count = all.length === 1 ? "1 problem" : `${all.length} problems`;
        throw new ExitError("refused", [`${stack} cannot be updated, ${count}:`, ...all].join("\n  "));
    }
    say("preflight: ready");
}

async function finishUpdate(session: Session, plan: Plan, state: State, clients: AwsClients): Promise<void> {
    const { root, stack, say, clock, progress } = session;
    writeOutputFiles(root, stack, state.outputs, deployedManifest(session, plan, state)).forEach((file) => {
        say(`wrote ${relative(root, file)}`);
    });
    progress.step(`waiting for the services of ${stack}`);
    const { lines, failures } = await waitForRollout(clients, state, clock, say);
    lines.forEach(say);
    if (failures.length > 0) {
        throw new ExitError("rolled-back", failures.join("\n"));
    }
}

/** The manifest, or nothing where it cannot be read: the update has succeeded, and what is missing is a warning. */
function deployedManifest({ stack, say }: Session, plan: Plan, state: State): Manifest | undefined {
    try {
        const manifest = readManifest(state, stack);
        const missing = resourcesWithoutArn(manifest, plan);
        if (missing.length > 0) {
            say(`warning: the manifest has no ARN of ${missing.join(", ")}: run \`refresh\`, then \`up\``);
        }
        return manifest;
    } catch (error) {
        say(`warning: no manifest was written: ${firstLineOfError(error)}`);
        return undefined;
    }
}
