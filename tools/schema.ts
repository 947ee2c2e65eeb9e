import { resourceTypesByRule } from "../checks/resource-types.ts";
import { rules } from "../checks/rules.ts";
import { planStacks } from "../plan/planned-stacks.ts";
import { run } from "./schema/files.ts";

async function generate(): Promise<void> {
    // Rules run on the largest stack of the tests: each copy of this repository has other stacks at its root.
    const types = resourceTypesByRule(rules, await planStacks("test/project", ["prod"]));
    process.exitCode = run(process.argv.slice(2), process.cwd(), console.log, types);
}

export const generated = generate();
