import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommonJsCopy, createPlanCopy, planScriptArguments } from "./bench/copies.ts";
import { measure } from "./bench/measure.ts";
import { formatBenchTable, isWithinBudget, type BenchRow } from "./bench/table.ts";
import { readStack } from "../plan/stack-file.ts";

const runs = 5;
const root = process.cwd();
// Outside of `node_modules`, where the default loader compiles nothing.
const folder = mkdtempSync(join(tmpdir(), "bench-"));
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");

/** Plans prod with another number of services. */
function measurePlan(services: number): BenchRow {
    const copy = createPlanCopy(root, folder, services);
    const script = planScriptArguments(root);
    // Fills the compile cache, too.
    measure([...script, "prod", "--json", "plan.json"], copy, 1);
    const { nodes } = JSON.parse(readFileSync(join(copy, "plan.json"), "utf8")) as { nodes: { type: string }[] };
    const resources = nodes.filter(({ type }) => !/^(payment|pulumi):/.test(type)).length;
    return { label: `plan of prod, ${services} services`, resources, ...measure([...script, "prod"], copy, runs) };
}

/** Loads and previews the same program as Pulumi does by default. */
function measureDefaultLoader(): BenchRow {
    const copy = createCommonJsCopy(root, folder);
    const { config } = readStack(root, "prod");
    const loader = join(root, "tools", "bench", "default-loader.cjs");
    const args = ["--no-experimental-strip-types", loader, copy, JSON.stringify(config)];
    return { label: "Pulumi's default loader, 3 services", ...measure(args, copy, runs) };
}

try {
    const prod = measurePlan(3);
    process.stdout.write(formatBenchTable([prod, measurePlan(30), measurePlan(100), measureDefaultLoader()]));
    if (!isWithinBudget(prod)) {
        process.stderr.write("the plan of prod takes more than 1.2 s or 300 MB\n");
        process.exitCode = 1;
    }
} finally {
    rmSync(folder, { recursive: true, force: true });
}
