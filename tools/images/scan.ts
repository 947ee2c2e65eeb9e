import { DescribeImageScanFindingsCommand, type DescribeImageScanFindingsCommandOutput } from "@aws-sdk/client-ecr";
import { ExitError } from "../frame/exit.ts";
import type { ImageRepository } from "./reference.ts";
import { hasErrorName } from "../frame/aws-errors.ts";
import { repositoryInput, type RegistryAccess } from "./registry.ts";

const pollSeconds = 10;
/** Five minutes in all: ECR scans an image of some hundred MiB in less than two. */
const maxPolls = 30;

/** One minute in all: ECR begins to scan an image some seconds after its push. */
const maxPollsWithoutScan = 6;

/**
 * @param isNew it was pushed just now: a scan that is not there yet is waited for
 * @throws ExitError `failed` for an image without a finished scan, or with findings that are CRITICAL or HIGH
 */
export async function requireCleanScan(
    registry: RegistryAccess,
    repository: ImageRepository,
    digest: string,
    isNew: boolean,
): Promise<void> {
    for (let poll = 1; ; poll++) {
        const mayBegin = isNew && poll <= maxPollsWithoutScan;
        const scan = await readScan(registry, repository, digest).catch((error: unknown): Scan => {
            if (mayBegin && error instanceof NeverScannedError) {
                return { imageScanStatus: { status: "PENDING" } };
            }
            throw error;
        });
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

class NeverScannedError extends ExitError {
    constructor(digest: string, { name }: ImageRepository) {
        super(
            "failed",
            `${digest} was never scanned: run aws ecr start-image-scan --repository-name ${name} --image-id imageDigest=${digest}`,
        );
    }
}

type Scan = Partial<
    Pick<DescribeImageScanFindingsCommandOutput, "imageScanStatus" | "imageScanFindings" | "nextToken">
>;

async function readScan(
    { ecr }: RegistryAccess,
    repository: ImageRepository,
    imageDigest: string,
    nextToken?: string,
): Promise<Scan> {
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
            throw new NeverScannedError(imageDigest, repository);
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
    first: Scan,
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
