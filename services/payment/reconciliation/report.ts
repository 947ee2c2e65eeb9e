import { z } from "zod";
import { reportedIdPattern } from "../../../contract/container.ts";
import { holdsCardNumber } from "../../../validator/card-data.ts";
import { jsonIn, NoAnswer, type AcquirerClient, type AcquirerLimits } from "../acquirer-client.ts";
import { dayOf, type Day } from "./days.ts";

type Client = Pick<AcquirerClient, "send">;

export interface ReportLimits extends AcquirerLimits {
    /** Keys at most whose operations are in memory at once, and so many more operations: up to 100 MB. */
    readonly unclearKeys: number;
}

/** Nobody waits for a report: a short outage of the acquirer, of up to six minutes, is no reason to fail. */
export const reportLimits: ReportLimits = {
    timeoutMs: 30_000,
    longestWaitsMs: [1_000, 10_000, 60_000, 300_000],
    // 1,000 operations with the longest values that are accepted have less than 0.5 MB.
    maxAnswerBytes: 1_048_576,
    maxConnections: 1,
    unclearKeys: 100_000,
};

/** Operations of a page at most. */
const maxOperations = 1_000;
/** Pages of a report at most: ten million operations a day. */
const maxPages = 10_000;
/** Problems of a page that an error names at most. */
const maxProblems = 10;

/** An ID in a report: it gets into the log, which must not have a card number. */
export const reportedId = z
    .string({ error: "must be a text" })
    .regex(reportedIdPattern, { error: "must have 1 to 128 letters, digits, -, _, . or :" })
    .refine((text) => !holdsCardNumber(text), { error: "must not look like the number of a card" });

const operationOf = (day: Day) =>
    z.object({
        operation: z.enum(["capture", "refund"], { error: "must be capture or refund" }),
        idempotencyKey: reportedId,
        paymentId: reportedId,
        amountMinor: z.int({ error: "must be a whole number" }).positive({ error: "must be above 0" }),
        currency: z.string().regex(/^[A-Z]{3}$/, { error: "must have three letters, as in ISO 4217" }),
        at: z.iso
            .datetime({ offset: true, abort: true, error: "must be a time as in ISO 8601, with its zone" })
            .refine((at) => dayOf(Date.parse(at)) === day, { error: `must lie in the UTC day ${day}` })
            // PostgreSQL would round what is finer, at midnight into the next day.
            .transform((at) => at.replace(/(\.\d{6})\d+/, "$1")),
    });

const pageOf = (day: Day) =>
    z.object({
        operations: z
            .array(operationOf(day))
            .max(maxOperations, { error: `must have ${maxOperations} operations at most` }),
        next: z.string().min(1).max(512).optional(),
    });

/** A capture or a refund that the acquirer has approved. */
export type ReportedOperation = z.output<ReturnType<typeof operationOf>>;

/** The acquirer has no report of the day yet. */
export class ReportNotReady extends Error {
    constructor(day: Day) {
        super(`the acquirer has no report of ${day} yet`);
        this.name = "ReportNotReady";
    }
}

/** A report has another form than docs/reconciliation.md says. The message names fields and rules, and no value. */
export class ReportRefused extends Error {
    constructor(day: Day, problems: readonly string[], page: number) {
        const more = problems.length > maxProblems ? `; and ${problems.length - maxProblems} more` : "";
        super(
            `the acquirer's report of ${day} is refused, page ${page}: ${problems.slice(0, maxProblems).join("; ")}${more}`,
        );
        this.name = "ReportRefused";
    }
}

/**
 * The pages of the acquirer's report of a day, one at a time.
 *
 * @throws ReportNotReady; ReportRefused; NoAnswer; the error of reading the credential
 */
export async function* readReport(client: Client, day: Day): AsyncGenerator<readonly ReportedOperation[]> {
    const schema = pageOf(day);
    const cursors = new Set<string>();
    let cursor: string | undefined;
    for (let page = 1; page <= maxPages; page += 1) {
        const { data, error } = schema.safeParse(jsonIn(await readPage(client, day, cursor)));
        if (error !== undefined) {
            const problems = error.issues.map(({ path, message }) => `${path.join(".") || "the page"}: ${message}`);
            throw new ReportRefused(day, problems, page);
        }
        yield data.operations;
        cursor = data.next;
        if (cursor === undefined) {
            return;
        }
        if (cursors.has(cursor)) {
            throw new ReportRefused(day, ["next: must not be a cursor of a page before"], page);
        }
        cursors.add(cursor);
    }
    throw new ReportRefused(day, [`next: must be missing in page ${maxPages} at the latest`], maxPages);
}

async function readPage(client: Client, day: Day, cursor: string | undefined): Promise<string> {
    const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    try {
        return await client.send({ method: "GET", path: `reports/${day}${query}` });
    } catch (error) {
        const isNotReady = cursor === undefined && error instanceof NoAnswer && error.code === "HTTP_404";
        throw isNotReady ? new ReportNotReady(day) : error;
    }
}
