import { randomBytes } from "node:crypto";

/** A random ID of 128 bits, as letters a to p: digits could by chance look like a card number. */
export const newId = (): string =>
    randomBytes(16)
        .toString("hex")
        .replace(/\d/g, (digit) => "ghijklmnop".charAt(Number(digit)));
