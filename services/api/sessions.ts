import type { Cache } from "../common/cache.ts";
import { newId } from "../common/ids.ts";
import { Problem } from "../common/problem.ts";
import { session as sessionSchema, type Session } from "./schemas.ts";

/** Seconds for which a customer may complete a payment. */
const sessionSeconds = 30 * 60;

const sessionKey = (merchantId: string, id: string): string => `session:${merchantId}:${id}`;

/** @throws Problem `unavailable` if Redis did not store it */
export async function createSession(
    cache: Cache,
    merchantId: string,
    amount: Pick<Session, "amountMinor" | "currency" | "reference">,
): Promise<Session> {
    const sessionId = newId();
    const expiresAt = new Date(Date.now() + sessionSeconds * 1_000).toISOString();
    const session = { sessionId, ...amount, expiresAt };
    if (!(await cache.set(sessionKey(merchantId, sessionId), JSON.stringify(session), sessionSeconds))) {
        throw new Problem("unavailable");
    }
    return session;
}

/**
 * @throws Problem `session-not-found` if Redis has lost it, if it has expired, or if it is another merchant's; `unavailable`
 *   if Redis does not answer
 */
export async function readSession(cache: Cache, merchantId: string, sessionId: string): Promise<Session> {
    const cached = await cache.get(sessionKey(merchantId, sessionId));
    switch (cached.is) {
        case "found":
            return sessionSchema.parse(JSON.parse(cached.value));
        case "missing":
            throw new Problem("session-not-found");
        case "unavailable":
            throw new Problem("unavailable");
    }
}
