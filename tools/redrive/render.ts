import { toJsonText } from "../frame/json-output.ts";
import { formatColumns } from "../frame/table.ts";
import type { MaskedMessage } from "./masked.ts";
import type { FoundQueue } from "./queues.ts";

export const messagesJson = ({ name, visible, inFlight }: FoundQueue, messages: readonly MaskedMessage[]): string =>
    toJsonText({
        deadLetterQueue: name,
        approximateMessages: visible,
        approximateInFlight: inFlight,
        messages,
    });

const columns = ["id", "age", "left", "receives", "correlation id", "why it is here"];

/** A line for each message, and one for the names and types of its content. */
export function messagesText(queue: FoundQueue, messages: readonly MaskedMessage[], now: number): string {
    const rows = messages.map(({ id, sentAt, expiresAt, receives, correlationId = "", reason }) => [
        id,
        durationText(now - Date.parse(sentAt)),
        durationText(Date.parse(expiresAt) - now),
        `${receives}`,
        correlationId,
        reason,
    ]);
    const [heading = "", ...lines] = formatColumns([columns, ...rows]);
    return [
        `${queue.name}: about ${queue.visible} messages, and ${queue.inFlight} that another receiver has; ` +
            `${messages.length} shown, without their values`,
        ...(messages.length === 0 ? [] : [heading]),
        ...messages.flatMap((message, i) => [lines[i] ?? "", `    ${contentText(message)}`]),
        "",
    ].join("\n");
}

const contentText = ({ shape, attributes }: MaskedMessage): string =>
    [shape, ...Object.entries(attributes).map(([name, type]) => `attribute ${name}: ${type}`)].join("; ");

/** Days, hours or minutes, rounded down. */
function durationText(milliseconds: number): string {
    const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
    if (minutes >= 2 * 1440) {
        return `${Math.floor(minutes / 1440)} d`;
    }
    return minutes >= 2 * 60 ? `${Math.floor(minutes / 60)} h` : `${minutes} min`;
}
