import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { promotionProblems, readVerified, type Verified } from "../../../../tools/deploy/promotion.ts";
import { settingsFromConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { awsError, clientsWith } from "./fakes.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const passed: Verified = {
    stack: "staging",
    environment: "staging",
    digests: { api: digest("a"), payment: digest("b"), migration: digest("c") },
    at: "2026-01-01T00:00:00.000Z",
    commit: "c".repeat(40),
};

type Images = Readonly<Record<string, string>>;

/** What an update of prod with these images is refused for, where ECS has these images of before, by service, the oldest first. */
async function problemsOf(
    images: Images,
    before: Readonly<Record<string, readonly string[]>> = {},
    previous = passed,
): Promise<string[]> {
    const settings = settingsFromConfig(
        withSettings(
            readStackConfig("prod"),
            Object.fromEntries(
                Object.entries(images).map(([owner, image]) => [
                    `${owner === "migration" ? owner : `services.${owner}`}.imageDigest`,
                    image,
                ]),
            ),
        ),
    );
    const { clients } = clientsWith({
        DescribeTaskDefinition: (input) => {
            const [, service = "", number] =
                /^payment-(\w+)-prod(?::(\d+))?$/.exec((input as { taskDefinition: string }).taskDefinition) ?? [];
            const revisions = before[service] ?? [];
            const revision = Number(number ?? revisions.length);
            const image = revisions[revision - 1];
            return image === undefined
                ? awsError("ClientException", "Unable to describe task definition.")
                : { taskDefinition: { revision, containerDefinitions: [{ name: service, image: `r@${image}` }] } };
        },
    });
    return promotionProblems(clients, settings, "prod", previous);
}

test("images that passed in the previous stack may be deployed, and so may a stack without any", async () => {
    expect(await problemsOf(passed.digests)).toEqual([]);
    expect(await problemsOf({}, {}, { ...passed, digests: {} })).toEqual([]);
});

test("what an update does not change is not compared: stacks are promoted one after the other", async () => {
    const running = { api: digest("1"), payment: digest("2"), migration: digest("3") };
    const before = Object.fromEntries(Object.entries(running).map(([owner, image]) => [owner, [image]]));
    expect(await problemsOf(running, before)).toEqual([]);
});

test("a rollback goes back to an image that the previous stack no longer runs", async () => {
    expect(await problemsOf({ api: digest("1") }, { api: [digest("1"), digest("a")] })).toEqual([]);
});

test.each<[string, Images, Verified, string]>([
    ["an image that did not pass", { api: digest("f") }, passed, `api is to run ${digest("f")}, which prod never ran`],
    [
        "a migration that did not pass",
        { ...passed.digests, migration: digest("f") },
        passed,
        `migration is to run ${digest("f")}, which prod never ran; what passed in staging is ${digest("c")}`,
    ],
    [
        "a service that was never tested",
        { notification: digest("d") },
        passed,
        `notification is to run ${digest("d")}, which prod never ran; what passed in staging is nothing`,
    ],
    ["a stack from itself", passed.digests, { ...passed, stack: "prod" }, "prod cannot be promoted from itself"],
])("%s is refused", async (_, images, previous, problem) => {
    const before = { api: [digest("1")], migration: [digest("2")] };
    expect(await problemsOf(images, before, previous)).toEqual([expect.stringContaining(problem)]);
});

test("without a valid record of the previous stack, nothing is promoted", () => {
    const root = mkdtempSync(join(tmpdir(), "promotion-"));
    expect(() => readVerified(root, "staging")).toThrow(
        "outputs/staging.verified.json does not exist: run all integration tests",
    );
    mkdirSync(join(root, "outputs"));
    const file = join(root, "outputs/staging.verified.json");
    writeFileSync(file, JSON.stringify(passed));
    expect(readVerified(root, "staging")).toEqual(passed);
    writeFileSync(file, JSON.stringify({ ...passed, digests: { api: "latest" } }));
    expect(() => readVerified(root, "staging")).toThrow("digests.api");
});
