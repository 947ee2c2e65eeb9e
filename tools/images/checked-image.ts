import type { FindingExceptions } from "./finding-exceptions.ts";
import type { ImageId, ImageRepository } from "./reference.ts";
import {
    findImage,
    findRunnableImage,
    tagAsDeployed,
    type ImageManifest,
    type RegistryAccess,
    type StoredImage,
} from "./registry.ts";
import { requireCleanScan } from "./scan.ts";
import { schemaOfLabels, type ImageSchema } from "./schema.ts";

/** An image that tasks may run. */
export interface CheckedImage {
    readonly repository: ImageRepository;
    readonly image: StoredImage;
    readonly manifest: ImageManifest;
    /** Versions of the schema that it says. */
    readonly schema: ImageSchema;
    /** A line for each severe finding that the stack accepts. */
    readonly accepted: readonly string[];
}

/**
 * Checks everything that docs/images.md lists. Nothing is changed.
 *
 * @param isNew it was pushed just now, so that its scan may not have begun
 * @throws ExitError `failed` for an image that tasks cannot, or must not, run
 */
export async function checkImage(
    registry: RegistryAccess,
    repository: ImageRepository,
    wanted: ImageId,
    exceptions: FindingExceptions,
    { isNew = false } = {},
): Promise<CheckedImage> {
    const image = await findImage(registry, repository, wanted);
    const { manifest, armDigest, labels } = await findRunnableImage(registry, repository, image.digest);
    const accepted = await requireCleanScan(registry, repository, armDigest, exceptions, isNew);
    return { repository, image, manifest, schema: schemaOfLabels(labels), accepted };
}

/** Gives a checked image the tag by which its repository keeps it. */
export const markAsDeployed = (
    registry: Pick<RegistryAccess, "ecr">,
    { repository, image, manifest }: CheckedImage,
): Promise<void> => tagAsDeployed(registry, repository, image, manifest);
