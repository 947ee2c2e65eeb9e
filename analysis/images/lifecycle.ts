import { z } from "zod";

/** An image of a repository, as ECR's lifecycle policies see it. */
export interface RepositoryImage {
    readonly digest: string;
    readonly tags: readonly string[];
    /** Order in which the images were pushed. */
    readonly pushed: number;
    /** Whether an image index of the repository lists it. */
    readonly inIndex?: boolean;
}

const policySchema = z.object({
    rules: z.array(
        z.object({
            rulePriority: z.number(),
            selection: z.object({
                tagStatus: z.enum(["tagged", "untagged", "any"]),
                tagPrefixList: z.array(z.string()).default([]),
                countType: z.literal("imageCountMoreThan"),
                countNumber: z.number(),
            }),
        }),
    ),
});
type LifecycleRule = z.output<typeof policySchema>["rules"][number];

/**
 * Digests of the images that a lifecycle policy expires, by ECR's evaluation rules
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html):
 *
 * - Each rule counts all images that it matches, from the latest, also those that another rule expires.
 * - An image that a rule of higher priority (a lower number) matches is not expired by a later one.
 * - An image that an index lists is not expired before the index.
 *
 * @throws ZodError for a policy with other rules than on the number of images and the prefixes of tags
 */
export function expiredImages(policyText: string, images: readonly RepositoryImage[]): string[] {
    const rules = policySchema.parse(JSON.parse(policyText)).rules.toSorted((a, b) => a.rulePriority - b.rulePriority);
    const latestFirst = images.toSorted((a, b) => b.pushed - a.pushed);
    const decided = new Set<RepositoryImage>();
    const expired: RepositoryImage[] = [];
    for (const rule of rules) {
        const matched = latestFirst.filter((image) => matches(rule, image));
        const surplus = new Set(matched.slice(rule.selection.countNumber));
        for (const image of matched.filter((each) => !decided.has(each))) {
            decided.add(image);
            if (surplus.has(image) && image.inIndex !== true) {
                expired.push(image);
            }
        }
    }
    return expired.map(({ digest }) => digest);
}

/** A rule on tags matches an image that has a tag for each of its prefixes. */
const matches = ({ selection: { tagStatus, tagPrefixList } }: LifecycleRule, { tags }: RepositoryImage): boolean =>
    tagStatus === "any" ||
    (tagStatus === "untagged"
        ? tags.length === 0
        : tags.length > 0 && tagPrefixList.every((prefix) => tags.some((tag) => tag.startsWith(prefix))));
