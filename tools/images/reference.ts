import { digestPattern } from "../../lib/settings/fields.ts";
import { ExitError } from "../frame/exit.ts";

/** Repository that a service of a stack pulls from. */
export interface ImageRepository {
    readonly name: string;
    readonly region: string;
    /** Account that the stack sets, if it sets one. */
    readonly account?: string;
}

/** An image of a repository: what ECR calls an image identifier. */
export type ImageId = { readonly imageTag: string } | { readonly imageDigest: string };

const registryHostPattern = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/**
 * What an operator means by an image: `<repository>:<tag>`, `<repository>@sha256:...` or a digest alone, the repository with
 * or without its registry.
 *
 * @throws ExitError `failed` for another repository, `usage` for text that names no image
 */
export function parseImageId(repository: ImageRepository, text: string): ImageId {
    if (digestPattern.test(text)) {
        return { imageDigest: text };
    }
    const [, where = "", tag, imageDigest = ""] = /^([^@]+?)(?::([\w][\w.-]{0,127})|@(.+))$/.exec(text) ?? [];
    if ((tag === undefined && !digestPattern.test(imageDigest)) || where === "sha256") {
        throw new ExitError(
            "usage",
            "image must be <repository>:<tag>, <repository>@sha256:<64 hexadecimal digits> or " +
                `sha256:<64 hexadecimal digits>, got "${text}"`,
        );
    }
    if (!isServiceRepository(repository, where)) {
        throw new ExitError(
            "failed",
            `image must be in the service's own repository ${repository.name} in ${repository.region}` +
                `${repository.account === undefined ? "" : ` of account ${repository.account}`}, got "${where}": push it there`,
        );
    }
    return tag === undefined ? { imageDigest } : { imageTag: tag };
}

function isServiceRepository({ name, region, account }: ImageRepository, where: string): boolean {
    const [path = "", host, ...deeper] = where.split("/").reverse();
    if (host === undefined) {
        return path === name;
    }
    const [, ofAccount, ofRegion] = registryHostPattern.exec(host) ?? [];
    return (
        path === name && deeper.length === 0 && ofRegion === region && (account === undefined || ofAccount === account)
    );
}
