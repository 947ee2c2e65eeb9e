import { existsSync, globSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import program from "../index.ts";
import { planProgram, planStack, type Plan } from "../plan/plan.ts";
import { cachedPlan } from "./plan-cache.ts";
import { testProjectFolder } from "./project.ts";

/** The plan of a stack of the tests. */
export const planTestStack = (stack: string): Promise<Plan> => planProjectStack(testProjectFolder, stack);

const plans = new Map<string, Promise<Plan>>();

/** The plan of a stack of a project, from the cache where its program is a file of this checkout. */
export function planProjectStack(root: string, stack: string): Promise<Plan> {
    const files = projectFiles(root);
    const project = files.get("Pulumi.yaml") ?? "";
    const main = resolve(root, /^main: (.*)$/m.exec(project)?.[1] ?? "index.ts");
    if (relative(".", main).startsWith("..") || !existsSync(main)) {
        return planStack(root, stack);
    }
    files.set("Pulumi.yaml", project.replace(/^main: .*$/m, ""));
    const inputs = [stack, [...files], main, readFileSync(main, "utf8")];
    const key = JSON.stringify(inputs);
    const plan = plans.get(key) ?? cachedPlan(inputs, () => planStack(root, stack));
    plans.set(key, plan);
    return plan;
}

/** The plan of the whole platform with this configuration: full keys, strings. A stack has the name of its suffix. */
export const planOfConfig = (
    config: Record<string, string>,
    stack = config["payment-platform:environmentSuffix"] ?? "test",
): Promise<Plan> => cachedPlan([stack, config], () => makePlan(config, stack));

/** As `planOfConfig`, without the cache: for a configuration that no other test and no later run has. */
export const makePlan = (config: Record<string, string>, stack = "test"): Promise<Plan> =>
    planProgram({
        project: "payment-platform",
        stack,
        config,
        secretKeys: [],
        program,
        requiredAncestorType: "PaymentPlatform",
    });

/** By name: a stack is planned with the others, as no two may have the same names. */
const projectFiles = (root: string): Map<string, string> =>
    new Map(
        globSync("Pulumi*.yaml", { cwd: root })
            .sort()
            .map((file) => [file, readFileSync(join(root, file), "utf8")]),
    );
