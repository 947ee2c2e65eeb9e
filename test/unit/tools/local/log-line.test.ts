import { expect, test } from "@jest/globals";
import { readableLine } from "../../../../tools/local/log-line.ts";

const now = Date.parse("2027-01-31T10:15:00.000Z");
const line = (record: object | string) =>
    readableLine("api", 9, typeof record === "string" ? record : JSON.stringify(record), now);

test("a record is a line of `npm run logs`, with its message before its other fields", () => {
    const record = {
        level: "info",
        timestamp: "2027-01-31T10:15:00.250Z",
        service: "api",
        environment: "dev",
        correlationId: "abc",
        ms: 12,
        message: "request",
    };
    expect(line(record)).toBe("2027-01-31T10:15:00.250Z  api        request  correlationId=abc  ms=12\n");
    expect(line({ ...record, level: "error" })).toContain("  api        ERROR  request  ");
});

test("what is no record is shown as it is, on one line, with the present time", () => {
    expect(line("out of\tmemory")).toBe("2027-01-31T10:15:00.000Z  api        out of\\tmemory\n");
    expect(line({ reason: "PORT is missing" })).toBe("2027-01-31T10:15:00.000Z  api          reason=PORT is missing\n");
});

test("a metric is not shown", () => {
    expect(line({ _aws: { Timestamp: 1 }, PaymentsAccepted: 1 })).toBeUndefined();
});
