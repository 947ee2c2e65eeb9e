import { createHash, randomBytes } from "node:crypto";
import { lettersOfHex } from "../../validator/card-data.ts";

/** 128 bits as letters: digits could by chance look like a card number. */
const asId = (bytes: Buffer): string => lettersOfHex(bytes.subarray(0, 16).toString("hex"));

/** A random ID. */
export const newId = (): string => asId(randomBytes(16));

/** SHA-256 of these texts, each apart: `ab`, `c` has another one than `a`, `bc`. */
export const hashOfTexts = (...texts: readonly string[]): Buffer =>
    createHash("sha256").update(JSON.stringify(texts)).digest();

/** The ID that always follows from these texts, and from no others. */
export const idOf = (...texts: readonly string[]): string => asId(hashOfTexts(...texts));

/** What these give. */
export const newIdPattern = /^[a-z]{32}$/;
