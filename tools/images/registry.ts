import {
    BatchGetImageCommand,
    DescribeImageScanFindingsCommand,
    DescribeImagesCommand,
    GetDownloadUrlForLayerCommand,
    type DescribeImageScanFindingsCommandOutput,
    type ECRClient,
} from "@aws-sdk/client-ecr";
import { z } from "zod";
import { ImageProblem } from "./problem.ts";
import type { ImageId, Repository } from "./reference.ts";

/** What is asked of AWS. */
export interface Registry {
    readonly ecr: Pick<ECRClient, "send">;
    readonly fetch: (url: string) => Promise<{ ok: boolean; status: number; json(): Promise<unknown> }>;
    /** @param seconds to let a scan go on */
    readonly wait: (seconds: number) => Promise<unknown>;
}

/** An image that tasks can run: its own digest, and the one of what runs on ARM64, which differs in an index. */
export interface RunnableImage {
    readonly digest: string;
    readonly armDigest: string;
}

const descriptor = z.object({
    digest: z.string(),
    platform: z.object({ architecture: z.string(), os: z.string() }).optional(),
});
const manifestSchema = z.union([z.object({ manifests: z.array(descriptor) }), z.object({ config: descriptor })]);
const configSchema = z.object({ architecture: z.string(), os: z.string() });

const mediaTypes = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

const target = ({ name, account }: Repository) => ({ repositoryName: name, registryId: account });

/** @throws ImageProblem when the repository or the image is not there */
export async function digestOf({ ecr }: Registry, repository: Repository, image: ImageId): Promise<string> {
    const named = "imageTag" in image ? `tag ${image.imageTag}` : image.imageDigest;
    try {
        const { imageDetails = [] } = await ecr.send(
            new DescribeImagesCommand({ ...target(repository), imageIds: [image] }),
        );
        const [found] = imageDetails;
        if (found?.imageDigest !== undefined) {
            return found.imageDigest;
        }
    } catch (error) {
        if (isNamed(error, "RepositoryNotFoundException")) {
            throw new ImageProblem(`there is no repository ${repository.name}: deploy the stack once, it makes it`);
        }
        if (!isNamed(error, "ImageNotFoundException")) {
            throw error;
        }
    }
    throw new ImageProblem(`${repository.name} holds no image ${named}: push it there first`);
}

/** @throws ImageProblem for an image that Fargate's ARM64 tasks cannot run */
export async function runnable(registry: Registry, repository: Repository, digest: string): Promise<RunnableImage> {
    const { images = [] } = await registry.ecr.send(
        new BatchGetImageCommand({
            ...target(repository),
            imageIds: [{ imageDigest: digest }],
            acceptedMediaTypes: mediaTypes,
        }),
    );
    const manifest = manifestSchema.safeParse(JSON.parse(images[0]?.imageManifest ?? "null"));
    if (!manifest.success) {
        throw new ImageProblem(`${digest} has no manifest of an image: push it again`);
    }
    if ("manifests" in manifest.data) {
        const { manifests } = manifest.data;
        const arm = manifests.find(({ platform }) => platform?.architecture === "arm64" && platform.os === "linux");
        if (arm === undefined) {
            // What a build attests to stands beside the images, of an unknown architecture.
            const built = manifests.flatMap(({ platform }) => platform?.architecture ?? []);
            throw wrongArchitecture(digest, built.filter((name) => name !== "unknown").join(", "));
        }
        return { digest, armDigest: arm.digest };
    }
    const { architecture, os } = await configOf(registry, repository, manifest.data.config.digest);
    if (architecture !== "arm64" || os !== "linux") {
        throw wrongArchitecture(digest, `${os}/${architecture}`);
    }
    return { digest, armDigest: digest };
}

const wrongArchitecture = (digest: string, found: string): ImageProblem =>
    new ImageProblem(`${digest} must be built for linux/arm64, as tasks run on ARM64, got ${found}`);

async function configOf({ ecr, fetch }: Registry, repository: Repository, layerDigest: string) {
    const { downloadUrl = "" } = await ecr.send(
        new GetDownloadUrlForLayerCommand({ ...target(repository), layerDigest }),
    );
    const answer = await fetch(downloadUrl);
    if (!answer.ok) {
        throw new ImageProblem(`the configuration of the image cannot be read: ECR answered ${answer.status}`);
    }
    return configSchema.parse(await answer.json());
}

const secondsBetweenLooks = 10;
/** Five minutes in all: ECR scans an image of some hundred MiB in less than two. */
const mostLooks = 30;

/** @throws ImageProblem for an image without a finished scan, or with findings that are CRITICAL or HIGH */
export async function demandCleanScan(registry: Registry, repository: Repository, digest: string): Promise<void> {
    for (let look = 1; ; look++) {
        const scan = await scanOf(registry, repository, digest);
        const status = scan.imageScanStatus?.status ?? "unknown";
        // ACTIVE is a scan that Amazon Inspector keeps up to date.
        if (status === "COMPLETE" || status === "ACTIVE") {
            refuseFindings(await severeFindings(registry, repository, digest, scan), digest);
            return;
        }
        if (status !== "IN_PROGRESS" && status !== "PENDING") {
            const { description = "ECR gives no reason" } = scan.imageScanStatus ?? {};
            throw new ImageProblem(`the scan of ${digest} is ${status}, not COMPLETE: ${description}`);
        }
        if (look === mostLooks) {
            throw new ImageProblem(
                `the scan of ${digest} is still ${status} after ${(mostLooks * secondsBetweenLooks) / 60} minutes: try again later`,
            );
        }
        await registry.wait(secondsBetweenLooks);
    }
}

async function scanOf(
    { ecr }: Registry,
    repository: Repository,
    imageDigest: string,
    nextToken?: string,
): Promise<DescribeImageScanFindingsCommandOutput> {
    try {
        return await ecr.send(
            new DescribeImageScanFindingsCommand({ ...target(repository), imageId: { imageDigest }, nextToken }),
        );
    } catch (error) {
        if (isNamed(error, "ScanNotFoundException")) {
            throw new ImageProblem(
                `${imageDigest} was never scanned: run aws ecr start-image-scan --repository-name ${repository.name} --image-id imageDigest=${imageDigest}`,
            );
        }
        throw error;
    }
}

const isSevere = (severity: string | undefined): boolean => severity === "CRITICAL" || severity === "HIGH";

/** Of every page, by name and severity; both of ECR's own scans and of Amazon Inspector's. */
async function severeFindings(
    registry: Registry,
    repository: Repository,
    digest: string,
    first: DescribeImageScanFindingsCommandOutput,
): Promise<string[]> {
    const found: string[] = [];
    for (let page = first; ; page = await scanOf(registry, repository, digest, page.nextToken)) {
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

function refuseFindings(findings: readonly string[], digest: string): void {
    if (findings.length > 0) {
        throw new ImageProblem(
            `the scan of ${digest} found ${findings.join(", ")}: build the image with the fixed packages`,
        );
    }
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
