import { hash } from "node:crypto";

/** For `JSON.stringify`: objects that differ only in the order of their keys give the same text. */
export const sortedKeys = (_: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;

/** SHA-256 of a value's JSON in hexadecimal digits, whatever the order of its keys. */
export const sha256Of = (value: unknown): string => hash("sha256", JSON.stringify(value, sortedKeys));

/** Eight hexadecimal digits for the name of what a list of the settings contains: the same wherever the list has it. */
export const shortHashOf = (text: string): string => sha256Of(text).slice(0, 8);
