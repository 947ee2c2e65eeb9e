import * as pulumi from "@pulumi/pulumi";
import type { ServiceSettings } from "../settings/schema.ts";

type ImageSettings = Pick<ServiceSettings, "imageDigest">;

/** Whether an image is recorded for the service. Until then ECS could start no task, so the service runs none. */
export const hasImage = ({ imageDigest }: ImageSettings): boolean => imageDigest !== undefined;

/** Tasks that the service runs at rest. */
export const tasksAtRest = (service: ImageSettings & Pick<ServiceSettings, "minTasks">): number =>
    hasImage(service) ? service.minTasks : 0;

/** The image by its digest. The tag of a service without an image is never pushed: it only shows what is missing. */
export const imageReference = (
    repositoryUrl: pulumi.Output<string>,
    { imageDigest }: ImageSettings,
): pulumi.Output<string> =>
    imageDigest === undefined
        ? pulumi.interpolate`${repositoryUrl}:awaiting-first-image`
        : pulumi.interpolate`${repositoryUrl}@${imageDigest}`;
