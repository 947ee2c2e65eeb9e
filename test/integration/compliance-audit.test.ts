import { mkdirSync, writeFileSync } from "node:fs";
import { readExceptions } from "../../checks/exceptions.ts";
import { rules } from "../../checks/rules.ts";
import { readSettingsOfStack, today } from "../../plan/stack-settings.ts";
import { outputFilePath } from "../../tools/deploy/output-files.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { describe, expect } from "@jest/globals";
import { complianceOf, render } from "./live/compliance.ts";
import { deployed } from "./live/deployed.ts";
import { isEmulated, reads } from "./support/stack.ts";

describe("the controls, checked on what AWS has", () => {
    reads("no control is broken, and the report says for each whether AWS was read", async () => {
        const view = await deployed();
        const { stack } = view.plan;
        const root = process.cwd();
        const settings = readSettingsOfStack(root, stack);
        const known = { rules: rules.map(({ name }) => name), stacks: stackNamesIn(root) };
        const exceptions = readExceptions(root, known);
        const report = complianceOf(rules, view, { settings, exceptions, today: today(), isEmulated });
        mkdirSync("outputs", { recursive: true });
        writeFileSync(outputFilePath("", stack, "compliance"), `${JSON.stringify(report, null, 2)}\n`);
        process.stdout.write(`\n${render(report)}`);
        expect(report.summary.met).toBeGreaterThan(0);
        expect(report.rules.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    });
});
