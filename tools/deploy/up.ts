import { relative } from "node:path";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Manifest } from "../../lib/manifest.ts";
import type { Plan } from "../plan/plan.ts";
import { settingsOf, today } from "../plan/settings.ts";
import { confirmYes, mustBeAnswerable } from "./confirm.ts";
import { reasonOf, Stop } from "./exit.ts";
import { manifestOf, withoutArn, writeFiles } from "./files.ts";
import { operate } from "./operate.ts";
import { preflight } from "./preflight.ts";
import { brokenPromises } from "./rules.ts";
import { recover } from "./recover.ts";
import { findStack, makeStack, type Session } from "./session.ts";
import { settle } from "./settle.ts";
import { emptyState, readState, type State } from "./state.ts";

/** Checks, previews, asks, updates, waits for the services. */
export async function up(session: Session): Promise<void> {
    const { stack } = session;
    mustBeAnswerable(session, "An update");
    const { plan, settings } = await planned(session);
    const found = await findStack(session);
    const state = found === undefined ? emptyState : await readState(found);
    await check(session, plan, settings, state);
    const deployed = found ?? (await makeStack(session));
    await recover(session, deployed, state);
    if (!session.yes) {
        await operate(session, deployed, "preview");
        await confirmYes(session, `Update ${stack}`);
    }
    await operate(session, deployed, "update");
    await afterwards(session, plan, await readState(deployed), settings.region);
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
