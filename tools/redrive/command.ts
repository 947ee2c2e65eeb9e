import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { confirmYes } from "../deploy/confirm.ts";
import { requireCaller } from "../frame/account.ts";
import { argument, defineCommand, flag, option, repeatableOption } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";
import { recordOperation, type OperatorAction } from "../frame/operation-record.ts";
import { isEntryOf, stackArgument } from "../frame/stack-argument.ts";
import { maskMessage, type MaskedMessage } from "./masked.ts";
import { messagesJson, messagesText } from "./render.ts";
import { deadLetterQueueOf, findQueue, type FoundQueue } from "./queues.ts";
import { withMessages, type ReceiveOptions } from "./receive.ts";
import { checkReason, maxMessages, parseSelection, type Selection } from "./selection.ts";
import { moveAll, sendMessages, throwIfIncomplete, type Redrive, type RedriveResult } from "./send.ts";

const spec = {
    arguments: {
        stack: stackArgument,
        queue: argument("<queue>", "name of a queue in the settings; validator and alerts can be shown, too", {
            isName: (word, root) => isEntryOf("queues", word, root),
        }),
    },
    options: {
        send: repeatableOption("<what>", "send back: all, a number of messages, or the ID of one"),
        reason: option("<text>", "with --send: why, for the record; no data of customers"),
        yes: flag("with --send: do not ask (CI)", { onlyWith: { option: "send" } }),
        json: flag("write what is shown as JSON", { conflicts: ["send"] }),
    },
    helpText: "Without --send it sends nothing. See docs/operations.md.",
    exitReasons: ["done", "failed", "usage", "unconfirmed", "not-deployed", "cancelled"] as const,
};

/** Time in which a message that is only shown is not given to others: that of some calls. */
const lookSeconds = 60;
/** The same of messages that are sent one by one. */
const sendSeconds = 600;

export const command = defineCommand(spec, async ({ stack, queue, send, reason, yes, json }, context) => {
    const settings = readSettingsOfStack(context.root, stack);
    const { name, sourceName, sentBy } = deadLetterQueueOf(settings, queue);
    const selection = send && parseSelection(send);
    if ((selection === undefined) !== (reason === undefined)) {
        throw new ExitError("usage", "give --send and --reason together");
    }
    checkReason(reason ?? "none");
    if (selection !== undefined && sourceName === undefined) {
        throw new ExitError(
            "usage",
            `the messages of ${name} are from ${sentBy ?? ""}: there is no queue to send them to`,
        );
    }
    const clients = await context.createClients(settings.region);
    const caller = await requireCaller(clients, settings.accountId);
    const deadLetters = await findQueue(clients.sqs, name, true);
    const { clock, interrupt, progress, say } = context;
    progress.step(`receiving messages of ${name}`);
    const shown = await interrupt.waitFor(
        () => look(clients.sqs, deadLetters, selection, context),
        "the messages that were read are visible again",
    );
    context.out(json ? messagesJson(deadLetters, shown) : messagesText(deadLetters, shown, clock.now()));
    if (selection === undefined || reason === undefined || sourceName === undefined) {
        return;
    }
    requireMessages(selection, deadLetters, shown);
    const source = await findQueue(clients.sqs, sourceName, false);
    const count = selection === "all" ? `all messages, about ${deadLetters.visible},` : `${shown.length} of them`;
    await confirmYes({ yes, terminal: context.terminal }, `Send ${count} back to ${sourceName}`);
    const redrive = { sqs: clients.sqs, deadLetters, source, clock, signal: interrupt.signal, say };
    const operation = { s3: clients.s3, clock, caller, suffix: settings.environmentSuffix, stack, reason };
    progress.step(`sending messages to ${sourceName}`);
    const ids = selection === "all" ? undefined : shown.map(({ id }) => id);
    await interrupt.waitFor(
        () => sendAndRecord(redrive, operation, ids),
        "what was sent back stays there, and the record says how much",
    );
});

const look = (
    sqs: Redrive["sqs"],
    queue: FoundQueue,
    selection: Selection | undefined,
    { interrupt, say }: CommandContext,
): Promise<MaskedMessage[]> =>
    withMessages(
        sqs,
        queue,
        {
            ...limitOf(selection),
            ...{ visibilitySeconds: lookSeconds, signal: interrupt.signal, say },
        },
        (messages) => Promise.resolve(messages.map((message) => maskMessage(message, queue.retentionSeconds))),
    );

/** How many messages to receive, and which ones; those with IDs until all of them are found. */
function limitOf(selection: Selection | undefined): Pick<ReceiveOptions, "limit" | "ids"> {
    if (selection === undefined || selection === "all") {
        return { limit: maxMessages };
    }
    return typeof selection === "number" ? { limit: selection } : { limit: selection.length, ids: selection };
}

/** @throws ExitError `failed` where a message is not there */
function requireMessages(selection: Selection, { name }: FoundQueue, shown: readonly MaskedMessage[]): void {
    const missing = Array.isArray(selection) ? selection.filter((id) => !shown.some((each) => each.id === id)) : [];
    if (missing.length > 0 || shown.length === 0) {
        const what = missing.length > 0 ? missing.join(", ") : "no message";
        throw new ExitError("failed", `${name} gives ${what}${missing.length > 0 ? " not" : ""}; nothing was sent`);
    }
}

/**
 * Records who sends what and why before anything is sent, and afterwards what was sent.
 *
 * @param ids of the messages to send; all where there are none
 */
async function sendAndRecord(
    redrive: Redrive,
    operation: OperatorAction,
    ids: readonly string[] | undefined,
): Promise<void> {
    const { deadLetters, source, say } = redrive;
    const queues = { from: deadLetters.name, to: source.name };
    await recordOperation(operation, "redrive.requested", { ...queues, messages: ids ?? "all" });
    const result = await sendBack(redrive, ids).catch((error: unknown): RedriveResult => ({
        sent: 0,
        problem: firstLineOfError(error),
    }));
    say(`${result.sent} sent back to ${source.name}`);
    const event = result.problem === undefined ? "redrive.done" : "redrive.failed";
    await recordOperation(operation, event, { ...queues, ...result });
    throwIfIncomplete(result);
}

async function sendBack(redrive: Redrive, ids: readonly string[] | undefined): Promise<RedriveResult> {
    const { sqs, deadLetters, signal, say } = redrive;
    if (signal.aborted) {
        return { sent: 0, problem: "cancelled" };
    }
    if (ids === undefined) {
        return moveAll(redrive);
    }
    const options = { limit: ids.length, ids, visibilitySeconds: sendSeconds, signal, say };
    return withMessages(sqs, deadLetters, options, async (messages) => {
        const { problem, ...result } = await sendMessages(redrive, messages);
        return { ...result, problem: problem ?? missingProblem(ids.length - messages.length, signal) };
    });
}

/** Why messages that were shown were not received to be sent; nothing where all were. */
function missingProblem(count: number, signal: AbortSignal): string | undefined {
    if (count === 0) {
        return undefined;
    }
    return signal.aborted ? "cancelled" : `${count} were no longer received`;
}
