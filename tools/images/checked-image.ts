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
    { isNew = false } = {},
): Promise<CheckedImage> {
    const image = await findImage(registry, repository, wanted);
    const { manifest, armDigest, labels } = await findRunnableImage(registry, repository, image.digest);
    await requireCleanScan(registry, repository, armDigest, isNew);
    return { repository, image, manifest, schema: schemaOfLabels(labels) };
}

/** Gives a checked image the tag by which its repository keeps it. */
export const markAsDeployed = (
    registry: Pick<RegistryAccess, "ecr">,
    { repository, image, manifest }: CheckedImage,
): Promise<void> => tagAsDeployed(registry, repository, image, manifest);
