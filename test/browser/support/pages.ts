import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { multiplyServices } from "../../../tools/bench/many-services.ts";
import type { Plan } from "../../../plan/plan.ts";
import { copyProject, testProjectFolder } from "../../project.ts";
import { planProjectStack } from "../../stacks.ts";
import { runTool } from "../../unit/tools/run-tool.ts";

/** Where the pages and their pictures are kept: Git ignores it, and the workflow uploads it. */
export const picturesFolder = resolve("reports", "browser");

interface PageSource {
    readonly stack: string;
    /** Changes its stack file. */
    readonly file?: (text: string) => string;
    /** Changes its plan. */
    readonly plan?: (plan: Plan) => Plan;
    readonly options?: readonly string[];
}

/** The settings refuse a stack in one zone, so the subnets of the others are taken out of the plan; rules are then broken. */
const inOneZone = (plan: Plan): Plan => ({
    ...plan,
    nodes: plan.nodes.filter(({ type, name }) => type !== "aws:ec2/subnet:Subnet" || /-1-[a-z]+$/.test(name)),
});

/** What is written and opened, by the name of the page. */
export const pages: Readonly<Record<string, PageSource>> = {
    prod: { stack: "prod" },
    "twelve-services": { stack: "prod", file: (text) => multiplyServices(text, 12) },
    "single-zone": { stack: "dev", plan: inOneZone },
    "prod-against-staging": { stack: "prod", options: ["--against", "staging"] },
};

/** Writes a page, and returns its path. */
export async function writePage(name: keyof typeof pages): Promise<string> {
    const { stack, file, plan, options = [] }: PageSource = pages[name] ?? { stack: name };
    const root = mkdtempSync(join(tmpdir(), "report-"));
    try {
        copyProject(root, ["dev", "staging", "prod"]);
        const stackFile = join(root, `Pulumi.${stack}.yaml`);
        const text = readFileSync(join(testProjectFolder, `Pulumi.${stack}.yaml`), "utf8");
        writeFileSync(stackFile, file?.(text) ?? text);
        mkdirSync(picturesFolder, { recursive: true });
        const page = join(picturesFolder, `${name}.html`);
        const { code, err } = await runTool("report", [stack, "--output", page, ...options], {
            root,
            planStack: async (...args) => {
                const planned = await planProjectStack(...args);
                return plan?.(planned) ?? planned;
            },
        });
        if (code !== 0) {
            throw new Error(err);
        }
        return page;
    } finally {
        rmSync(root, { recursive: true, force: true });
    }
}
