import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { promotionProblems, type Verified } from "../../../../tools/deploy/promotion.ts";
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

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "promotion-"));
    mkdirSync(join(root, "outputs"));
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

type Images = Readonly<Record<string, string>>;

/** What an update of prod with these images is refused for, where ECS has these images of before, by service, the oldest first. */
async function problemsOf(
    images: Images,
    before: Readonly<Record<string, readonly string[]>> = {},
    record: string | Verified = passed,
    previous = "staging",
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
    const text = typeof record === "string" ? record : JSON.stringify(record);
    writeFileSync(join(root, `outputs/${previous}.verified.json`), text);
    return promotionProblems(clients, settings, { root, stack: "prod" }, previous);
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

test.each<[string, Images, string]>([
    ["an image that did not pass", { api: digest("f") }, `api is to run ${digest("f")}, which prod never ran`],
    [
        "a migration that did not pass",
        { ...passed.digests, migration: digest("f") },
        `migration is to run ${digest("f")}, which prod never ran; what passed in staging is ${digest("c")}`,
    ],
    [
        "a service that was never tested",
        { notification: digest("d") },
        `notification is to run ${digest("d")}, which prod never ran; what passed in staging is nothing, or no task of it ran there: record`,
    ],
])("%s is refused", async (_, images, problem) => {
    const before = { api: [digest("1")], migration: [digest("2")] };
    expect(await problemsOf(images, before)).toEqual([expect.stringContaining(problem)]);
});

test("a stack is not promoted from itself", async () => {
    const own = { ...passed, stack: "prod" };
    expect(await problemsOf(passed.digests, {}, own, "prod")).toEqual(["prod cannot be promoted from itself"]);
});

test("without a record of the previous stack, nothing is promoted", async () => {
    const settings = settingsFromConfig(readStackConfig("prod"));
    const { clients } = clientsWith({});
    expect(await promotionProblems(clients, settings, { root, stack: "prod" }, "staging")).toEqual([
        "outputs/staging.verified.json does not exist: run all integration tests against staging, and bring what they wrote",
    ]);
});

test.each<[string, string | Verified, string]>([
    [
        "with a tag for a digest",
        { ...passed, digests: { api: "latest" } },
        "is no record of a verified stack: digests: api: ",
    ],
    ["that is cut off", JSON.stringify(passed).slice(0, 100), "is no record of a verified stack: "],
    ["that is empty", "", "is no record of a verified stack: "],
    ["of another stack", { ...passed, stack: "dev" }, "is the record of dev, and not of staging"],
])("a record %s is a problem like the others, and nothing is promoted", async (_, record, problem) => {
    expect(await problemsOf(passed.digests, {}, record)).toEqual([
        expect.stringContaining(`outputs/staging.verified.json ${problem}`),
    ]);
});
