import { describe, expect } from "@jest/globals";
import { restoreDatabase, type Restored } from "../../tools/drill/restore-database.ts";
import { restoreDrill } from "../../tools/drill/restore.ts";
import type { Skipped } from "../../tools/drill/scene.ts";
import { settingsOf } from "../../plan/settings.ts";
import { foundBy, minutes, sceneOfStack } from "./support/scene.ts";
import { destroys, isEmulated, outputsOf } from "./support/stack.ts";

describe("what is lost can be restored", () => {
    destroys(
        "database and transaction log are restored within two hours, with at most a quarter of an hour lost",
        async () => {
            const { environment, environmentSuffix } = outputsOf();
            const { recovery, transactions } = settingsOf(process.cwd(), process.env.STACK ?? environment);
            const scene = sceneOfStack();
            // An emulator restores a table without its key.
            const stores =
                isEmulated && transactions.pointInTimeRecovery
                    ? { database: await restoreDatabase(scene, `payment-drill-database-${environmentSuffix}`) }
                    : await restoreDrill(scene, recovery.drillEveryDays);
            for (const store of Object.values<Restored | Skipped>({ ...stores })) {
                const found = foundBy<Restored>(store);
                expect(found?.seconds ?? 0).toBeLessThan(2 * 60 * 60);
                expect(found?.lostSeconds ?? 0).toBeLessThanOrEqual(15 * 60);
            }
        },
        minutes(330),
    );
});
