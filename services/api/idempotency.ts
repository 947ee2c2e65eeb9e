import { requireRow, type Connection } from "../common/database.ts";
import { hashOfTexts, idOf } from "../common/ids.ts";
import { Problem } from "../common/problem.ts";

/** A request that is done once, however often it is sent. */
export interface OnceRequest {
    readonly merchantId: string;
    readonly key: Buffer;
    readonly request: Buffer;
}

/** The same for requests that differ only in the order of the names at the top level of the JSON, and in the quotes of the header. */
export const onceRequest = (merchantId: string, header: string, path: string, body: object): OnceRequest => ({
    merchantId,
    key: hashOfTexts(header.replaceAll('"', "")),
    request: hashOfTexts(path, JSON.stringify(Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1)))),
});

/**
 * ID of what the request makes. It follows from the merchant and the key: where a restore of the database has lost the record of a request, its repetition
 * makes the same payment, and the acquirer, whose keys have this ID, moves no money twice.
 */
export const idFor = ({ merchantId, key }: OnceRequest, what: "payment" | "refund"): string =>
    idOf(what, merchantId, key.toString("hex"));

/**
 * Records the key, whose response follows in the same transaction (`recordResponse`). Waits for a transaction that has recorded the same
 * key and is not committed yet.
 *
 * @returns the first response, if another request has recorded the key
 * @throws Problem if that was another request
 */
export async function recordKey(connection: Connection, once: OnceRequest): Promise<string | undefined> {
    const { rowCount } = await connection.query(
        `INSERT INTO payments.idempotency_key (merchant_id, key_hash, request_hash, response)
        VALUES ($1, $2, $3, '') ON CONFLICT (merchant_id, key_hash) DO NOTHING`,
        [once.merchantId, once.key, once.request],
    );
    return rowCount === 1 ? undefined : firstResponse(connection, once);
}

export async function recordResponse(connection: Connection, once: OnceRequest, response: string): Promise<void> {
    await connection.query(
        "UPDATE payments.idempotency_key SET response = $3 WHERE merchant_id = $1 AND key_hash = $2",
        [once.merchantId, once.key, response],
    );
}

async function firstResponse(connection: Connection, once: OnceRequest): Promise<string> {
    const { rows } = await connection.query<{ request_hash: Buffer; response: string }>(
        "SELECT request_hash, response FROM payments.idempotency_key WHERE merchant_id = $1 AND key_hash = $2",
        [once.merchantId, once.key],
    );
    const { request_hash, response } = requireRow(rows);
    if (!request_hash.equals(once.request)) {
        throw new Problem("idempotency-key-reused");
    }
    return response;
}
