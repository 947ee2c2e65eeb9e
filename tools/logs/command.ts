import type { PlatformSettings } from "../../lib/settings.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { requireCaller } from "../frame/account.ts";
import { hasErrorName } from "../frame/aws-errors.ts";
import { argument, defineCommand, flag, option } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";
import { isEntryOf, stackArgument } from "../frame/stack-argument.ts";
import { parseDuration } from "../frame/values.ts";
import { containingText, readRecords, recordKey, type FoundRecords, type LogRecord } from "./read.ts";
import { parseCorrelationId, parseMessage, readRequest } from "./correlation.ts";
import { isPlatformSource, logGroupsOf, logSourceNames, requireLogSource, type LogGroup } from "./sources.ts";
import { textLine } from "./text-line.ts";

const defaultSinceMilliseconds = 15 * 60_000;

const spec = {
    arguments: {
        stack: stackArgument,
        service: argument(
            "[service]",
            "name of a service or of its reconciliation, migration, validator, gateway or waf; with --correlation all by default",
            { isName: (word, root) => isPlatformSource(word) || isEntryOf("services", word, root) },
        ),
    },
    options: {
        follow: flag("show new records until Ctrl-C"),
        since: option("<duration>", "begin so long ago, such as 90s, 2h, 1d; 15m by default", { parse: parseDuration }),
        correlation: option("<id>", "show the records of the request with this correlation ID", {
            parse: parseCorrelationId,
        }),
        json: flag("write one JSON object a line"),
    },
    helpText: "See docs/operations.md.",
    exitReasons: ["done", "failed", "usage", "not-deployed", "cancelled"] as const,
};

/** Time between two questions for new records: AWS allows five FilterLogEvents a second in the smallest regions. */
const pollMilliseconds = 2000;
/** Records reach CloudWatch Logs later than they happen, and not in their order. */
const lateMilliseconds = 30_000;

export const command = defineCommand(spec, async ({ stack, service, follow, since, correlation, json }, context) => {
    const { root, clock, say } = context;
    const settings = readSettingsOfStack(root, stack);
    const sources = requireSources(settings, service, correlation);
    const clients = await context.createClients(settings.region);
    await requireCaller(clients, settings.accountId);
    const groups = (await Promise.all(sources.map((source) => logGroupsOf(settings, source, clients)))).flat();
    const read: ReadRecords = (from) =>
        correlation === undefined
            ? readRecords(clients, groups, { from })
            : readRequest(clients, groups, { from, filterPattern: containingText(correlation) });
    const print = createPrinter(context, json === true, Math.max(...sources.map(({ length }) => length)));
    const begin = clock.now();
    const start = begin - (since ?? defaultSinceMilliseconds);
    context.progress.step("reading the logs");
    const found = await read(start);
    reportMissing(found, groups, stack, say);
    print(found.records, start);
    if (follow) {
        await followRecords(context, read, print, { start, begin });
    } else if (found.records.length === 0) {
        say(`no record since ${new Date(start).toISOString()}`);
    }
});

/** Reads the records since a time, in milliseconds since 1970. */
type ReadRecords = (from: number) => Promise<FoundRecords>;

/** Prints the records that it has not printed yet, of those since a time. */
type PrintRecords = (records: readonly LogRecord[], from: number) => void;

/** @throws ExitError `usage` for a service that the stack does not have, or where one must be named */
function requireSources(
    settings: PlatformSettings,
    service: string | undefined,
    correlation: string | undefined,
): readonly string[] {
    if (service !== undefined) {
        requireLogSource(settings, service);
        return [service];
    }
    const all = logSourceNames(settings);
    if (correlation === undefined) {
        throw new ExitError("usage", `which service? There are ${all.join(", ")}`);
    }
    return all;
}

/** @throws ExitError `not-deployed` where none of the log groups exists */
function reportMissing(
    { missing }: FoundRecords,
    groups: readonly LogGroup[],
    stack: string,
    say: CommandContext["say"],
): void {
    const names = missing.map(({ groupName }) => groupName).join(", ");
    if (missing.length === groups.length) {
        throw new ExitError("not-deployed", `${stack} has no log group ${names}: \`npm run deploy -- ${stack} up\``);
    }
    if (missing.length > 0) {
        say(`not there, so not searched: ${names}`);
    }
}

/**
 * Reads new records until the operator cancels. A call that AWS throttles is repeated with the next one.
 *
 * @param begin when the records before were read: what arrives during a read is of the next one
 */
async function followRecords(
    { clock, interrupt, progress, say }: CommandContext,
    read: ReadRecords,
    print: PrintRecords,
    { start, begin }: { readonly start: number; readonly begin: number },
): Promise<void> {
    progress.step("waiting for new records");
    let readUntil = begin;
    while (!interrupt.signal.aborted) {
        await clock.sleep(pollMilliseconds);
        const now = clock.now();
        const from = Math.max(start, readUntil - lateMilliseconds);
        try {
            print((await read(from)).records, from);
            readUntil = now;
        } catch (error) {
            if (!hasErrorName(error, "ThrottlingException")) {
                throw error;
            }
            say(`AWS throttles the calls, the next one repeats this one: ${firstLineOfError(error)}`);
        }
    }
}

function createPrinter({ out }: Pick<CommandContext, "out">, isJson: boolean, sourceWidth: number): PrintRecords {
    const printed = new Map<string, number>();
    return (records, from) => {
        for (const record of records) {
            const key = recordKey(record);
            if (!printed.has(key)) {
                printed.set(key, record.time);
                out(isJson ? jsonLine(record) : textLine(record, sourceWidth));
            }
        }
        // Records before that time are not read again.
        for (const [key, time] of printed) {
            if (time < from) {
                printed.delete(key);
            }
        }
    };
}

const jsonLine = ({ source, groupName, time, message }: LogRecord): string =>
    `${JSON.stringify({ time: new Date(time).toISOString(), source, logGroup: groupName, message: parseMessage(message) })}\n`;
