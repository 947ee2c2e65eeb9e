import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { planScript } from "../../checks/pack/offline-plan.ts";
import { defineCommand } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { withTemporaryFolder } from "../frame/temporary-folder.ts";
import { createPlanCopy } from "./copies.ts";
import { measure } from "./measure.ts";
import { formatBenchTable, isWithinBudget, planBudget, type BenchRow } from "./table.ts";

const runs = 5;
const serviceCounts = [3, 30, 100];

export const command = defineCommand({ arguments: {}, options: {} }, (_, { root, out }) =>
    // Outside of `node_modules`, in which Node strips no types.
    withTemporaryFolder("bench-", (folder) => {
        symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
        const rows = serviceCounts.map((services) => measurePlan(root, folder, services));
        out(formatBenchTable(rows));
        if (!rows.slice(0, 1).every(isWithinBudget)) {
            const { seconds, megabytes } = planBudget;
            throw new ExitError("failed", `the plan of prod takes more than ${seconds} s or ${megabytes} MB`);
        }
    }),
);

/** Plans prod with another number of services. */
function measurePlan(root: string, folder: string, services: number): BenchRow {
    const copy = createPlanCopy(root, folder, services);
    const script = planScript(root);
    // Fills the compile cache, too.
    measure([...script, "prod", "--json", "plan.json"], copy, 1);
    const { nodes } = JSON.parse(readFileSync(join(copy, "plan.json"), "utf8")) as { nodes: { type: string }[] };
    const resources = nodes.filter(({ type }) => !/^(payment|pulumi):/.test(type)).length;
    return { label: `plan of prod, ${services} services`, resources, ...measure([...script, "prod"], copy, runs) };
}
