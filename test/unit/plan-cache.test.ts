import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { planStack, type Plan } from "../../plan/plan.ts";
import { cachedPlan } from "../plan-cache.ts";
import { testProjectFolder, testStacks } from "../project.ts";
import { planSources } from "../source-hash.ts";
import { planTestStack } from "../stacks.ts";

const root = mkdtempSync(join(tmpdir(), "plan-cache-"));
beforeAll(() => {
    for (const source of planSources) {
        cpSync(source, join(root, source), { recursive: true });
    }
});
afterEach(() => {
    rmSync(join(root, "node_modules"), { recursive: true, force: true });
});
afterAll(() => {
    rmSync(root, { recursive: true });
});

/** An empty plan, whose stack says when it was made. */
const empty = (made: number): Plan => ({
    project: "payment-platform",
    stack: `made ${made}`,
    nodes: [],
    outputs: {},
    unknownOutputs: [],
    inventedAnswers: [],
    messages: [],
});

/** Reads the cache twice, with a change between, and returns both plans. */
async function plansAround(
    change: () => void,
    inputs: [unknown, unknown] = ["dev", "dev"],
    cache: "on" | "off" = "on",
): Promise<string[]> {
    let made = 0;
    const ask = async (input: unknown): Promise<string> =>
        (await cachedPlan(input, () => Promise.resolve(empty(++made)), root)).stack;
    // A mutation run has switched the cache off, for all tests but these.
    const { PLAN_CACHE: former } = process.env;
    process.env.PLAN_CACHE = cache;
    try {
        const before = await ask(inputs[0]);
        change();
        return [before, await ask(inputs[1])];
    } finally {
        process.env.PLAN_CACHE = former ?? "";
    }
}

const append = (file: string): void => {
    writeFileSync(join(root, file), `${readFileSync(join(root, file), "utf8")}\n`);
};

test("with the same sources and settings the stack is planned once", async () => {
    expect(await plansAround(() => undefined)).toEqual(["made 1", "made 1"]);
});

test.each([
    "index.ts",
    "lib/network.ts",
    "lib/settings/schema.ts",
    "validator/handler.ts",
    "plan/monitor.ts",
    "package-lock.json",
])("after a change of %s it is planned again", async (file) => {
    expect(
        await plansAround(() => {
            append(file);
        }),
    ).toEqual(["made 1", "made 2"]);
});

test("after a new file among the sources it is planned again", async () => {
    const add = (): void => {
        writeFileSync(join(root, "lib/new.ts"), "");
    };
    expect(await plansAround(add)).toEqual(["made 1", "made 2"]);
});

test("with another setting it is planned again", async () => {
    expect(await plansAround(() => undefined, [{ zones: "2" }, { zones: "3" }])).toEqual(["made 1", "made 2"]);
});

test("StrykerJS, which changes the program without changing its files, gets no plan from the cache", async () => {
    expect(await plansAround(() => undefined, ["dev", "dev"], "off")).toEqual(["made 1", "made 2"]);
});

test("the program and the planner import no file that the cache ignores", () => {
    const files = new Set<string>();
    const follow = (file: string): void => {
        if (!files.has(file)) {
            files.add(file);
            for (const [, name = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import) "(\.[^"]+)"/g)) {
                follow(resolve(dirname(file), name));
            }
        }
    };
    follow(resolve("index.ts"));
    follow(resolve("plan/plan.ts"));
    const others = [...files]
        .map((file) => relative(".", file))
        .filter((file) => !planSources.some((source) => file === source || file.startsWith(`${source}/`)));
    expect(files.size).toBeGreaterThan(80);
    expect(others).toEqual([]);
});

test.each(testStacks)("the plan of %s that other tests read is the one of its current files", async (stack) => {
    expect(await planTestStack(stack)).toEqual(await planStack(testProjectFolder, stack));
});
