import { InvalidArgumentError } from "commander";
import {
    differenceKinds,
    differsExitCode,
    reportedIdPattern,
    type singleRunVariables,
} from "../../contract/container.ts";
import { reconciliationGroups } from "../../lib/flows.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { hasReconciliation, reconciliationNoun } from "../../lib/settings/acquirer.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { holdsCardNumber } from "../../validator/card-data.ts";
import { confirmYes, requireTerminalUnlessYes } from "../deploy/confirm.ts";
import { oneOffTaskOf, runToItsEnd, type OneOffClients, type OneOffTask } from "../deploy/one-off-task.ts";
import { withSession } from "../deploy/open-session.ts";
import { requireDeployedState, type Session } from "../deploy/session.ts";
import { requireCaller } from "../frame/account.ts";
import { dayMilliseconds } from "../frame/clock.ts";
import { defineCommand, flag, option } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { serviceArgument, stackArgument } from "../frame/stack-argument.ts";
import { dayOf, parseDay } from "../frame/values.ts";
import { StackServices } from "../images/stack-services.ts";

/**
 * A key of the acquirer's report: the platform makes `<payment>-capture` and
 * `<refund>-refund`, and the acquirer may report money that was moved under others.
 *
 * @throws InvalidArgumentError for another text
 */
function parseKey(text: string): string {
    if (!reportedIdPattern.test(text)) {
        throw new InvalidArgumentError(
            "It must be the idempotency key of a difference: 1 to 128 letters, digits, -, _, . or :.",
        );
    }
    if (holdsCardNumber(text)) {
        throw new InvalidArgumentError("It must not look like the number of a card, for it is recorded.");
    }
    return text;
}

/** Names the day or the key to CloudTrail, which hides values of variables: the first 128 characters, those that ECS takes. */
const startedByOf = (values: readonly string[]): string =>
    ["npm-run-reconcile", ...values]
        .join("/")
        .replaceAll(/[^\w/-]/g, "_")
        .slice(0, 128);

const spec = {
    arguments: { stack: stackArgument, service: serviceArgument() },
    options: {
        day: option("<date>", "compare this day only, in UTC; all that are due by default", { parse: parseDay }),
        accept: option("<key>", "settle the difference of this idempotency key and --kind; compare nothing", {
            parse: parseKey,
            conflicts: ["day"],
        }),
        kind: option("<kind>", "the kind of the difference, as the log names it", {
            choices: differenceKinds,
            onlyWith: { option: "accept" },
        }),
        from: option("<date>", "begin with this day, after a simulated acquirer; compare nothing", {
            parse: parseDay,
            conflicts: ["day", "accept"],
        }),
        yes: flag("with --accept or --from: do not ask (CI)"),
    },
    helpText: "It starts the task that runs each day. See docs/operations.md.",
    exitReasons: [
        "done",
        "failed",
        "usage",
        "no-pulumi",
        "unconfirmed",
        "locked",
        "no-backend",
        "not-deployed",
        "differs",
        "cancelled",
    ] as const,
};

/** What one task is to do: compare a day, or all days that are due, settle a difference, or begin with a day. */
interface Asked {
    /** Such as `2027-01-31`, in UTC. */
    readonly day?: string;
    /** The difference that a person has clarified. */
    readonly accept?: { readonly key: string; readonly kind: string };
    /** The first day to compare, in UTC. */
    readonly from?: string;
}

/** How the task is run for what it is to do. */
interface Work {
    readonly environment: Partial<Readonly<Record<(typeof singleRunVariables)[number], string>>>;
    /** In `startedBy`. */
    readonly named: readonly string[];
    readonly doing: string;
    readonly done: string;
    /** What a person decides, and the question; undefined where the task only compares. */
    readonly decision?: { readonly what: string; readonly question: string };
}

function workOf({ day, accept, from }: Asked, stack: string): Work {
    if (accept !== undefined) {
        const difference = `${accept.key}/${accept.kind}`;
        return {
            environment: { ACCEPTED_DIFFERENCE: difference },
            // The key last: the end of a long one is cut off.
            named: [accept.kind, accept.key],
            doing: `settling ${difference}`,
            done: "the difference is settled",
            decision: {
                what: "Settling a difference",
                question: `Settle the difference ${difference} of ${stack}: a person has clarified it, and it raises no alarm until its amounts change`,
            },
        };
    }
    if (from !== undefined) {
        return {
            environment: { COMPARED_FROM: from },
            named: ["from", from],
            doing: `beginning with ${from}`,
            done: `the comparison begins with ${from}`,
            decision: {
                what: "Beginning with a day",
                question: `Begin the comparison of ${stack} with ${from}: payments before it are not compared, and those that only the database has are settled`,
            },
        };
    }
    return {
        environment: day === undefined ? {} : { RECONCILED_DAY: day },
        named: day === undefined ? [] : [day],
        doing: `comparing ${day ?? "all days that are due"}`,
        done: "compared: nothing differs",
    };
}

export const command = defineCommand(spec, ({ stack, service, day, accept, kind, from, yes }, context) => {
    new StackServices(context.root, stack).requireService(service);
    const settings = readSettingsOfStack(context.root, stack);
    requireReconciliation(settings, stack, service);
    const now = context.clock.now();
    const work = workOf(
        {
            day: day === undefined ? undefined : completeDay(day, now),
            accept: accept === undefined ? undefined : { key: accept, kind: requireKind(kind) },
            from: from === undefined ? undefined : firstDay(from, now),
        },
        stack,
    );
    const { decision } = work;
    if (decision !== undefined) {
        requireTerminalUnlessYes({ yes, terminal: context.terminal }, decision.what);
    } else if (yes) {
        throw new ExitError("usage", "--yes has no effect without --accept or --from");
    }
    return withSession(context, { stack, yes }, async (session) => {
        const noun = reconciliationNoun(service);
        const where = { noun, securityGroups: reconciliationGroups };
        const task = oneOffTaskOf(await requireDeployedState(session), settings, where);
        if (task === undefined) {
            throw new ExitError(
                "not-deployed",
                `${stack} has no ${noun} yet: \`npm run deploy -- ${stack} up\` creates it`,
            );
        }
        const clients = await session.createClients(settings.region);
        await requireCaller(clients, settings.accountId);
        if (decision !== undefined) {
            await confirmYes(session, decision.question);
        }
        await reconcile(session, clients, task, work);
    });
});

/**
 * Images of earlier releases would settle all differences of a key: they refuse a key with a kind.
 *
 * @throws ExitError `usage` without a kind
 */
function requireKind(kind: string | undefined): string {
    if (kind === undefined) {
        throw new ExitError(
            "usage",
            `--accept needs --kind, as a key can have several differences: ${differenceKinds.join(", ")}; the log names it`,
        );
    }
    return kind;
}

/** @throws ExitError `differs` where differences are open; `failed` as `runToItsEnd` does */
async function reconcile(session: Session, clients: OneOffClients, task: OneOffTask, work: Work): Promise<void> {
    const { say, progress, interrupt, stack } = session;
    const run = {
        what: "reconciliation",
        startedBy: startedByOf(work.named),
        environment: work.environment,
        expectedExitCodes: work.decision === undefined ? [0, differsExitCode] : [0],
    };
    say(work.doing);
    progress.step(`running ${task.noun}`);
    const exitCode = await interrupt.waitFor(
        () => runToItsEnd(session, clients, task, run),
        "the task was not stopped",
    );
    if (exitCode === differsExitCode) {
        throw new ExitError(
            "differs",
            `the payments of ${stack} differ from the acquirer's report: the log above names each difference that nobody has settled`,
        );
    }
    say(work.done);
}

/**
 * The day that begins at a time, in UTC.
 *
 * @throws ExitError `usage` unless it is over: the acquirer has no report before
 */
function completeDay(start: number, now: number): string {
    if (start + dayMilliseconds > now) {
        throw new ExitError(
            "usage",
            `--day must be at most ${dayOf(now - dayMilliseconds)}, the last day that is over in UTC, got ${dayOf(start)}`,
        );
    }
    return dayOf(start);
}

/**
 * The day that begins at a time, in UTC.
 *
 * @throws ExitError `usage` unless it is tomorrow or earlier: the days before it are not compared
 */
function firstDay(start: number, now: number): string {
    const tomorrow = dayOf(now + dayMilliseconds);
    if (dayOf(start) > tomorrow) {
        throw new ExitError("usage", `--from must be at most ${tomorrow}, tomorrow in UTC, got ${dayOf(start)}`);
    }
    return dayOf(start);
}

/** @throws ExitError `failed`, with every reason why the service of the stack file is not compared */
function requireReconciliation({ services }: PlatformSettings, stack: string, service: string): void {
    const { acquirer, imageDigest } = services[service] ?? {};
    const reasons = [
        ...(acquirer === undefined ? [`no acquirer to compare with: set services.${service}.acquirer.url`] : []),
        ...(acquirer !== undefined && !hasReconciliation({ acquirer })
            ? [`no reconciliation: set services.${service}.acquirer.reconciliation.enabled to true`]
            : []),
        ...(imageDigest === undefined
            ? [`no image with the program: record one with \`npm run images -- ${stack} ${service} <image>\``]
            : []),
    ];
    if (reasons.length > 0) {
        throw new ExitError("failed", reasons.map((reason) => `${service} of ${stack} has ${reason}`).join("\n"));
    }
}
