import type { Connection } from "../common/database.ts";

/**
 * Seconds for which the oldest payment has been `accepted` and `authorized`, by metric; 0 where none is. All tasks send them, and they
 * are the same for all: an alarm takes their maximum.
 *
 * Each subquery reads one entry of the index `payment_unfinished` (0003-unfinished.sql), however many payments there are.
 */
export async function unfinishedAges(
    connection: Pick<Connection, "query">,
): Promise<{ AcceptedAge: number; AuthorizedAge: number }> {
    const { rows } = await connection.query<{ accepted: string; authorized: string }>(unfinishedAgesSql);
    const [row] = rows;
    return { AcceptedAge: Number(row?.accepted), AuthorizedAge: Number(row?.authorized) };
}

const ageIn = (status: "accepted" | "authorized") =>
    `greatest(0, coalesce(extract(epoch FROM now() -
        (SELECT min(updated_at) FROM payments.payment WHERE status = '${status}')), 0)) AS ${status}`;

export const unfinishedAgesSql = `SELECT ${ageIn("accepted")}, ${ageIn("authorized")}`;
