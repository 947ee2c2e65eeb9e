import { DescribeImageScanFindingsCommand, type DescribeImageScanFindingsCommandOutput } from "@aws-sdk/client-ecr";
import { ExitError } from "../frame/exit.ts";
import type { FindingExceptions } from "./finding-exceptions.ts";
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
 * @returns a line for each severe finding that the stack accepts
 * @throws ExitError `failed` for an image without a finished scan, or with other findings that are CRITICAL or HIGH
 */
export async function requireCleanScan(
    registry: RegistryAccess,
    repository: ImageRepository,
    digest: string,
    exceptions: FindingExceptions,
    isNew: boolean,
): Promise<string[]> {
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
            return acceptFindings(await severeFindings(registry, repository, digest, scan), digest, exceptions);
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

interface Finding {
    /** Such as `CVE-2023-45853`. */
    readonly name: string;
    readonly severity: string;
}

/** What is CRITICAL or HIGH. */
interface SevereFindings {
    readonly listed: readonly Finding[];
    /** Where ECR counts more than it lists. */
    readonly counted?: string;
}

const isSevere = ({ severity }: { readonly severity?: string }): boolean =>
    severity === "CRITICAL" || severity === "HIGH";

/** Of every page; both of ECR's own scans and of Amazon Inspector's. */
async function severeFindings(
    registry: RegistryAccess,
    repository: ImageRepository,
    digest: string,
    first: Scan,
): Promise<SevereFindings> {
    const listed: Finding[] = [];
    for (let page = first; ; page = await readScan(registry, repository, digest, page.nextToken)) {
        const { findings = [], enhancedFindings = [], findingSeverityCounts = {} } = page.imageScanFindings ?? {};
        listed.push(
            ...findings.filter(isSevere).map(({ name, severity }) => ({ name: `${name}`, severity: `${severity}` })),
            ...enhancedFindings.filter(isSevere).map(({ packageVulnerabilityDetails, title, severity }) => ({
                name: `${packageVulnerabilityDetails?.vulnerabilityId ?? title}`,
                severity: `${severity}`,
            })),
        );
        if (page.nextToken === undefined) {
            const { CRITICAL = 0, HIGH = 0 } = findingSeverityCounts;
            const counted = `${CRITICAL} CRITICAL and ${HIGH} HIGH, and lists ${listed.length} of them`;
            return { listed, counted: CRITICAL + HIGH > listed.length ? counted : undefined };
        }
    }
}

function acceptFindings({ listed, counted }: SevereFindings, digest: string, exceptions: FindingExceptions): string[] {
    const accepted = new Set<string>();
    const refused: string[] = [];
    const problems = new Set<string>();
    for (const { name, severity } of listed) {
        const { exception, problem } = exceptions.get(name) ?? {};
        if (exception === undefined || problem !== undefined) {
            refused.push(`${name} (${severity})`);
            problems.add(problem ?? "");
        } else {
            const { expires, owner } = exception;
            accepted.add(`${name} (${severity}) is accepted until ${expires}, ${owner} answers for it`);
        }
    }
    // No name, so no exception.
    if (counted !== undefined && refused.length === 0) {
        refused.push(counted);
    }
    if (refused.length > 0) {
        const remedy = "build the image with the fixed packages; for one without a fix see docs/images.md";
        const said = [`the scan of ${digest} found ${refused.join(", ")}: ${remedy}`, ...problems];
        throw new ExitError("failed", said.filter((line) => line !== "").join("; "));
    }
    return [...accepted];
}
