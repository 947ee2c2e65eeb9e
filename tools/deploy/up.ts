import { relative, resolve } from "node:path";
import type { Consequence } from "../../analysis/difference/consequence.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Manifest } from "../../lib/manifest.ts";
import type { Plan } from "../../plan/plan.ts";
import { settingsOf, today } from "../../plan/settings.ts";
import { confirmConsequences } from "./acceptance.ts";
import { readAcceptFile, updateOf, type Update } from "./accept-file.ts";
import { confirmYes, mustBeAnswerable } from "./confirm.ts";
import { reasonOf, Stop } from "./exit.ts";
import { manifestOf, withoutArn, writeFiles } from "./files.ts";
import { operate } from "./operate.ts";
import { preflight } from "./preflight.ts";
import { previewed } from "./preview.ts";
import { brokenPromises } from "../../checks/broken-rules.ts";
import { recover } from "./recover.ts";
import { findStack, makeStack, type DeployedStack, type Session } from "./session.ts";
import { settle } from "./settle.ts";
import { emptyState, hasResources, readState, type State } from "../../plan/state.ts";

/** Checks, previews, asks for what only a person may accept, then for a yes; updates, waits for the services. */
export async function up(session: Session): Promise<void> {
    mustBeAnswerable(session, "An update");
    const { plan, settings } = await planned(session);
    const found = await findStack(session);
    const state = found === undefined ? emptyState : await readState(found);
    await check(session, plan, settings, state);
    const deployed = found ?? (await makeStack(session));
    const isRecovered = await recover(session, await session.connect(settings.region), deployed, state);
    await confirmUpdate(session, deployed, plan, isRecovered ? await readState(deployed) : state);
    await operate(session, deployed, "update");
    await afterwards(session, plan, await readState(deployed), settings.region);
}

/** Previews and asks; a new stack is not previewed where `--yes` answers, as nothing of it can be lost. */
async function confirmUpdate(session: Session, stack: DeployedStack, plan: Plan, state: State): Promise<void> {
    const isNew = !hasResources(state);
    const consequences = isNew && session.yes ? [] : await previewed(session, stack, plan, state);
    await confirmConsequences(session, consequences, acceptedOf(session, updateOf(plan, state), consequences));
    await confirmYes(session, `Update ${session.stack}`);
}

/** What options and the file accept. The file of an earlier update must not hold up one that asks for nothing. */
function acceptedOf(
    { root, accept, acceptFile: file, say }: Session,
    update: Update,
    consequences: readonly Consequence[],
): readonly string[] {
    if (file === undefined) {
        return accept;
    }
    if (consequences.length === 0) {
        say(`warning: ${file} is not read: this update asks for nothing. Delete it`);
        return accept;
    }
    return [...accept, ...readAcceptFile(resolve(root, file), update, consequences)];
}

async function planned({
    root,
    stack,
    say,
    plan: planOf,
}: Session): Promise<{ plan: Plan; settings: PlatformSettings }> {
    const plan = await planOf(root, stack);
    plan.messages.forEach(say);
    return { plan, settings: settingsOf(root, stack) };
}

/** @throws Stop `refused` with every problem of the plan, the account, the region and the domain */
async function check(session: Session, plan: Plan, settings: PlatformSettings, state: State): Promise<void> {
    const { say, root, stack, rules } = session;
    const { problems, warnings } = await preflight(await session.connect(settings.region), { plan, settings, state });
    warnings.forEach((warning) => {
        say(`warning: ${warning}`);
    });
    const all = [...problems, ...brokenPromises(root, await rules(), { plan, settings }, today())];
    if (all.length > 0) {
        const count = all.length === 1 ? "1 problem" : `${all.length} problems`;
        throw new Stop("refused", [`${stack} cannot be updated, ${count}:`, ...all].join("\n  "));
    }
    say("preflight: ready");
}

async function afterwards(session: Session, plan: Plan, state: State, region: string): Promise<void> {
    const { root, stack, say, pace } = session;
    writeFiles(root, stack, state.outputs, deployedManifest(session, plan, state)).forEach((file) => {
        say(`wrote ${relative(root, file)}`);
    });
    const { ecs } = await session.connect(region);
    const { lines, failures } = await settle(ecs, state, pace, say);
    lines.forEach(say);
    if (failures.length > 0) {
        throw new Stop("rolled-back", failures.join("\n"));
    }
}

/** The manifest, or nothing where it cannot be read: the update has succeeded, and what is missing is a warning. */
function deployedManifest({ stack, say }: Session, plan: Plan, state: State): Manifest | undefined {
    try {
        const manifest = manifestOf(state, stack);
        const missing = withoutArn(manifest, plan);
        if (missing.length > 0) {
            say(`warning: the manifest has no ARN of ${missing.join(", ")}: run \`refresh\`, then \`up\``);
        }
        return manifest;
    } catch (error) {
        say(`warning: no manifest was written: ${reasonOf(error)}`);
        return undefined;
    }
}
