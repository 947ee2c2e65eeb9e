import { createHash, randomBytes } from "node:crypto";

/** 128 bits as letters a to p: digits could by chance look like a card number. */
const asId = (bytes: Buffer): string =>
    bytes
        .subarray(0, 16)
        .toString("hex")
        .replace(/\d/g, (digit) => "ghijklmnop".charAt(Number(digit)));

/** A random ID. */
export const newId = (): string => asId(randomBytes(16));

/** The ID that always follows from these texts, and from no others. */
export const idOf = (...texts: readonly string[]): string =>
    asId(createHash("sha256").update(JSON.stringify(texts)).digest());
