import { regionKey } from "../../lib/settings/problem.ts";
import { shownSteps } from "../deploy/display/operation-log.ts";
import { Stop } from "../deploy/exit.ts";
import { asJson } from "../deploy/files.ts";
import { operate } from "../deploy/operate.ts";
import { existingStack, type Session } from "../deploy/session.ts";
import { readState } from "../../plan/state.ts";
import { readStack } from "../../plan/stack-file.ts";
import { findUnplanned, type Found } from "./find.ts";
import { count, driftReport, unplannedInWords } from "./report.ts";

/**
 * Tells what AWS has otherwise than the state, and what stands there that nobody planned. Changes neither AWS nor the state.
 *
 * @throws Stop `drift` when there is any, `failed` when something could not be looked at
 */
export async function drift(session: Session): Promise<void> {
    const { root, stack, say, out, json, onTerminal } = session;
    const region = readStack(root, stack).config[regionKey] ?? "";
    const deployed = await existingStack(session);
    const state = await readState(deployed);
    // The standard output is for the JSON.
    const toError = (text: string): void => {
        say(text.trimEnd());
    };
    const shown = { ...session, out: json ? toError : out, onTerminal: onTerminal && !json };
    const changed = shownSteps(await operate(shown, deployed, "previewRefresh"));
    const found = await findUnplanned(await session.connect(region), state);
    if (json) {
        out(asJson(driftReport(stack, changed, found)));
    } else {
        found.unplanned.map(unplannedInWords).forEach(say);
    }
    end(changed.length, found);
    say(`no drift: ${countsOf(found)}, and AWS has what the state says`);
}

/** @throws Stop unless all was looked at and there is nothing to tell */
function end(changed: number, found: Found): void {
    const { unplanned, unread } = found;
    if (unread.length > 0) {
        const title = `${count(unread.length, "list")} could not be read, so what stands there is unknown:`;
        throw new Stop("failed", [title, ...unread].join("\n  "));
    }
    if (changed + unplanned.length > 0) {
        throw new Stop(
            "drift",
            `drift: ${count(changed, "resource")} otherwise than the state, ${count(unplanned.length, "addition")} ` +
                `that nobody planned (${countsOf(found)}); nothing was changed`,
        );
    }
}

const countsOf = ({ lists, known, byAws }: Found): string =>
    `${count(lists, "list")} read, ${known} entries planned, ${byAws} made by AWS`;
