import { regionKey } from "../../lib/settings/problem.ts";
import { Changes } from "../deploy/changes.ts";
import { Stop } from "../deploy/exit.ts";
import { asJson } from "../deploy/files.ts";
import { existingStack, streamed, type Session } from "../deploy/session.ts";
import { readState } from "../deploy/state.ts";
import { readStack } from "../plan/stack-file.ts";
import { findUnplanned, type Found } from "./find.ts";
import { count, unplannedInWords } from "./report.ts";

/**
 * Tells what AWS has otherwise than the state, and what stands there that nobody planned. Changes neither AWS nor the state.
 *
 * @throws Stop `drift` when there is any, `failed` when something could not be looked at
 */
export async function drift(session: Session): Promise<void> {
    const { root, stack, say, out, json } = session;
    const region = readStack(root, stack).config[regionKey] ?? "";
    const deployed = await existingStack(session);
    const state = await readState(deployed);
    const changes = new Changes();
    // The standard output is for the JSON.
    const toError = (text: string): void => {
        say(text.trimEnd());
    };
    await streamed({ ...session, out: json ? toError : out }, "Refresh", (shown) =>
        deployed.previewRefresh({ ...shown, onEvent: changes.found }),
    );
    const found = await findUnplanned(await session.connect(region), state);
    if (json) {
        out(asJson({ stack, changed: changes.drift, ...found }));
    } else {
        changes.drift.forEach((line) => {
            say(`otherwise than the state: ${line}`);
        });
        found.unplanned.map(unplannedInWords).forEach(say);
    }
    end(changes.drift.length, found);
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
