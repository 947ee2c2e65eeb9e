import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "@jest/globals";
import { missingPrerequisite } from "../../engine/support/environment.ts";
import { readEventLog } from "../../engine/support/event-log.ts";

/** A folder with an executable `pulumi`. */
function folderWithPulumi(): string {
    const folder = mkdtempSync(join(tmpdir(), "path-"));
    const file = join(folder, "pulumi");
    writeFileSync(file, "");
    chmodSync(file, 0o755);
    return folder;
}

const able = {
    AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
    PULUMI_BACKEND_URL: "file:///tmp/state",
    PATH: ["/nowhere", folderWithPulumi()].join(delimiter),
};

test("scenarios run where the CLI, an emulator and a state in a folder are available", () => {
    expect(missingPrerequisite(able)).toBeUndefined();
});

test.each([
    ["without an endpoint, which would be AWS itself", { AWS_ENDPOINT_URL: undefined }, "AWS_ENDPOINT_URL"],
    ["against another machine", { AWS_ENDPOINT_URL: "http://127.0.0.1.example.com:4566" }, "AWS_ENDPOINT_URL"],
    ["against AWS", { AWS_ENDPOINT_URL: "https://sqs.us-east-1.amazonaws.com" }, "AWS_ENDPOINT_URL"],
    ["with a state that others share", { PULUMI_BACKEND_URL: "s3://example-pulumi-state" }, "PULUMI_BACKEND_URL"],
    [
        "without a backend, which would be where one is logged in",
        { PULUMI_BACKEND_URL: undefined },
        "PULUMI_BACKEND_URL",
    ],
    ["without the CLI", { PATH: "/nowhere" }, "`pulumi`"],
])("scenarios are skipped %s", (_, change, reason) => {
    expect(missingPrerequisite({ ...able, ...change })).toContain(reason);
});

const line = (event: object): string => JSON.stringify({ sequence: 1, timestamp: 1, ...event });
const urn = "urn:pulumi:dev::payment-platform::payment:platform:PaymentPlatform$aws:sqs/queue:Queue::payment-dead-dev";

test("a report lists what the engine does, finds and refuses, and omits what stays the same", () => {
    const step = { urn, type: "aws:sqs/queue:Queue", provider: "" };
    const log = [
        line({ resourcePreEvent: { metadata: { ...step, op: "same" } } }),
        line({
            resourcePreEvent: {
                metadata: { ...step, op: "update", diffs: ["tags"], detailedDiff: { "tags.Owner": { kind: "add" } } },
            },
        }),
        line({ resourcePreEvent: { metadata: { ...step, op: "create-replacement", keys: ["name", "fifoQueue"] } } }),
        line({
            policyEvent: {
                policyName: "tls-only",
                message: "<{%reset%}>queue takes plain HTTP",
                enforcementLevel: "mandatory",
            },
        }),
        line({ policyEvent: { policyName: "hint", message: "hm", enforcementLevel: "advisory" } }),
        line({ diagnosticEvent: { severity: "error", message: "<{%fg 1%}>no such key\n" } }),
        line({ diagnosticEvent: { severity: "warning", message: "old" } }),
        line({ summaryEvent: { resourceChanges: { same: 300, update: 1, replace: 1 } } }),
    ].join("\n");
    const common = { urn, type: "aws:sqs/queue:Queue", name: "payment-dead-dev" };
    expect(readEventLog(`${log}\n`)).toEqual({
        steps: [
            { ...common, op: "update", changedInputs: ["tags", "tags.Owner"], replacementInputs: [] },
            { ...common, op: "create-replacement", changedInputs: [], replacementInputs: ["fifoQueue", "name"] },
        ],
        changes: { update: 1, replace: 1 },
        violations: ["tls-only: queue takes plain HTTP"],
        errors: ["no such key"],
    });
});
