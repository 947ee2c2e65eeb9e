import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** PostgreSQL's default, `scram_iterations`: https://www.postgresql.org/docs/17/runtime-config-connection.html */
const iterations = 4096;

/**
 * What PostgreSQL stores in place of a password, and accepts in place of one where a password is set. Nobody can log in with it, or
 * calculate a random password from it: https://www.postgresql.org/docs/17/catalog-pg-authid.html, RFC 5803.
 *
 * @param password of ASCII characters
 */
export function passwordVerifier(password: string, salt: Buffer = randomBytes(16)): string {
    const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
    const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
    const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
    return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${hmac("Server Key").toString("base64")}`;
}
