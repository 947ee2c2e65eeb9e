import { relative, resolve } from "node:path";
import type { Consequence } from "../../analysis/difference/consequence.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Manifest } from "../../lib/manifest.ts";
import type { Plan } from "../../plan/plan.ts";
import { readSettingsOfStack, today } from "../../plan/stack-settings.ts";
import { confirmConsequences } from "./acceptance.ts";
import { readAcceptFile, digestsOfUpdate, type UpdateDigests } from "./accept-file.ts";
import { confirmYes, requireTerminalUnlessYes } from "./confirm.ts";
import { firstLineOfError, ExitError } from "../frame/exit.ts";
import { readManifest, resourcesWithoutArn, writeOutputFiles } from "./output-files.ts";
import { runOperation } from "./run-operation.ts";
import { runPreflight } from "./preflight.ts";
import { previewConsequences } from "./preview.ts";
import { listBrokenRules } from "../../checks/broken-rules.ts";
import { recover } from "./recover.ts";
import { selectStack, createOrSelectStack, type DeployedStack, type Session } from "./session.ts";
import { waitForRollout } from "./wait-for-rollout.ts";
import { emptyState, hasResources, readState, type State } from "../../plan/state.ts";

/** Checks, previews, has a person accept the consequences, asks for a yes; updates, waits for the services. */
export async function up(session: Session): Promise<void> {
    requireTerminalUnlessYes(session, "An update");
    const { plan, settings } = await planWithSettings(session);
    const found = await selectStack(session);
    const state = found === undefined ? emptyState : await readState(found);
    await requirePassingChecks(session, plan, settings, state);
    const deployed = found ?? (await createOrSelectStack(session));
    const isRecovered = await recover(session, await session.createClients(settings.region), deployed, state);
    await confirmUpdate(session, deployed, plan, isRecovered ? await readState(deployed) : state);
    await runOperation(session, deployed, "update");
    await finishUpdate(session, plan, await readState(deployed), settings.region);
}

/** Previews and asks; with `--yes` a new stack is not previewed, as it holds nothing that could be lost. */
async function confirmUpdate(session: Session, stack: DeployedStack, plan: Plan, state: State): Promise<void> {
    const isNew = !hasResources(state);
    const consequences = isNew && session.yes ? [] : await previewConsequences(session, stack, plan, state);
    await confirmConsequences(
        session,
        consequences,
        readAcceptances(session, digestsOfUpdate(plan, state), consequences),
    );
    await confirmYes(session, `Update ${session.stack}`);
}

/** Acceptances of `--accept` and of the accept file, which is not read for an update without consequences. */
function readAcceptances(
    { root, accept = [], acceptFile: file, say }: Session,
    update: UpdateDigests,
    consequences: readonly Consequence[],
): readonly string[] {
    if (file === undefined) {
        return accept;
    }
    if (consequences.length === 0) {
        say(`warning: ${file} is not read: this update has no consequences. Delete it`);
        return accept;
    }
    return [...accept, ...readAcceptFile(resolve(root, file), update, consequences)];
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

/** @throws ExitError `refused` with every problem of the plan, the account, the region and the domain */
async function requirePassingChecks(
    session: Session,
    plan: Plan,
    settings: PlatformSettings,
    state: State,
): Promise<void> {
    const { say, root, stack, rules } = session;
    const { problems, warnings } = await runPreflight(await session.createClients(settings.region), {
        plan,
        settings,
        state,
    });
    warnings.forEach((warning) => {
        say(`warning: ${warning}`);
    });
    const all = [...problems, ...listBrokenRules(root, await rules(), { plan, settings }, today())];
    if (all.length > 0) {
        const count = all.length === 1 ? "1 problem" : `${all.length} problems`;
        throw new ExitError("refused", [`${stack} cannot be updated, ${count}:`, ...all].join("\n  "));
    }
    say("preflight: ready");
}

async function finishUpdate(session: Session, plan: Plan, state: State, region: string): Promise<void> {
    const { root, stack, say, clock } = session;
    writeOutputFiles(root, stack, state.outputs, deployedManifest(session, plan, state)).forEach((file) => {
        say(`wrote ${relative(root, file)}`);
    });
    const { ecs } = await session.createClients(region);
    const { lines, failures } = await waitForRollout(ecs, state, clock, say);
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
