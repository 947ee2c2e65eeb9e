import { relative, resolve } from "node:path";
import type { Consequence } from "../../analysis/difference/consequence.ts";
import { staleCopiesOf } from "../../analysis/difference/stale-copies.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { acceptOptionValue } from "./acceptance.ts";
import { digestsOfUpdate, writeAcceptFile } from "./accept-file.ts";
import { conflictsOfUpdate, consequencesOfUpdate, updateOf, type StackUpdate } from "./consequences.ts";
import { shownSteps } from "./display/operation-log.ts";
import { runOperation } from "./run-operation.ts";
import { createOrSelectStack, type DeployedStack, type Session } from "./session.ts";
import { hasResources, logicalNameOf, readState } from "../../plan/state.ts";

/** Shows what an update would change, and what of it only a person may accept. */
export async function preview(session: Session): Promise<void> {
    const { root, stack, say, writeAcceptFile: file } = session;
    const deployed = await createOrSelectStack(session);
    const state = await readState(deployed);
    if (!hasResources(state)) {
        await runOperation(session, deployed, "preview");
        sayNothingToAccept(session);
        return;
    }
    const update = updateOf(await session.planStack(root, stack), state);
    const consequences = await previewConsequences(session, deployed, update);
    conflictsOfUpdate(update, readSettingsOfStack(root, stack)).forEach((conflict) => {
        say(`warning: an update is refused: ${conflict}`);
    });
    if (consequences.length === 0) {
        sayNothingToAccept(session);
        return;
    }
    say("An update asks for each of these, as --yes does not accept it:");
    consequences.forEach((each) => {
        say(`  --accept ${acceptOptionValue(each)}\n      ${each.text}`);
    });
    if (file !== undefined) {
        const path = resolve(root, file);
        writeAcceptFile(path, digestsOfUpdate(update.plan, update.state), consequences);
        say(`wrote ${relative(root, path)}: once it is reviewed, pass it to the update with --accept-file`);
    }
}

/** Previews an update, and finds what of it only a person may accept. */
export async function previewConsequences(
    session: Session,
    stack: DeployedStack,
    update: StackUpdate,
): Promise<Consequence[]> {
    const events = await runOperation(session, stack, "preview");
    staleCopiesOf(shownSteps(events), update.state).forEach(({ urn, deleted }) => {
        session.say(
            `warning: ${logicalNameOf({ urn })} will still contain ${deleted.join(", ")}, which Pulumi deletes after it. ` +
                `\`up\` replaces it once more; after a plain \`pulumi up\` run \`pulumi up --replace '${urn}'\``,
        );
    });
    return consequencesOfUpdate(update, events);
}

function sayNothingToAccept({ say, writeAcceptFile: file }: Session): void {
    if (file !== undefined) {
        say(`${file} was not written: this update needs no acceptance, and an earlier file holds for none`);
    }
}
