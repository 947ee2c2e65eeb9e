/** What something takes of the stores and of AWS. */
export interface Counts {
    /** Statements of PostgreSQL, with those that begin and end a transaction. */
    readonly statements: number;
    /** Commands of Redis. */
    readonly commands: number;
    /** Calls of SQS and SNS. */
    readonly calls: number;
}

/**
 * Commands that the services have sent, by the answer to `INFO commandstats`. Redis counts what a script does as well: the one script
 * of the services begins with an HGET. Pings are of the connection.
 */
export function redisCommands(statistics: string): number {
    const calls = new Map(
        [...statistics.matchAll(/^cmdstat_(\w+):calls=(\d+)/gm)].map(([, name = "", count]) => [name, Number(count)]),
    );
    const of = (name: string): number => calls.get(name) ?? 0;
    return of("get") + of("set") + of("eval") + (of("hget") - of("eval"));
}

const combine = (one: Counts, other: Counts, operation: (a: number, b: number) => number): Counts => ({
    statements: operation(one.statements, other.statements),
    commands: operation(one.commands, other.commands),
    calls: operation(one.calls, other.calls),
});

/** What was taken between two readings. */
export const difference = (before: Counts, after: Counts): Counts => combine(after, before, (a, b) => a - b);

export const times = (counts: Counts, factor: number): Counts => combine(counts, counts, (a) => a * factor);
