import { holdsCardNumber } from "../../validator/card-data.ts";
import { ExitError } from "../frame/exit.ts";

/** Which messages to send back: all, the first ones that SQS gives, or those with these IDs. */
export type Selection = "all" | number | readonly string[];

/** Messages that one command looks at, or sends one by one. For more there is `all`. */
export const maxMessages = 100;

/** @throws ExitError `usage` unless it is `all`, one number up to `maxMessages`, or IDs of messages */
export function parseSelection(words: readonly string[]): Selection {
    const [first = ""] = words;
    if (words.length === 1 && first === "all") {
        return "all";
    }
    if (words.length === 1 && /^[1-9]\d*$/.test(first) && Number(first) <= maxMessages) {
        return Number(first);
    }
    if (
        words.length <= maxMessages &&
        words.every((word) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(word))
    ) {
        return [...new Set(words)];
    }
    throw new ExitError("usage", `--send must be all, a number from 1 to ${maxMessages}, or the IDs of messages`);
}

/** @throws ExitError `usage` for a reason that is empty, too long, or holds a card number, which it does not repeat */
export function checkReason(reason: string): void {
    if (reason.trim() === "" || reason.length > 500) {
        throw new ExitError("usage", "--reason must have 1 to 500 characters");
    }
    if (holdsCardNumber(reason)) {
        throw new ExitError("usage", "--reason must contain no card number, for it is recorded");
    }
}
