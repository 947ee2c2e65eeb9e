import {
    BatchGetImageCommand,
    DescribeImageScanFindingsCommand,
    DescribeImagesCommand,
    GetDownloadUrlForLayerCommand,
    type DescribeImageScanFindingsCommandOutput,
    type ECRClient,
} from "@aws-sdk/client-ecr";
import { z } from "zod";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import type { ImageId, ImageRepository } from "./reference.ts";

/** What the checks of an image use. */
export interface RegistryAccess extends Pick<CommandContext, "fetch" | "clock"> {
    readonly ecr: Pick<ECRClient, "send">;
}

/** An image that tasks can run: its own digest, and the one of what runs on ARM64, which differs in an index. */
export interface RunnableImage {
    readonly digest: string;
    readonly armDigest: string;
}

const descriptorSchema = z.object({
    digest: z.string(),
    platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
});
const manifestSchema = z.union([
    z.object({ manifests: z.array(descriptorSchema) }),
    z.object({ config: descriptorSchema }),
]);
const configSchema = z.object({ architecture: z.string(), os: z.string() });

const mediaTypes = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

const repositoryInput = ({ name, account }: ImageRepository) => ({ repositoryName: name, registryId: account });

/** @throws ExitError `failed` when the repository or the image is not there */
export async function findDigest(
    { ecr }: RegistryAccess,
    repository: ImageRepository,
    image: ImageId,
): Promise<string> {
    const named = "imageTag" in image ? `tag ${image.imageTag}` : image.imageDigest;
    try {
        const { imageDetails = [] } = await ecr.send(
            new DescribeImagesCommand({ ...repositoryInput(repository), imageIds: [image] }),
        );
        const [found] = imageDetails;
        if (found?.imageDigest !== undefined) {
            return found.imageDigest;
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

/** @throws ExitError `failed` for an image that Fargate's ARM64 tasks cannot run */
export async function findRunnableImage(
    registry: RegistryAccess,
    repository: ImageRepository,
    digest: string,
): Promise<RunnableImage> {
    const { images = [] } = await registry.ecr.send(
        new BatchGetImageCommand({
            ...repositoryInput(repository),
            imageIds: [{ imageDigest: digest }],
            acceptedMediaTypes: mediaTypes,
        }),
    );
    const manifest = manifestSchema.safeParse(JSON.parse(images[0]?.imageManifest ?? "null"));
    if (!manifest.success) {
        throw new ExitError("failed", `${digest} has no manifest of an image: push it again`);
    }
    if ("manifests" in manifest.data) {
        const { manifests } = manifest.data;
        const arm = manifests.find(({ platform }) => platform?.architecture === "arm64" && platform.os === "linux");
        if (arm === undefined) {
            // Attestations of a build are listed as images of an unknown architecture.
            const built = manifests.flatMap(({ platform }) => platform?.architecture ?? []);
            throw architectureError(digest, built.filter((name) => name !== "unknown").join(", "));
        }
        return { digest, armDigest: arm.digest };
    }
    const { architecture, os } = await readImageConfig(registry, repository, manifest.data.config.digest);
    if (architecture !== "arm64" || os !== "linux") {
        throw architectureError(digest, `${os}/${architecture}`);
    }
    return { digest, armDigest: digest };
}

const architectureError = (digest: string, found: string): ExitError =>
    new ExitError("failed", `${digest} must be built for linux/arm64, as tasks run on ARM64, got ${found}`);

async function readImageConfig({ ecr, fetch }: RegistryAccess, repository: ImageRepository, layerDigest: string) {
    const { downloadUrl = "" } = await ecr.send(
        new GetDownloadUrlForLayerCommand({ ...repositoryInput(repository), layerDigest }),
    );
    const answer = await fetch(downloadUrl);
    if (!answer.ok) {
        throw new ExitError("failed", `the configuration of the image cannot be read: ECR answered ${answer.status}`);
    }
    return configSchema.parse(await answer.json());
}

const pollSeconds = 10;
/** Five minutes in all: ECR scans an image of some hundred MiB in less than two. */
const maxPolls = 30;

/** @throws ExitError `failed` for an image without a finished scan, or with findings that are CRITICAL or HIGH */
export async function requireCleanScan(
    registry: RegistryAccess,
    repository: ImageRepository,
    digest: string,
): Promise<void> {
    for (let poll = 1; ; poll++) {
        const scan = await readScan(registry, repository, digest);
        const status = scan.imageScanStatus?.status ?? "unknown";
        // ACTIVE is a scan that Amazon Inspector keeps up to date.
        if (status === "COMPLETE" || status === "ACTIVE") {
            requireNoFindings(await severeFindings(registry, repository, digest, scan), digest);
            return;
        }
        if (status !== "IN_PROGRESS" && status !== "PENDING") {
            const { description = "ECR gives no reason" } = scan.imageScanStatus ?? {};
            throw new ExitError("failed", `the scan of ${digest} is ${status}, not COMPLETE: ${description}`);
        }
        if (poll === maxPolls) {
            throw new ExitError(
                "failed",
                `the scan of ${digest} is still ${status} after ${(maxPolls * pollSeconds) / 60} minutes: try again later`,
            );
        }
        await registry.clock.sleep(pollSeconds * 1000);
    }
}

async function readScan(
    { ecr }: RegistryAccess,
    repository: ImageRepository,
    imageDigest: string,
    nextToken?: string,
): Promise<DescribeImageScanFindingsCommandOutput> {
    try {
        return await ecr.send(
            new DescribeImageScanFindingsCommand({
                ...repositoryInput(repository),
                imageId: { imageDigest },
                nextToken,
            }),
        );
    } catch (error) {
        if (hasErrorName(error, "ScanNotFoundException")) {
            throw new ExitError(
                "failed",
                `${imageDigest} was never scanned: run aws ecr start-image-scan --repository-name ${repository.name} --image-id imageDigest=${imageDigest}`,
            );
        }
        throw error;
    }
}

const isSevere = (severity: string | undefined): boolean => severity === "CRITICAL" || severity === "HIGH";

/** Of every page, by name and severity; both of ECR's own scans and of Amazon Inspector's. */
async function severeFindings(
    registry: RegistryAccess,
    repository: ImageRepository,
    digest: string,
    first: DescribeImageScanFindingsCommandOutput,
): Promise<string[]> {
    const found: string[] = [];
    for (let page = first; ; page = await readScan(registry, repository, digest, page.nextToken)) {
        const { findings = [], enhancedFindings = [], findingSeverityCounts = {} } = page.imageScanFindings ?? {};
        found.push(
            ...findings
                .filter(({ severity }) => isSevere(severity))
                .map(({ name, severity }) => `${name} (${severity})`),
            ...enhancedFindings
                .filter(({ severity }) => isSevere(severity))
                .map(
                    ({ packageVulnerabilityDetails, title, severity }) =>
                        `${packageVulnerabilityDetails?.vulnerabilityId ?? title} (${severity})`,
                ),
        );
        if (page.nextToken === undefined) {
            const { CRITICAL = 0, HIGH = 0 } = findingSeverityCounts;
            // Findings that are counted and not listed count, too.
            return found.length > 0 || CRITICAL + HIGH === 0 ? found : [`${CRITICAL} CRITICAL and ${HIGH} HIGH`];
        }
    }
}

function requireNoFindings(findings: readonly string[], digest: string): void {
    if (findings.length > 0) {
        throw new ExitError(
            "failed",
            `the scan of ${digest} found ${findings.join(", ")}: build the image with the fixed packages`,
        );
    }
}

const hasErrorName = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
