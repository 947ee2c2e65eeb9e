import { relative } from "node:path";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan } from "../plan/plan.ts";
import { settingsOf, today } from "../plan/settings.ts";
import { Changes } from "./changes.ts";
import { confirmYes, mustBeAnswerable } from "./confirm.ts";
import { Stop } from "./exit.ts";
import { writeFiles } from "./files.ts";
import { preflight } from "./preflight.ts";
import { brokenPromises } from "./rules.ts";
import { findStack, makeStack, streamed, type Session } from "./session.ts";
import { settle } from "./settle.ts";
import { emptyState, readState, type State } from "./state.ts";

/** Checks, previews, asks, updates, waits for the services. */
export async function up(session: Session): Promise<void> {
    const { stack } = session;
    mustBeAnswerable(session, "An update");
    const { plan, settings } = await planned(session);
    const found = await findStack(session);
    await check(session, plan, settings, found === undefined ? emptyState : await readState(found));
    const deployed = found ?? (await makeStack(session));
    if (!session.yes) {
        const changes = new Changes();
        await streamed(session, "Preview", (shown) => deployed.preview({ ...shown, onEvent: changes.planned }));
        changes.losses.forEach((line) => {
            session.say(`data goes with it: ${line}`);
        });
        await confirmYes(session, `Update ${stack}`);
    }
    await streamed(session, "Update", (shown) => deployed.up(shown));
    await afterwards(session, await readState(deployed), settings.region);
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

async function afterwards(session: Session, state: State, region: string): Promise<void> {
    const { root, stack, say, pace } = session;
    writeFiles(root, stack, state).forEach((file) => {
        say(`wrote ${relative(root, file)}`);
    });
    const { ecs } = await session.connect(region);
    const { lines, failures } = await settle(ecs, state, pace);
    lines.forEach(say);
    if (failures.length > 0) {
        throw new Stop("rolled-back", failures.join("\n"));
    }
}
