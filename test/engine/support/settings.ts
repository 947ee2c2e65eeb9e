import type { Change, Project } from "./project.ts";
import type { Step } from "./steps.ts";

/** `update Queue payment-processing-dev` */
export const brief = ({ op, type, name }: Step): string => `${op} ${type.replace(/^.*:/, "")} ${name}`;

/** Applies settings to dev, then takes them back: what the engine did each time. */
export async function thereAndBack(
    project: Project,
    changes: readonly Change[],
): Promise<{ there: readonly Step[]; back: readonly Step[] }> {
    await project.deployed("dev");
    const there = await project.with("dev", changes, () => project.mustOperate("up", "dev"));
    const back = await project.mustOperate("up", "dev");
    return { there: there.steps, back: back.steps };
}
