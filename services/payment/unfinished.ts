import type { Connection } from "../common/database.ts";

interface UnfinishedAges {
    readonly AcceptedAge: number;
    readonly AuthorizedAge: number;
    readonly RefundAge: number;
}

/**
 * Seconds for which the oldest payment has been `accepted` and `authorized`, and the oldest refund `requested`, by metric; 0 where none
 * is. All tasks send them, and they are the same for all: an alarm takes their maximum.
 *
 * Each subquery reads the first entry of an index, `payment_unfinished` (0003-unfinished.sql) or `refund_requested`
 * (0004-requested-refunds.sql), behind those of payments and refunds that have ended since the last vacuum (docs/services.md).
 */
export async function unfinishedAges(connection: Pick<Connection, "query">): Promise<UnfinishedAges> {
    const { rows } = await connection.query<{ accepted: string; authorized: string; requested: string }>(
        unfinishedAgesSql,
    );
    const [row] = rows;
    return {
        AcceptedAge: Number(row?.accepted),
        AuthorizedAge: Number(row?.authorized),
        RefundAge: Number(row?.requested),
    };
}

const ageIn = (status: string, time: string, table: string) =>
    `greatest(0, coalesce(extract(epoch FROM now() -
        (SELECT min(${time}) FROM payments.${table} WHERE status = '${status}')), 0)) AS ${status}`;

export const unfinishedAgesSql = `SELECT ${ageIn("accepted", "updated_at", "payment")},
    ${ageIn("authorized", "updated_at", "payment")},
    ${ageIn("requested", "created_at", "refund")}`;
