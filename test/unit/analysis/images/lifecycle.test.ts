import { expect, test } from "@jest/globals";
import { expiredImages, type RepositoryImage } from "../../../../analysis/images/lifecycle.ts";
import { deployedTag } from "../../../../lib/compute/deployed-tag.ts";
import { inputText } from "../../../../plan/query.ts";
import { planTestStack } from "../../../stacks.ts";
import { findNode } from "../../../recorder.ts";

/** Images in the order in which they were pushed. */
const pushed = (...images: Partial<RepositoryImage>[]): RepositoryImage[] =>
    images.map((image, i) => ({ digest: `image-${i}`, tags: [], pushed: i, ...image }));
const builds = (count: number): Partial<RepositoryImage>[] =>
    Array.from({ length: count }, (_, i) => ({ digest: `build-${i}`, tags: [`build-${i}`] }));

const rule = (rulePriority: number, selection: object) => ({ rulePriority, selection, action: { type: "expire" } });
const count = (countNumber: number) => ({ countType: "imageCountMoreThan", countNumber });
const policy = (...rules: object[]): string => JSON.stringify({ rules });

const planned = async (): Promise<string> =>
    inputText(
        findNode(await planTestStack("prod"), "payment-api-prod", "aws:ecr/lifecyclePolicy:LifecyclePolicy"),
        "policy",
    );

test("the running image is kept, however many are pushed after it", async () => {
    const running = { digest: "running", tags: ["1.0.0", deployedTag("running")] };
    const expired = expiredImages(await planned(), pushed(running, ...builds(400)));
    expect(expired).toHaveLength(350);
    expect(expired).not.toContain("running");
    // Without its tag it is one of those that only the number counts.
    expect(expiredImages(await planned(), pushed({ digest: "running" }, ...builds(400)))).toContain("running");
});

test("of the images that were deployed, the last 500 are kept", async () => {
    const deployed = Array.from({ length: 502 }, (_, i) => ({ digest: `${i}`, tags: [deployedTag(`${i}`)] }));
    expect(expiredImages(await planned(), pushed(...deployed))).toEqual(["1", "0"]);
});

test("the images of an index are kept as long as the index", async () => {
    const index = { digest: "index", tags: [deployedTag("index")] };
    const listed = { digest: "arm", inIndex: true };
    expect(expiredImages(await planned(), pushed(listed, index, ...builds(400)))).not.toContain("arm");
});

test("a rule counts the images that another one has matched, and expires the oldest of the others", () => {
    const text = policy(
        rule(2, { tagStatus: "any", ...count(2) }),
        rule(1, { tagStatus: "tagged", tagPrefixList: ["deployed-"], ...count(1) }),
    );
    const images = pushed({ tags: ["deployed-a"] }, { tags: ["b"] }, { tags: [] }, { tags: ["deployed-c"] });
    // The first is too many of its rule; the second is the third of all.
    expect(expiredImages(text, images)).toEqual(["image-0", "image-1"]);
});

test.each([
    [["a-", "b-"], ["image-1"]],
    [["a-"], ["image-1", "image-0"]],
])("a rule on the prefixes %j matches images with a tag for each of them", (tagPrefixList, expired) => {
    const text = policy(rule(1, { tagStatus: "tagged", tagPrefixList, ...count(0) }));
    const images = pushed({ tags: ["a-1"] }, { tags: ["a-2", "b-2"] }, { tags: [] });
    expect(expiredImages(text, images)).toEqual(expired);
});

test("a rule on untagged images matches no others", () => {
    const text = policy(rule(1, { tagStatus: "untagged", ...count(0) }));
    expect(expiredImages(text, pushed({ tags: ["a"] }, { tags: [] }))).toEqual(["image-1"]);
});

test("a policy that is not modelled is refused, not guessed at", () => {
    const byAge = { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 1 };
    expect(() => expiredImages(policy(rule(1, byAge)), [])).toThrow("imageCountMoreThan");
});
