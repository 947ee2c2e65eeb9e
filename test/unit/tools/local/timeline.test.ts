import { expect, test } from "@jest/globals";
import { scenarios } from "../../../../tools/local/demo/scenarios.ts";
import { lifeLines, problemsOf, type Life } from "../../../../tools/local/demo/timeline.ts";
import { requireItem } from "../../../../lib/list.ts";

const captured = requireItem(scenarios, 0);
const start = Date.parse("2027-01-31T10:15:00.000Z");
const life: Life = {
    requests: [{ what: "POST /api/payments", time: start, status: 202, replayed: false, problems: [] }],
    payments: 1,
    history: [
        { status: "accepted", time: start + 8 },
        { status: "authorized", time: start + 21 },
        { status: "captured", time: start + 104 },
    ],
    messages: [{ type: "payment.accepted", queue: "payment-processing-dev", time: start + 15 }],
    events: [
        { position: 2, type: "payment.captured", time: start + 120 },
        { position: 1, type: "payment.authorized", time: start + 110 },
    ],
};

test("a life is in the order of its times, in milliseconds after its first request", () => {
    expect(lifeLines(captured, life)).toEqual([
        "captured: 12.34 EUR",
        "    0 ms  request  POST /api/payments: 202",
        "    8 ms  status   accepted",
        "   15 ms  queue    payment.accepted sent to payment-processing-dev",
        "   21 ms  status   authorized",
        "  104 ms  status   captured",
        "  110 ms  event    payment.authorized recorded at position 1",
        "  120 ms  event    payment.captured recorded at position 2",
    ]);
    expect(problemsOf(captured, life)).toEqual([]);
});

test("a refusal has its status, and its fields with their rules", () => {
    const scenario = requireItem(
        scenarios.filter(({ title }) => title.includes("card data")),
        0,
    );
    const what = "POST /api/payments with a card number";
    const refused: Life = {
        ...{ payments: 0, history: [], messages: [], events: [] },
        requests: [{ what, time: start, status: 400, replayed: false, problems: ["pan card-field"] }],
    };
    expect(lifeLines(scenario, refused).slice(1)).toEqual([`  0 ms  request  ${what}: 400, pan card-field`]);
    expect(problemsOf(scenario, refused)).toEqual([]);
    expect(problemsOf(scenario, { ...refused, payments: 1 })).toEqual(["payments: expected 0, found 1"]);
});

const otherLives: [what: string, part: Partial<Life>, problem: string][] = [
    [
        "another answer",
        { requests: life.requests.map((request) => ({ ...request, status: 503 })) },
        "answers: expected 202, found 503",
    ],
    [
        "a replay",
        { requests: life.requests.map((request) => ({ ...request, replayed: true })) },
        "answers: expected 202, found 202 replayed",
    ],
    ["a second payment", { payments: 2 }, "payments: expected 1, found 2"],
    [
        "another status",
        { history: life.history.slice(0, 2) },
        "statuses: expected accepted, authorized, captured, found accepted, authorized",
    ],
    [
        "a reason",
        { history: life.history.map((each) => ({ ...each, reason: "not-permitted" })) },
        "reason: expected none, found not-permitted",
    ],
    ["no events", { events: [] }, "events: expected payment.authorized, payment.captured, found none"],
];

test.each(otherLives)("%s is a problem, which the last line names", (_what, part, problem) => {
    const other = { ...life, ...part };
    expect(problemsOf(captured, other)).toEqual([problem]);
    expect(lifeLines(captured, other).at(-1)).toBe(`  NOT AS EXPECTED: ${problem}`);
});
