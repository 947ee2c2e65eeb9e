import { regionKey } from "../../lib/settings/problem.ts";
import { shownSteps } from "../deploy/display/operation-log.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
import { runOperation } from "../deploy/run-operation.ts";
import { requireDeployedStack, type Session } from "../deploy/session.ts";
import { readState } from "../../plan/state.ts";
import { readStack } from "../../plan/stack-file.ts";
import { findUnplanned, type UnplannedFindings } from "./find.ts";
import { formatCount, buildDriftReport, describeUnplanned } from "./report.ts";

/**
 * Shows where AWS differs from the state, and what AWS has that is in no plan. Changes neither AWS nor the state.
 *
 * @throws ExitError `drift` when there is any, `failed` when something could not be looked at
 */
export async function drift(session: Session): Promise<void> {
    const { root, stack, say, out, json, onTerminal } = session;
    const region = readStack(root, stack).config[regionKey] ?? "";
    const deployed = await requireDeployedStack(session);
    const state = await readState(deployed);
    // The standard output is for the JSON.
    const toError = (text: string): void => {
        say(text.trimEnd());
    };
    const previewSession = { ...session, out: json ? toError : out, onTerminal: onTerminal && json !== true };
    const changed = shownSteps(await runOperation(previewSession, deployed, "previewRefresh"));
    const found = await findUnplanned(await session.createClients(region), state);
    if (json) {
        out(toJsonText(buildDriftReport(stack, changed, found)));
    } else {
        found.unplanned.map(describeUnplanned).forEach(say);
    }
    throwIfDrifted(changed.length, found);
    say(`no drift: ${countsText(found)}, and AWS has what the state says`);
}

/** @throws ExitError unless every list was read and there is no drift */
function throwIfDrifted(changed: number, found: UnplannedFindings): void {
    const { unplanned, unread } = found;
    if (unread.length > 0) {
        const title = `${formatCount(unread.length, "list")} could not be read, so what stands there is unknown:`;
        throw new ExitError("failed", [title, ...unread].join("\n  "));
    }
    if (changed + unplanned.length > 0) {
        throw new ExitError(
            "drift",
            `drift: ${formatCount(changed, "resource")} otherwise than the state, ${formatCount(unplanned.length, "addition")} ` +
                `that nobody planned (${countsText(found)}); nothing was changed`,
        );
    }
}

const countsText = ({ lists, known, byAws }: UnplannedFindings): string =>
    `${formatCount(lists, "list")} read, ${known} entries planned, ${byAws} made by AWS`;
