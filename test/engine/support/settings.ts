import type { StackFileChange, Project } from "./project.ts";
import type { EngineStep } from "./event-log.ts";

/** `update Queue payment-processing-dev` */
export const stepText = ({ op, type, name }: EngineStep): string => `${op} ${type.replace(/^.*:/, "")} ${name}`;

/** Applies settings to dev, then takes them back: what the engine did each time. */
export async function applyAndRevert(
    project: Project,
    changes: readonly StackFileChange[],
): Promise<{ there: readonly EngineStep[]; back: readonly EngineStep[] }> {
    await project.ensureDeployed("dev");
    const there = await project.withChangedSettings("dev", changes, () =>
        project.runOperationSuccessfully("up", "dev"),
    );
    const back = await project.runOperationSuccessfully("up", "dev");
    return { there: there.steps, back: back.steps };
}
