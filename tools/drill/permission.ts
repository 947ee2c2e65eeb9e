import { DrillProblem } from "./scene.ts";

/**
 * Whether something may be broken on purpose: asked for, and never in production. Not for the restore drill, which
 * makes copies beside what is there.
 *
 * @throws DrillProblem before anything is asked of AWS
 */
export function demandDestructive(environment: string, { RUN_DESTRUCTIVE: asked }: NodeJS.ProcessEnv): void {
    if (environment === "prod") {
        throw new DrillProblem("this drill breaks things, and is never held in prod");
    }
    if (asked !== "yes") {
        throw new DrillProblem("this drill breaks things: set RUN_DESTRUCTIVE=yes to hold it");
    }
}
