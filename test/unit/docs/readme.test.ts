import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { readmeSteps, scriptOfSteps } from "../../engine/support/readme-steps.ts";
import { requireItem } from "../../../lib/list.ts";
import { scenarios } from "../../../tools/local/demo/scenarios.ts";
import { lifeLines, type Life } from "../../../tools/local/demo/timeline.ts";
import { planTestStack } from "../../stacks.ts";
import { runTool } from "../tools/run-tool.ts";

const readme = readFileSync("README.md", "utf8");

test("the README has at most 200 lines", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(200);
});

test("the plan of prod begins as the README shows", async () => {
    const { out } = await runTool("plan", ["prod"], { planStack: (_, stack) => planTestStack(stack) });
    const [, shown = ""] = /```text\n(payment-platform prod:[^]*?)```/.exec(readme) ?? [];
    expect(shown.split("\n").length).toBeGreaterThan(5);
    expect(out.slice(0, shown.length)).toBe(shown);
});

test("the life of a payment is shown as the demonstration prints it", () => {
    const [, shown = ""] = /```text\n(captured: [^]*?)\n```/.exec(readme) ?? [];
    const times = [...shown.matchAll(/^ +(\d+) ms/gm)].map(([, time]) => Number(time));
    const [request = 0, accepted = 0, queued = 0, authorized = 0, captured = 0, first = 0, second = 0] = times;
    const life: Life = {
        requests: [{ what: "POST /api/payments", time: request, status: 202, replayed: false, problems: [] }],
        payments: 1,
        history: [
            { status: "accepted", time: accepted },
            { status: "authorized", time: authorized },
            { status: "captured", time: captured },
        ],
        messages: [{ type: "payment.accepted", queue: "payment-processing-dev", time: queued }],
        events: [
            { position: 1, type: "payment.authorized", time: first },
            { position: 2, type: "payment.captured", time: second },
        ],
    };
    expect(lifeLines(requireItem(scenarios, 0), life)).toEqual(shown.split("\n"));
});

test("the README says what dev costs at rest, as the page of costs has it, rounded to ten dollars", () => {
    const [, total = ""] = /\*\*Total\*\* \| \*\*\$([\d.]+)/.exec(readFileSync("docs/cost.md", "utf8")) ?? [];
    expect(readme).toContain(`costs about $${Math.round(Number(total) / 10) * 10} a month`);
});

/** A function of the shell in the place of the program: it writes its name and its arguments. */
const standIn = 'npm() { echo "npm $*"; }';

test("the five steps of the README run in one shell: each variable that they use is set, and the passphrase is kept", () => {
    const home = mkdtempSync(join(tmpdir(), "readme-"));
    try {
        const steps = readmeSteps(readme);
        expect(steps).toHaveLength(5);
        const script = [standIn, scriptOfSteps(steps, home)];
        const paste = () => spawnSync("bash", { input: script.join("\n"), encoding: "utf8" });
        const { status, stdout, stderr } = paste();
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        expect(stdout.split("\n")).toEqual([
            "step 1",
            "step 2",
            "npm run deploy -- dev preview",
            "step 3",
            "npm run deploy -- dev up --yes",
            "step 4",
            "npm run images -- dev --build",
            "step 5",
            "npm run deploy -- dev up --yes",
            "",
        ]);
        const file = join(home, ".payment-platform-passphrase");
        const passphrase = readFileSync(file, "utf8");
        expect({ mode: statSync(file).mode & 0o777, length: passphrase.trim().length }).toEqual({
            ...{ mode: 0o600, length: 44 },
        });
        // Pasted once more, a stack keeps the passphrase that encrypts its secrets.
        expect(paste().status).toBe(0);
        expect(readFileSync(file, "utf8")).toBe(passphrase);
    } finally {
        rmSync(home, { recursive: true });
    }
});
