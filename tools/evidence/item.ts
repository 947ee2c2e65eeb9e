import type { PlatformSettings } from "../../lib/settings.ts";
import { exclusiveSettingsOfOthers } from "../../plan/stack-conflicts.ts";
import type { Caller } from "../frame/account.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { dayMilliseconds } from "../frame/clock.ts";
import type { CommandContext } from "../frame/context.ts";
import { firstLineOfError, isCancellation } from "../frame/exit.ts";

/** One line of evidence: plain values by column, none of them secret. */
export type EvidenceRow = Readonly<Record<string, string | number | boolean | null>>;

/** What an item found in the period. */
export interface EvidenceRows {
    readonly rows: readonly EvidenceRow[];
    /** What of the period could not be read, and why. */
    readonly gaps?: readonly string[];
}

/** What an item reads from. */
export interface EvidenceContext {
    readonly stack: string;
    readonly settings: PlatformSettings;
    readonly clients: AwsClients;
    readonly caller: Caller;
    /** Period, in milliseconds since 1970. */
    readonly from: number;
    readonly to: number;
    readonly command: CommandContext;
}

/** One subject of an audit. */
export interface EvidenceItem {
    readonly id: string;
    readonly title: string;
    /** Requirements of PCI DSS, as in `requirements.ts`. */
    readonly requirements: readonly string[];
    /** Where the rows come from, and what they do not contain. */
    readonly source: string;
    /** @throws what AWS, Git or Pulumi refuses: the item is then listed as missing */
    readonly read: (context: EvidenceContext) => Promise<EvidenceRows>;
}

/** Reads once for a report what several of its items need. */
export function readOnce<T>(read: (context: EvidenceContext) => Promise<T>): (context: EvidenceContext) => Promise<T> {
    const found = new WeakMap<EvidenceContext, Promise<T>>();
    return (context) => {
        const result = found.get(context) ?? read(context);
        found.set(context, result);
        return result;
    };
}

/**
 * A test whether a name is of a resource of the stack: `payment-<noun>-<suffix>`. One that ends in the longer suffix of another
 * stack of the project, such as `eu-prod`, is not of `prod`.
 */
export function ownNames({ stack, settings, command }: EvidenceContext): (name: string) => boolean {
    const own = `-${settings.environmentSuffix}`;
    const longer = exclusiveSettingsOfOthers(command.root, stack)
        .map(({ suffix = "" }) => `-${suffix}`)
        .filter((other) => other !== own && other.endsWith(own));
    return (name) => name.startsWith("payment-") && name.endsWith(own) && !longer.some((other) => name.endsWith(other));
}

/** From when on audit records are kept. */
export const oldestKept = ({ settings, command }: EvidenceContext): number =>
    command.clock.now() - settings.logs.auditRetentionDays * dayMilliseconds;

/** What the stack's retention of audit records leaves of the period. */
export function retentionGaps(context: EvidenceContext): string[] {
    const oldest = oldestKept(context);
    const days = context.settings.logs.auditRetentionDays;
    return context.from >= oldest
        ? []
        : [`logs.auditRetentionDays is ${days}: nothing is kept from before ${isoTime(oldest)}`];
}

/** Why something could not be read. @throws the error itself where the command is cancelled */
export function reasonOf(error: unknown, { command }: EvidenceContext): string {
    command.interrupt.signal.throwIfAborted();
    if (isCancellation(error)) {
        throw error;
    }
    const name = error instanceof Error ? error.name : "Error";
    return ["Error", "ExitError"].includes(name) ? firstLineOfError(error) : `${name}: ${firstLineOfError(error)}`;
}

/** ISO 8601; null where AWS gives no time. */
export const isoTime = (time: Date | number | undefined): string | null =>
    time === undefined ? null : new Date(time).toISOString();

export const isInPeriod = (time: Date | undefined, { from, to }: Pick<EvidenceContext, "from" | "to">): boolean =>
    time !== undefined && time.getTime() >= from && time.getTime() <= to;
