import * as pulumi from "@pulumi/pulumi";
import type { ServiceSettings } from "../settings/schema.ts";

export type ImageSettings = Pick<ServiceSettings, "imageDigest">;

/** Whether an image is recorded for the service. Until then ECS could start no task. */
export const hasImage = ({ imageDigest }: ImageSettings): boolean => imageDigest !== undefined;

/** Tasks between which autoscaling keeps a service. */
export interface TaskRange {
    readonly min: number;
    readonly max: number;
}

type TaskSettings = Pick<ServiceSettings, "minTasks" | "maxTasks" | "reservePercent">;

/** The range of a service that has an image. Its minimum includes the reserve. */
export const taskRangeWithImage = ({ minTasks, maxTasks, reservePercent }: TaskSettings): TaskRange => ({
    min: Math.min(maxTasks, Math.ceil((minTasks * (100 + reservePercent)) / 100)),
    max: maxTasks,
});

/** No image, no tasks: otherwise a backlog would start tasks that find no image. */
export const taskRange = (service: ImageSettings & TaskSettings): TaskRange =>
    hasImage(service) ? taskRangeWithImage(service) : { min: 0, max: 0 };

/** The image by its digest. The tag of a service without an image is never pushed: it only shows what is missing. */
export const imageReference = (
    repositoryUrl: pulumi.Output<string>,
    { imageDigest }: ImageSettings,
): pulumi.Output<string> =>
    imageDigest === undefined
        ? pulumi.interpolate`${repositoryUrl}:awaiting-first-image`
        : pulumi.interpolate`${repositoryUrl}@${imageDigest}`;
