import type { Plan } from "../../../../plan/plan.ts";
import { reportOf, type Report } from "../../../../tools/diff/report.ts";
import { renderText } from "../../../../tools/diff/render.ts";
import { planOfConfig, settingsOf } from "../../checks/planned.ts";
import { stackConfig, withSettings, type StackConfig } from "../../settings/stack-config.ts";

type Changes = Readonly<Record<string, unknown>>;

const minTasksIn = (config: StackConfig): Record<string, number> =>
    Object.fromEntries(Object.entries(settingsOf(config).services).map(([name, { minTasks }]) => [name, minTasks]));

/** What the settings of dev change, compared with dev as it is. */
export async function reportOn(changes: Changes): Promise<Report> {
    const [now, then] = [withSettings(stackConfig("dev"), changes), stackConfig("dev")];
    return reportBetween(
        await planOfConfig(then, "dev"),
        await planOfConfig(now, "dev"),
        minTasksIn(then),
        minTasksIn(now),
    );
}

export const reportBetween = (
    before: Plan,
    after: Plan,
    minTasks: Record<string, number> = {},
    minTasksAfter = minTasks,
): Report => reportOf({ plan: before, name: "before", minTasks, notes: [] }, after, minTasksAfter);

/** The lines of the report, without indentation. */
export const linesOf = (report: Report): string[] =>
    renderText(report, false)
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
