import { differsExitCode } from "../../../contract/container.ts";
import { connectDatabase, type Pool } from "../../common/database.ts";
import { errorFields, type Log } from "../../common/log.ts";
import type { Sources } from "../../common/sources.ts";
import { AcquirerClient, NoAnswer } from "../acquirer-client.ts";
import { acceptDifference, compareDay, comparePage, compareUnclear, settleDifferences } from "./compare.ts";
import type { AcceptedDifference, ReconciliationConfig } from "./config.ts";
import { addDays, dayOf, type Day } from "./days.ts";
import {
    readReport,
    ReportNotReady,
    ReportRefused,
    reportLimits,
    type ReportedOperation,
    type ReportLimits,
} from "./report.ts";
import { beginWith, daysDue, openDifferences, openKinds } from "./state.ts";

/** Open differences that the log has a line for, at most. */
const maxLines = 100;

export interface ReconciliationArgs {
    readonly config: ReconciliationConfig;
    readonly sources: Pick<Sources, "acquirerAuthorities" | "databaseAuthorities" | "databasePassword" | "readSecret">;
    readonly log: Log;
    /** @default the time of this machine */
    readonly now?: Date;
    /** @default `reportLimits` */
    readonly limits?: ReportLimits;
}

/**
 * Compares the days that are due with the acquirer's reports, settles the difference that a person has accepted, or begins with a day. It may be ended anywhere,
 * and run again: what is written is written once.
 *
 * @returns the exit code: 0, `differsExitCode` where all was compared and differences are open, 1 where something failed or a report is
 * not ready, with the reason in the log
 */
export async function reconcile(args: ReconciliationArgs): Promise<number> {
    const { config, sources, log } = args;
    const database = connectDatabase(config, config.DATABASE_HOST, sources, log);
    try {
        if (config.ACCEPTED_DIFFERENCE !== undefined) {
            return await accept(database, log, config.ACCEPTED_DIFFERENCE);
        }
        if (config.COMPARED_FROM !== undefined) {
            return await begin(args, database, config.COMPARED_FROM);
        }
        return await compare(args, database);
    } catch (error) {
        log.error(errorFields(error), "the comparison failed: run it again");
        return 1;
    } finally {
        await database.end();
    }
}

async function accept(database: Pool, log: Log, accepted: AcceptedDifference): Promise<number> {
    const settled = await acceptDifference(database, accepted);
    if (settled !== undefined) {
        log.info(settled, "settled by a person");
        return 0;
    }
    const open = await openKinds(database, accepted.idempotencyKey);
    log.error({ ...accepted, open }, "ACCEPTED_DIFFERENCE names no open difference: nothing was changed");
    return 1;
}

async function begin({ log, now = new Date() }: ReconciliationArgs, database: Pool, first: Day): Promise<number> {
    const tomorrow = addDays(dayOf(now), 1);
    if (first > tomorrow) {
        log.error(
            { day: first },
            `COMPARED_FROM must be at most ${tomorrow}, tomorrow: no payment is compared before it`,
        );
        return 1;
    }
    const settled = await beginWith(database, first);
    if (settled === undefined) {
        log.error({ day: first }, "the comparison begins later than COMPARED_FROM already: nothing was changed");
        return 1;
    }
    // The report of the day before it may have what was moved in these hours, and is never read.
    const unseen = { from: `${addDays(first, -2)}T23:00:00Z`, to: `${first}T01:00:00Z` };
    log.info(
        { day: first, settled, unseen },
        "the comparison begins with this day: captures and refunds of the times `unseen` are not looked for",
    );
    return 0;
}

async function compare(args: ReconciliationArgs, database: Pool): Promise<number> {
    const { config, sources, log, now = new Date(), limits = reportLimits } = args;
    const yesterday = addDays(dayOf(now), -1);
    const asked = config.RECONCILED_DAY;
    if (asked !== undefined && asked > yesterday) {
        log.error({ day: asked }, `RECONCILED_DAY must be a day that is over, ${yesterday} or earlier`);
        return 1;
    }
    const client = new AcquirerClient(
        {
            url: config.ACQUIRER_URL,
            readCredential: () => sources.readSecret(config.ACQUIRER_SECRET_ARN),
            authorities: sources.acquirerAuthorities,
        },
        limits,
    );
    let isComplete = true;
    try {
        for (const day of asked === undefined ? await daysDue(database, yesterday) : [asked]) {
            isComplete = (await reconcileDay(args, database, client, day)) && isComplete;
        }
    } finally {
        await client.close();
    }
    await settleDifferences(database);
    const open = await reportOpen(database, log);
    if (!isComplete) {
        return 1;
    }
    return open === 0 ? 0 : differsExitCode;
}

/** @returns whether the day was compared; otherwise the log says why not, and the other days go on */
async function reconcileDay(
    args: ReconciliationArgs,
    database: Pool,
    client: AcquirerClient,
    day: Day,
): Promise<boolean> {
    const { log } = args;
    try {
        const operations = await compareReport(args, database, client, day);
        await compareDay(database, day);
        log.info({ day, operations }, "compared with the acquirer's report");
        return true;
    } catch (error) {
        if (error instanceof ReportNotReady) {
            log.warn({ day }, "the acquirer's report is not ready: the day is compared by the next run");
            return false;
        }
        if (error instanceof ReportRefused) {
            log.error({ day }, error.message);
            return false;
        }
        if (error instanceof NoAnswer) {
            log.error({ day, ...errorFields(error) }, "no answer of the acquirer: the day is compared by the next run");
            return false;
        }
        throw error;
    }
}

/**
 * A report in which keys are unclear is read again for all operations of these keys: two may be in different pages. Of many keys, as when the
 * acquirer has corrected most of a day, some at a time: a report may be larger than the memory.
 *
 * @returns the number of operations
 */
async function compareReport(
    { limits: { unclearKeys } = reportLimits }: ReconciliationArgs,
    database: Pool,
    client: AcquirerClient,
    day: Day,
): Promise<number> {
    const clarified = new Set<string>();
    for (;;) {
        let operations = 0;
        const unclear = new Set<string>();
        for await (const page of readReport(client, day)) {
            const found = (await comparePage(database, page)).filter((key) => !clarified.has(key));
            found.slice(0, unclearKeys - unclear.size).forEach((key) => unclear.add(key));
            operations += page.length;
        }
        if (unclear.size > 0) {
            await compareUnclear(database, day, await operationsWith(unclear, 2 * unclearKeys, client, day));
        }
        if (unclear.size < unclearKeys) {
            return operations;
        }
        unclear.forEach((key) => clarified.add(key));
    }
}

/**
 * The operations of a report that have one of the keys. The same one in two pages is one: it has moved to the next page between them. Twice in
 * one page it is two.
 *
 * @throws ReportRefused where they are more than `most`
 */
async function operationsWith(
    keys: ReadonlySet<string>,
    most: number,
    client: AcquirerClient,
    day: Day,
): Promise<ReportedOperation[]> {
    const found = new Map<string, ReportedOperation[]>();
    let operations = 0;
    let pages = 0;
    for await (const page of readReport(client, day)) {
        pages += 1;
        const ofKeys = page.filter(({ idempotencyKey }) => keys.has(idempotencyKey));
        for (const [text, same] of Map.groupBy(ofKeys, (one) => JSON.stringify(one))) {
            const more = same.length - (found.get(text)?.length ?? 0);
            if (more > 0) {
                found.set(text, same);
                operations += more;
            }
        }
        if (operations > most) {
            throw new ReportRefused(day, ["operations: too many have the key of another"], pages);
        }
    }
    return [...found.values()].flat();
}

/** Writes a line for each open difference. @returns how many are open */
async function reportOpen(database: Pool, log: Log): Promise<number> {
    for (const difference of await openDifferences(database, maxLines)) {
        log.error(difference, "the acquirer and the database differ");
    }
    const { rows } = await database.query<{ open: number }>(
        "SELECT count(*) AS open FROM payments.reconciliation_difference WHERE settled_at IS NULL",
    );
    const open = rows[0]?.open ?? 0;
    if (open > maxLines) {
        log.error({ more: open - maxLines }, "more open differences are in payments.reconciliation_difference");
    }
    log.info({ open }, "open differences");
    return open;
}
