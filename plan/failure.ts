import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";

/** An error of the operator, whose message needs no source position. */
export const isSettingsError = (failure: unknown): boolean => pulumi.RunError.isInstance(failure);

/** The failure in one line with its source position; for an error of the operator the message alone. */
export function describeFailure(failure: unknown): string {
    if (!(failure instanceof Error)) {
        return `the program failed with ${String(failure)}`;
    }
    // Pulumi names each property that waits for the value that failed.
    const message = failure.message.replace(/^(?:error serializing property "[^"]*": )+/, "");
    if (isSettingsError(failure)) {
        return message;
    }
    const what = message.includes("Calling [toString] on an [Output")
        ? "an Output is put in a string: use pulumi.interpolate or pulumi.jsonStringify"
        : message.replace(/\n[^]*$/, "");
    const place = sourceLocationIn(String(failure.stack));
    return place === undefined ? what : `${what} (${place})`;
}

/** File and line of the innermost call in the program's own code. */
function sourceLocationIn(stack: string): string | undefined {
    // After ` at `, perhaps with the function's name and a bracket: a path, or the URL of a module.
    for (const [, file, line] of stack.matchAll(/^\s+at (?:.* \(|async )?(\S+):(\d+):\d+\)?$/gm)) {
        const path = String(file);
        if (!/node_modules|^node:/.test(path)) {
            return `${relative(process.cwd(), path.startsWith("file:") ? fileURLToPath(path) : path)}:${String(line)}`;
        }
    }
    return undefined;
}
