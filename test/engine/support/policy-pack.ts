import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "@jest/globals";
import type { Report } from "../../../tools/check/report.ts";
import { Project } from "./project.ts";
import { scenario } from "./scenario.ts";

/** Arguments that have a preview judged by the policy pack of a copy of the project. */
export const judgedBy = (copy: Project): string[] => ["--policy-pack", copy.file("checks")];

/** What `npm run check` finds in a stack, in the words in which the engine repeats the pack's. */
export async function checked(copy: Project, stack: string): Promise<string[]> {
    const { stdout } = await copy.npm("check", [stack, "--json"]);
    const { rules } = JSON.parse(stdout) as Report;
    return rules.flatMap(({ name, promise, fix, violations }) =>
        violations
            .filter(({ exception }) => exception === undefined)
            .map(({ resource, reason }) => `${name}: ${promise}\n${resource} ${reason}. ${fix}`),
    );
}

/** That a preview of a stack, in an empty state, is judged as its files are. */
export const newStackIsJudged = (stack: string): void => {
    scenario(`a preview of a new ${stack} is judged as npm run check judges its files`, 5, async () => {
        const copy = Project.copy();
        const backend = mkdtempSync(join(tmpdir(), "backend-"));
        try {
            const env = { PULUMI_BACKEND_URL: pathToFileURL(backend).href };
            expect(await copy.pulumi(["stack", "init", stack], { env })).toMatchObject({ code: 0 });
            const { code, violations, steps } = await copy.operate("preview", stack, judgedBy(copy), { env });
            expect(violations).toEqual(await checked(copy, stack));
            expect(code).toBe(0);
            expect(steps.length).toBeGreaterThan(300);
        } finally {
            copy.remove();
            rmSync(backend, { recursive: true });
        }
    });
};
