/** Beginning of the tag by which a repository keeps an image that was recorded for its service. */
export const deployedTagPrefix = "deployed-";

/** Tags are immutable, so each digest has its own. */
export const deployedTag = (digest: string): string => `${deployedTagPrefix}${digest.replace("sha256:", "")}`;
