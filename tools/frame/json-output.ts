import type { JsonDestination } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { writeOutputFile } from "./output-file.ts";

/** A value as JSON that people can read, too. */
export const toJsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Writes JSON to a file or to the standard output.
 *
 * @param what the content, such as `6 nodes`: a file is confirmed by a line
 */
export function writeJson(
    { root, out }: Pick<CommandContext, "root" | "out">,
    content: object,
    what: string,
    to: Exclude<JsonDestination, undefined>,
): void {
    const text = toJsonText(content);
    if (to === true) {
        out(text);
        return;
    }
    writeOutputFile(root, to, text);
    out(`${what} written to ${to}\n`);
}
