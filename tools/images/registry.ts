import {
    BatchGetImageCommand,
    DescribeImagesCommand,
    GetDownloadUrlForLayerCommand,
    PutImageCommand,
    type ECRClient,
} from "@aws-sdk/client-ecr";
import { z } from "zod";
import { imageVolumes, user } from "../../contract/container.ts";
import { deployedTag } from "../../lib/compute/deployed-tag.ts";
import { hasErrorName } from "../frame/aws-errors.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import type { ImageId, ImageRepository } from "./reference.ts";

interface EcrAccess {
    readonly ecr: Pick<ECRClient, "send">;
}

/** ECR has the image and does not give its configuration now: another run may read it. */
export class UnreadableConfigError extends ExitError {}

/** What the checks of an image use. */
export interface RegistryAccess extends EcrAccess, Pick<CommandContext, "fetch" | "clock"> {}

/** What reading the configuration of an image uses. */
export type ConfigAccess = Pick<RegistryAccess, "ecr" | "fetch">;

/** An image that is in the repository, or an index of images. */
export interface StoredImage {
    readonly digest: string;
    readonly tags: readonly string[];
}

/** A manifest as it was pushed: the digest is the hash of its text. */
export interface ImageManifest {
    readonly text: string;
    readonly mediaType?: string;
}

/** An image that tasks can run. */
export interface RunnableImage {
    readonly manifest: ImageManifest;
    /** Digest of what runs on ARM64: another one where the manifest is an index. */
    readonly armDigest: string;
    readonly labels: Readonly<Record<string, string>>;
}

const descriptorSchema = z.object({
    digest: z.string(),
    platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
});
const manifestSchema = z.union([
    z.object({ manifests: z.array(descriptorSchema) }),
    z.object({ config: descriptorSchema }),
]);
const configSchema = z.object({
    architecture: z.string(),
    os: z.string(),
    config: z
        .object({
            Volumes: z.record(z.string(), z.unknown()).nullish(),
            Labels: z.record(z.string(), z.string()).nullish(),
        })
        .optional(),
});

type ImageConfig = z.output<typeof configSchema>;

const mediaTypes = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

export const repositoryInput = ({ name, account }: ImageRepository) => ({ repositoryName: name, registryId: account });

/** @throws ExitError `failed` when the repository or the image is not there */
export async function findImage({ ecr }: EcrAccess, repository: ImageRepository, image: ImageId): Promise<StoredImage> {
    const named = "imageTag" in image ? `tag ${image.imageTag}` : image.imageDigest;
    try {
        const { imageDetails = [] } = await ecr.send(
            new DescribeImagesCommand({ ...repositoryInput(repository), imageIds: [image] }),
        );
        const [found] = imageDetails;
        if (found?.imageDigest !== undefined) {
            return { digest: found.imageDigest, tags: found.imageTags ?? [] };
        }
    } catch (error) {
        if (hasErrorName(error, "RepositoryNotFoundException")) {
            throw new ExitError(
                "failed",
                `there is no repository ${repository.name}: deploy the stack once, it makes it`,
            );
        }
        if (!hasErrorName(error, "ImageNotFoundException")) {
            throw error;
        }
    }
    throw new ExitError("failed", `${repository.name} holds no image ${named}: push it there first`);
}

/** @throws ExitError `failed` for an image that Fargate's ARM64 tasks cannot run, or that lacks a volume of the contract */
export async function findRunnableImage(
    registry: RegistryAccess,
    repository: ImageRepository,
    digest: string,
): Promise<RunnableImage> {
    const { manifest, armDigest, config } = await findArmImage(registry, repository, digest);
    requireContract(digest, config);
    return { manifest, armDigest, labels: labelsOf(config) };
}

/** Labels of an image that tasks run. @throws ExitError `failed` where ECR does not have it, or not for ARM64 */
export async function readLabels(
    registry: ConfigAccess,
    repository: ImageRepository,
    digest: string,
): Promise<RunnableImage["labels"]> {
    return labelsOf((await findArmImage(registry, repository, digest)).config);
}

const labelsOf = ({ config }: ImageConfig): RunnableImage["labels"] => config?.Labels ?? {};

/** The image, or that for ARM64 of an index. */
async function findArmImage(registry: ConfigAccess, repository: ImageRepository, digest: string) {
    const { manifest, content } = await readManifest(registry, repository, digest);
    if (!("manifests" in content)) {
        const config = await readImageConfig(registry, repository, content.config.digest);
        return { manifest, armDigest: digest, config };
    }
    const { manifests } = content;
    const arm = manifests.find(({ platform }) => platform?.architecture === "arm64" && platform.os === "linux");
    if (arm === undefined) {
        // Attestations of a build are listed as images of an unknown architecture.
        const built = manifests.flatMap(({ platform }) => platform?.architecture ?? []);
        throw architectureError(digest, built.filter((name) => name !== "unknown").join(", "));
    }
    const { content: image } = await readManifest(registry, repository, arm.digest);
    if ("manifests" in image) {
        throw noManifestError(arm.digest);
    }
    const config = await readImageConfig(registry, repository, image.config.digest);
    return { manifest, armDigest: arm.digest, config };
}

/** @throws ExitError `failed` where ECR has no manifest of it */
export async function readManifest({ ecr }: EcrAccess, repository: ImageRepository, digest: string) {
    const { images: [image] = [] } = await ecr.send(
        new BatchGetImageCommand({
            ...repositoryInput(repository),
            imageIds: [{ imageDigest: digest }],
            acceptedMediaTypes: mediaTypes,
        }),
    );
    const text = image?.imageManifest ?? "null";
    const content = manifestSchema.safeParse(JSON.parse(text));
    if (!content.success) {
        throw noManifestError(digest);
    }
    return { manifest: { text, mediaType: image?.imageManifestMediaType }, content: content.data };
}

const noManifestError = (digest: string): ExitError =>
    new ExitError("failed", `${digest} has no manifest of an image: push it again`);

function requireContract(digest: string, { architecture, os, config }: ImageConfig): void {
    if (architecture !== "arm64" || os !== "linux") {
        throw architectureError(digest, `${os}/${architecture}`);
    }
    const declared = Object.keys(config?.Volumes ?? {});
    const missing = imageVolumes.filter((path) => !declared.includes(path));
    if (missing.length > 0) {
        throw new ExitError(
            "failed",
            `${digest} must declare VOLUME ${missing.join(" ")} in its Dockerfile, owned by ${user}: the service could not write there (docs/images.md)`,
        );
    }
}

const architectureError = (digest: string, found: string): ExitError =>
    new ExitError("failed", `${digest} must be built for linux/arm64, as tasks run on ARM64, got ${found}`);

async function readImageConfig(
    { ecr, fetch }: ConfigAccess,
    repository: ImageRepository,
    layerDigest: string,
): Promise<ImageConfig> {
    const { downloadUrl = "" } = await ecr.send(
        new GetDownloadUrlForLayerCommand({ ...repositoryInput(repository), layerDigest }),
    );
    const answer = await fetch(downloadUrl);
    if (!answer.ok) {
        throw new UnreadableConfigError(
            "failed",
            `the configuration of the image cannot be read: ECR answered ${answer.status}`,
        );
    }
    return configSchema.parse(await answer.json());
}

/** Gives an image the tag by which the lifecycle policy of its repository keeps it. */
export async function tagAsDeployed(
    { ecr }: EcrAccess,
    repository: ImageRepository,
    { digest, tags }: StoredImage,
    { text, mediaType }: ImageManifest,
): Promise<void> {
    const imageTag = deployedTag(digest);
    if (!tags.includes(imageTag)) {
        await ecr.send(
            new PutImageCommand({
                ...repositoryInput(repository),
                imageManifest: text,
                imageManifestMediaType: mediaType,
                imageTag,
            }),
        );
    }
}
