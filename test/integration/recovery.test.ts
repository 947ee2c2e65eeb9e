import { describe, expect } from "@jest/globals";
import { restoreDatabase, type RestoreResult } from "../../tools/drill/restore-database.ts";
import { runRestoreDrill } from "../../tools/drill/restore.ts";
import type { Skipped } from "../../tools/drill/context.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { printedResult, minutes, drillContextOfStack } from "./support/drill-context.ts";
import { destroys, isEmulated, outputsOf } from "./support/stack.ts";

describe("lost data can be restored", () => {
    destroys(
        "database and transaction log are restored within two hours, with at most a quarter of an hour lost",
        async () => {
            const { environment, environmentSuffix } = outputsOf();
            const { recovery, transactions } = readSettingsOfStack(process.cwd(), process.env.STACK ?? environment);
            const drillContext = drillContextOfStack();
            // An emulator restores a table without its key.
            const stores =
                isEmulated && transactions.pointInTimeRecovery
                    ? { database: await restoreDatabase(drillContext, `payment-drill-database-${environmentSuffix}`) }
                    : await runRestoreDrill(drillContext, recovery.drillEveryDays);
            for (const store of Object.values<RestoreResult | Skipped>({ ...stores })) {
                const found = printedResult<RestoreResult>(store);
                expect(found?.seconds ?? 0).toBeLessThan(2 * 60 * 60);
                expect(found?.lostSeconds ?? 0).toBeLessThanOrEqual(15 * 60);
            }
        },
        minutes(330),
    );
});
