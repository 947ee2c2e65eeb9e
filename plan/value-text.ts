import * as pulumi from "@pulumi/pulumi";
import { Secret } from "./value.ts";

/** Characters of a value that are shown: a repository's URL with a digest fits. */
const maxTextLength = 200;

/** A value in one line, whole. A secret is shown as such, as the engine does. */
export function valueLine(value: unknown): string {
    if (value === undefined) {
        return "nothing";
    }
    if (value instanceof Secret) {
        return "[secret]";
    }
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.replaceAll(pulumi.runtime.unknownValue, "(known after the update)").replace(/\s+/g, " ");
}

/** As `valueLine`, cut where it is long. */
export function valueText(value: unknown): string {
    const line = valueLine(value);
    return line.length > maxTextLength ? `${line.slice(0, maxTextLength)}... (${line.length} characters)` : line;
}
