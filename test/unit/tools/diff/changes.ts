import type { Plan } from "../../../../plan/plan.ts";
import { tasksByService, type TasksByService } from "../../../../plan/stack-settings.ts";
import { buildDiffReport, type DiffReport } from "../../../../tools/diff/report.ts";
import { renderText } from "../../../../tools/diff/render.ts";
import { planOfConfig, settingsFromConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings, type StackConfig } from "../../settings/stack-config.ts";

type ChangedSettings = Readonly<Record<string, unknown>>;

const tasksIn = (config: StackConfig): TasksByService => tasksByService(settingsFromConfig(config));

/** What the settings of dev change, compared with dev as it is. */
export async function reportOfSettings(changes: ChangedSettings): Promise<DiffReport> {
    const [now, then] = [withSettings(readStackConfig("dev"), changes), readStackConfig("dev")];
    return reportOfPlans(await planOfConfig(then, "dev"), await planOfConfig(now, "dev"), tasksIn(then), tasksIn(now));
}

export const reportOfPlans = (before: Plan, after: Plan, tasks: TasksByService = {}, tasksAfter = tasks): DiffReport =>
    buildDiffReport({ plan: before, name: "before", tasks, notes: [] }, after, tasksAfter);

/** The lines of the report, without indentation. */
export const linesOf = (report: DiffReport): string[] =>
    renderText(report, (_, text) => text, 120)
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
