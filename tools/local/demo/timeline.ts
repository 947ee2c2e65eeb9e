import { formatColumns } from "../../frame/table.ts";
import type { Scenario } from "./scenarios.ts";

/** A request that was sent, and its answer. */
export interface SentRequest {
    readonly what: string;
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly status: number;
    readonly replayed: boolean;
    /** Fields and rules of a refusal. */
    readonly problems: readonly string[];
}

/** What the stores, the queues and the merchant know of a payment. Times are milliseconds since 1970. */
export interface Life {
    readonly requests: readonly SentRequest[];
    /** Number of payments with the reference of the scenario. */
    readonly payments: number;
    readonly history: readonly { readonly status: string; readonly reason?: string; readonly time: number }[];
    /** Messages to the payment service. */
    readonly messages: readonly { readonly type: string; readonly queue: string; readonly time: number }[];
    /** Events of the merchant; `time` is when the notification service had recorded one. */
    readonly events: readonly { readonly position: number; readonly type: string; readonly time: number }[];
}

/** Where a life is not as its scenario says; nothing where it is. */
export function problemsOf(scenario: Scenario, life: Life): string[] {
    const { requests, history, events, reason } = scenario;
    const compared: [what: string, expected: string, found: string][] = [
        [
            "answers",
            requests.map(({ status, replayed }) => answerText(status, replayed === true)).join(", "),
            life.requests.map(({ status, replayed }) => answerText(status, replayed)).join(", "),
        ],
        ["payments", history.length === 0 ? "0" : "1", `${life.payments}`],
        ["statuses", history.join(", "), life.history.map(({ status }) => status).join(", ")],
        ["reason", reason ?? "", life.history.at(-1)?.reason ?? ""],
        ["events", events.toSorted().join(", "), textsOf(life.events.map(({ type }) => type))],
    ];
    return compared
        .filter(([, expected, found]) => expected !== found)
        .map(([what, expected, found]) => `${what}: expected ${expected || "none"}, found ${found || "none"}`);
}

const textsOf = (types: readonly string[]): string => types.toSorted().join(", ");

const answerText = (status: number, replayed: boolean): string => (replayed ? `${status} replayed` : `${status}`);

/** The life of a payment as lines, with milliseconds after its first request, and whether it is what was expected. */
export function lifeLines(scenario: Scenario, life: Life): string[] {
    const start = life.requests[0]?.time ?? 0;
    const rows = stepsOf(life)
        .toSorted((one, other) => one.time - other.time)
        .map(({ time, kind, text }) => [`${Math.round(time - start)} ms`, kind, text]);
    const problems = problemsOf(scenario, life);
    return [
        `${scenario.title}: ${(scenario.amountMinor / 100).toFixed(2)} EUR`,
        ...formatColumns(
            rows.map((row) => ["", ...row]),
            ["left", "right"],
        ),
        ...problems.map((problem) => `  NOT AS EXPECTED: ${problem}`),
    ];
}

interface Step {
    readonly time: number;
    readonly kind: string;
    readonly text: string;
}

const stepsOf = ({ requests, history, messages, events }: Life): Step[] => [
    ...requests.map(({ time, what, status, replayed, problems }) => ({
        time,
        kind: "request",
        text: `${what}: ${[answerText(status, replayed), ...problems].join(", ")}`,
    })),
    ...history.map(({ time, status, reason }) => ({
        time,
        kind: "status",
        text: reason === undefined ? status : `${status}: ${reason}`,
    })),
    ...messages.map(({ time, queue, type }) => ({ time, kind: "queue", text: `${type} sent to ${queue}` })),
    ...events.map(({ time, position, type }) => ({
        time,
        kind: "event",
        text: `${type} recorded at position ${position}`,
    })),
];
