import { randomBytes } from "node:crypto";
import { lettersOfHex } from "../../validator/card-data.ts";

/** A random ID of 128 bits. */
export const newId = (): string => lettersOfHex(randomBytes(16).toString("hex"));

/** What `newId` gives. */
export const newIdPattern = /^[a-z]{32}$/;
