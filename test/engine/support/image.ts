import { createHash } from "node:crypto";
import { ECRClient, PutImageCommand, StartImageScanCommand } from "@aws-sdk/client-ecr";

const digestOf = (manifest: string): string => `sha256:${createHash("sha256").update(manifest).digest("hex")}`;

/** A manifest of an image; the content distinguishes one build from another. */
const imageManifest = (content: string): string =>
    JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        config: {
            mediaType: "application/vnd.oci.image.config.v1+json",
            size: content.length,
            digest: digestOf(content),
        },
        layers: [],
    });

const imageIndex = (manifest: string): string =>
    JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.index.v1+json",
        manifests: [
            {
                mediaType: "application/vnd.oci.image.manifest.v1+json",
                size: manifest.length,
                digest: digestOf(manifest),
                platform: { architecture: "arm64", os: "linux" },
            },
        ],
    });

export interface PushedImage {
    readonly repository: string;
    /** What `docker push` names, and what the settings hold: the digest of the index. */
    readonly digest: string;
    /** Digest of the image for ARM64, which is scanned. */
    readonly armDigest: string;
}

/** The image of a repository that a tag names, before it is pushed, too. */
export function imageOf(repository: string, tag: string): PushedImage {
    const { manifest, index } = manifestsOf(repository, tag);
    return { repository, digest: digestOf(index), armDigest: digestOf(manifest) };
}

function manifestsOf(repository: string, tag: string): { readonly manifest: string; readonly index: string } {
    const manifest = imageManifest(`${repository}:${tag}`);
    return { manifest, index: imageIndex(manifest) };
}

/** Pushes an index with an image for ARM64, as `docker buildx build --push` does, and starts the scan of the image. */
export async function pushImage(repository: string, tag: string): Promise<PushedImage> {
    const ecr = new ECRClient({ region: process.env.AWS_REGION });
    const { manifest, index } = manifestsOf(repository, tag);
    for (const [imageManifest, imageTag] of [[manifest], [index, tag]]) {
        await ecr.send(new PutImageCommand({ repositoryName: repository, imageManifest, imageTag }));
    }
    const image = imageOf(repository, tag);
    await ecr.send(
        new StartImageScanCommand({ repositoryName: repository, imageId: { imageDigest: image.armDigest } }),
    );
    return image;
}

/** The emulator finds a vulnerability in each image unless its findings are set: here to none. */
export async function setEmptyScanResult({ repository, armDigest }: PushedImage): Promise<void> {
    const answer = await fetch(`${process.env.AWS_ENDPOINT_URL}/moto-api/static/ecr/scan-finding-results`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
            region: process.env.AWS_REGION,
            results: [
                {
                    repositoryName: repository,
                    imageId: { imageDigest: armDigest },
                    imageScanStatus: { status: "COMPLETE" },
                    imageScanFindings: { findings: [], findingSeverityCounts: {} },
                },
            ],
        }),
    });
    if (!answer.ok) {
        throw new Error(`the emulator takes no results of a scan: it answered ${answer.status}`);
    }
}
