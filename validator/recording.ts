import { writeAuditRecord } from "./audit.ts";
import type { Aws } from "./aws.ts";
import type { Config } from "./config.ts";
import type { Payment } from "./payment.ts";
import { commit, isCommitted, reserve, type Conflict, type Reservation } from "./transactions.ts";

export type Recorded = { is: "accepted" | "replayed"; answer: string } | Conflict;

/**
 * Records a payment once: reserve, audit, commit.
 *
 * DynamoDB and S3 share no transaction, so the order makes every stop harmless. The reservation fixes time, expiry and answer; no
 * reader of payments sees it. The audit record is second, so every committed transaction has one. The commit is a
 * single conditional write, and the only step that makes a payment exist. After a stop anywhere, the merchant's retry finds the
 * reservation and does what is missing, until the payment would have expired; a second write of the same step is refused by
 * its condition and counts as done.
 */
export async function recordOnce(
    aws: Aws,
    config: Config,
    payment: Payment,
    idempotencyKey: string,
    wanted: Reservation,
): Promise<Recorded> {
    const reserved = await reserve(aws, config, payment, idempotencyKey, wanted);
    if (reserved.is === "conflict") {
        return reserved;
    }
    const { reservation } = reserved;
    const replayed = { is: "replayed" as const, answer: reservation.answer };
    if (reserved.is === "known") {
        if (await isCommitted(aws, config, payment, reservation)) {
            return replayed;
        }
        if (reservation.recordExpiresAt <= Date.parse(wanted.receivedAt) / 1000) {
            // Recorded and deleted since then, or never recorded: nobody can tell, so it is neither confirmed nor recorded.
            return { is: "conflict", over: "reservation-expired" };
        }
    }
    await writeAuditRecord(aws, config, payment, reservation);
    const first = await commit(aws, config, payment, reservation);
    return first ? { is: "accepted", answer: reservation.answer } : replayed;
}
