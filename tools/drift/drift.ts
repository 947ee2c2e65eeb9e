import { regionKey } from "../../lib/settings/problem.ts";
import { shownSteps } from "../deploy/display/operation-log.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
import { runOperation } from "../deploy/run-operation.ts";
import { requireDeployedStack, type Session } from "../deploy/session.ts";
import { readState } from "../../plan/state.ts";
import { readStack } from "../../plan/stack-file.ts";
import { findResourcesNotInState, type ListingFindings } from "./find.ts";
import { formatCount, buildDriftReport, describeResourceNotInState } from "./report.ts";

/**
 * Shows where resources in AWS differ from the state, and resources in AWS that are not in the state. Changes neither.
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
    session.progress.step("listing the stack's resources in AWS");
    const found = await findResourcesNotInState(await session.createClients(region), state);
    if (json) {
        out(toJsonText(buildDriftReport(stack, changed, found)));
    } else {
        found.notInState.map(describeResourceNotInState).forEach(say);
    }
    throwIfDrifted(changed.length, found);
    say(`no drift: ${countsText(found)}, and AWS has what the state says`);
}

/** @throws ExitError unless every list was read and there is no drift */
function throwIfDrifted(changed: number, found: ListingFindings): void {
    const { notInState, unread } = found;
    if (unread.length > 0) {
        const title = `${formatCount(unread.length, "list")} could not be read, so the resources there are unknown:`;
        throw new ExitError("failed", [title, ...unread].join("\n  "));
    }
    if (changed + notInState.length > 0) {
        throw new ExitError(
            "drift",
            `drift: ${formatCount(changed, "resource")} with other values than the state, ` +
                `${formatCount(notInState.length, "resource")} in AWS but not in the state (${countsText(found)}); nothing was changed`,
        );
    }
}

const countsText = ({ lists, known, byAws }: ListingFindings): string =>
    `${formatCount(lists, "list")} read, ${known} entries in the state, ${byAws} made by AWS`;
