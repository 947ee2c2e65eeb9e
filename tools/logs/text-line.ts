import { escapeControls } from "../frame/text.ts";
import type { LogRecord } from "./read.ts";

/** A record as a line of text. @param sourceWidth characters of the longest name of a source */
export const textLine = (
    { source, time, message }: Pick<LogRecord, "source" | "time" | "message">,
    sourceWidth: number,
): string => `${new Date(time).toISOString()}  ${source.padEnd(sourceWidth)}  ${escapeControls(message)}\n`;
