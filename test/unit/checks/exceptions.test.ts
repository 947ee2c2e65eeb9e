import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { readExceptions, type Exception } from "../../../checks/exceptions.ts";
import { rejectedPlanProblems } from "../../recorder.ts";

const known = { rules: ["names-fit", "alarms-notify-topics"], stacks: ["dev", "prod"] };
const right: Exception = {
    rule: "alarms-notify-topics",
    stack: "dev",
    resource: "payment-cache-cpu-dev",
    reason: "The topic moves to another account this month.",
    owner: "payments-operations",
    expires: "2027-03-31",
};

async function read(text: string): Promise<readonly Exception[]> {
    const root = mkdtempSync(join(tmpdir(), "exceptions-"));
    try {
        mkdirSync(join(root, "checks"));
        writeFileSync(join(root, "checks", "exceptions.yaml"), text);
        return await Promise.resolve(readExceptions(root, known));
    } finally {
        rmSync(root, { recursive: true });
    }
}

test("exceptions are read in the order of the file, with dates as text", async () => {
    const other = { ...right, resource: "the stack" };
    expect(await read(`- ${JSON.stringify(right)}\n- ${JSON.stringify(other)}\n`)).toEqual([right, other]);
    expect(
        await read(
            `- {${Object.entries(right)
                .map(([key, value]) => `${key}: ${value}`)
                .join(", ")}}\n`,
        ),
    ).toEqual([right]);
});

test("all problems of the file are reported together", async () => {
    const wrong = [
        { ...right, rule: "alarms-notify-topic", stack: "qa" },
        { ...right, resource: "a", owner: "jane.doe@example.com", expires: "31.3.2027", reason: "later" },
        { ...right, resource: "b", ticket: 7 },
        "alarms-notify-topics",
        { ...right, resource: undefined },
        right,
        { ...right, expires: "2028-01-01" },
    ];
    expect(await rejectedPlanProblems(read(JSON.stringify(wrong)))).toEqual([
        'checks/exceptions.yaml[0].rule must name a rule that there is (did you mean alarms-notify-topics?), got "alarms-notify-topic"',
        'checks/exceptions.yaml[0].stack must name a stack that there is (valid names: dev, prod), got "qa"',
        'checks/exceptions.yaml[1].reason must have at least 20 characters, got "later"',
        'checks/exceptions.yaml[1].owner must be a role, such as "payments-operations", in lower-case words joined by hyphens, got "jane.doe@example.com"',
        'checks/exceptions.yaml[1].expires must be a date, such as "2027-03-31", got "31.3.2027"',
        "checks/exceptions.yaml[2] must have rule, stack, resource, reason, owner and expires, and nothing else",
        "checks/exceptions.yaml[3] must have rule, stack, resource, reason, owner and expires, and nothing else",
        "checks/exceptions.yaml[4].resource is required",
        "checks/exceptions.yaml[6] must differ from those before it",
    ]);
});

test.each([
    ["", "checks/exceptions.yaml must be a list, [] where there is no exception"],
    ["rule: names-fit\n", "checks/exceptions.yaml must be a list, [] where there is no exception"],
    ["- [\n", "checks/exceptions.yaml:1:4: Flow sequence in block collection must be sufficiently indented"],
    ["[]\n---\n[]\n", "checks/exceptions.yaml:2:1: The file must be one YAML document, and a second one begins here"],
])("a file with %j is rejected", async (text, message) => {
    const [problem] = await rejectedPlanProblems(read(text));
    expect(problem).toContain(message);
});
