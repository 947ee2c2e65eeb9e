import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "@jest/globals";
import type { CheckReport } from "../../../tools/check/report.ts";
import { Project } from "./project.ts";
import { scenario } from "./scenario.ts";

/** Arguments that have a preview judged by the policy pack of a copy of the project. */
export const policyPackArgs = (copy: Project): string[] => ["--policy-pack", copy.file("checks")];

/** What `npm run check` finds in a stack, in the words in which the engine repeats the pack's. */
export async function violationsFromCheck(copy: Project, stack: string): Promise<string[]> {
    const { stdout } = await copy.npm("check", [stack, "--json"]);
    const { rules } = JSON.parse(stdout) as CheckReport;
    return rules.flatMap(({ name, description, fix, violations }) =>
        violations
            .filter(({ exception }) => exception === undefined)
            .map(({ resource, reason }) => `${name}: ${description}\n${resource} ${reason}. ${fix}`),
    );
}

/** That a preview of a stack, in an empty state, is judged as its files are. */
export const testPolicyPackOnNewStack = (stack: string): void => {
    scenario(`the policy pack, in a preview of a new ${stack}, and npm run check agree`, 5, async () => {
        const copy = Project.copy();
        const backend = mkdtempSync(join(tmpdir(), "backend-"));
        try {
            const env = { PULUMI_BACKEND_URL: pathToFileURL(backend).href };
            expect(await copy.pulumi(["stack", "init", stack], { env })).toMatchObject({ code: 0 });
            const { code, violations, steps } = await copy.runOperation("preview", stack, policyPackArgs(copy), {
                env,
            });
            expect(violations).toEqual(await violationsFromCheck(copy, stack));
            expect(code).toBe(0);
            expect(steps.length).toBeGreaterThan(300);
        } finally {
            copy.remove();
            rmSync(backend, { recursive: true });
        }
    });
};
