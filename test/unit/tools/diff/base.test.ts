import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { loadBase } from "../../../../tools/diff/base.ts";
import { withWorktree } from "../../../../tools/diff/worktree.ts";
import type { PlanNode } from "../../../../plan/plan.ts";
import { emptyState } from "../../../../plan/state.ts";
import { copyProject } from "../../../project.ts";
import { planTestStack } from "../../../stacks.ts";
import { toolContext } from "../run-tool.ts";

let root: string;
const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" });
const lock = (version: string) =>
    JSON.stringify({
        name: "p",
        version,
        lockfileVersion: 3,
        requires: true,
        packages: { "": { name: "p", version } },
    });

function commit(version: string, content: string): string {
    writeFileSync(
        join(root, "package.json"),
        JSON.stringify({ name: "p", version, scripts: { plan: "node tools/plan.ts" } }),
    );
    writeFileSync(join(root, "package-lock.json"), lock(version));
    writeFileSync(join(root, "content"), content);
    git("add", "-A");
    git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qm", "A commit");
    return git("rev-parse", "HEAD").trim();
}

beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "diff-test-")));
    git("init", "-q");
    writeFileSync(join(root, ".gitignore"), "node_modules\n");
    mkdirSync(join(root, "node_modules"));
    writeFileSync(join(root, "node_modules", "here"), "");
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const lines: string[] = [];
const { context } = toolContext({ say: (line) => void lines.push(line) });

test("a commit is checked out with its packages outside the project's folder, and nothing of it remains", async () => {
    const first = commit("1.0.0", "then");
    writeFileSync(join(root, "content"), "now");
    let place = "";
    const seen = await withWorktree(root, "HEAD", context, ({ folder, commit: found, notes }) => {
        place = folder;
        return Promise.resolve({
            content: readFileSync(join(folder, "content"), "utf8"),
            linked: existsSync(join(folder, "node_modules", "here")),
            ...{ found, notes },
        });
    });
    expect(seen).toEqual({ content: "then", linked: true, found: first, notes: [] });
    expect(existsSync(place)).toBe(false);
    expect(existsSync(join(root, "node_modules", "here"))).toBe(true);
    expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
    expect(readFileSync(join(root, "content"), "utf8")).toBe("now");
});

test("a commit with other packages gets its own, with a message", async () => {
    commit("1.0.0", "then");
    commit("2.0.0", "now");
    const notes = await withWorktree(root, "HEAD~1", context, (checkout) => {
        expect(existsSync(join(checkout.folder, "node_modules", "here"))).toBe(false);
        return Promise.resolve(checkout.notes);
    });
    expect(notes).toEqual(["packages differ between HEAD~1 and now: each plan is made with its own"]);
    expect(lines).toContain(`${notes[0] ?? ""}; installing those of HEAD~1`);
});

test("the worktree is removed also when the work in it fails", async () => {
    commit("1.0.0", "then");
    await expect(withWorktree(root, "HEAD", context, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
});

const present = async () => ({
    root,
    plan: await planTestStack("dev"),
    tasks: { api: { atRest: 2, min: 2, max: 20 } },
});
const never = () => Promise.reject(new Error("the state was not requested"));

test.each(["no-such-ref", "--upload-pack=x"])("%s is no base", async (from) => {
    commit("1.0.0", "then");
    await expect(loadBase(await present(), from, never, context)).rejects.toThrow(
        `"${from}" is neither \`deployed\`, nor a file that \`npm run plan -- <stack> --json <file>\` wrote, nor a commit`,
    );
});

test("a stack that the commit does not have is new as a whole", async () => {
    commit("1.0.0", "then");
    const base = await loadBase(await present(), "HEAD", never, context);
    expect(base.plan.nodes).toEqual([]);
    expect(base.notes).toEqual([expect.stringMatching(/^dev has no file at HEAD \([0-9a-f]{7}\): all of it is new$/)]);
});

/** Commits stack dev with a program in place of the command `plan`, and a text that replaces the least of API tasks. */
function commitStack(program: string, minTasks = "minTasks: 3"): string {
    copyProject(root, ["dev"]);
    const file = join(root, "Pulumi.dev.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("minTasks: 2", minTasks));
    mkdirSync(join(root, "tools"));
    writeFileSync(join(root, "tools", "plan.ts"), program);
    return commit("1.0.0", "then");
}

const printsPlan = `console.log(JSON.stringify({ stack: process.argv[2], nodes: [], outputs: { made: "then" } }));`;

test("a commit is planned by its own program, with its own minimum of tasks", async () => {
    const hash = commitStack(printsPlan).slice(0, 7);
    const base = await loadBase(await present(), hash, never, context);
    expect(base).toMatchObject({
        name: `commit ${hash}`,
        plan: { stack: "dev", outputs: { made: "then" }, messages: [] },
        tasks: { api: { atRest: 3, min: 3 } },
        notes: [],
    });
});

test("when today's program refuses a commit's settings, today's minimum of tasks is used", async () => {
    commitStack(printsPlan, "minTasks: many");
    const base = await loadBase(await present(), "HEAD", never, context);
    expect(base).toMatchObject({ plan: { outputs: { made: "then" } }, tasks: { api: { atRest: 2, min: 2, max: 20 } } });
});

test.each([
    [
        "what its program wrote to stderr",
        `console.error("first\\nsecond"); process.exit(1);`,
        /:\n {2}first\n {2}second$/,
    ],
    ["how its program ended", "process.exit(1);", /:\n {2}Command failed: .*tools\/plan\.ts dev --json/],
    ["what is wrong with its plan", `console.log("no JSON");`, /:\n {2}Unexpected token/],
])("a commit that cannot be planned is refused with %s", async (_, program, reason) => {
    const hash = commitStack(program).slice(0, 7);
    const refused = loadBase(await present(), "HEAD", never, context);
    await expect(refused).rejects.toThrow(`dev cannot be planned at HEAD (${hash}):`);
    await expect(refused).rejects.toThrow(reason);
    expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
});

test("a plan that was written to a file is read unchanged", async () => {
    const { plan, ...rest } = await present();
    const file = join(root, "plan.json");
    writeFileSync(file, JSON.stringify({ ...plan, messages: undefined }));
    const base = await loadBase({ plan, ...rest }, "plan.json", never, context);
    expect(JSON.stringify(base.plan.nodes)).toBe(JSON.stringify(plan.nodes));
    expect(base.name).toBe("plan.json");
});

test("a written plan has the tasks of its own autoscaling, and those of the present settings where an image is missing", async () => {
    const { plan, ...rest } = await present();
    const withImage = (node: PlanNode) =>
        node.type === "aws:appautoscaling/target:Target" && node.name === "payment-api-dev"
            ? { ...node, inputs: { ...node.inputs, minCapacity: 4, maxCapacity: 9 } }
            : node;
    writeFileSync(join(root, "plan.json"), JSON.stringify({ ...plan, nodes: plan.nodes.map(withImage) }));
    const { tasks } = await loadBase(
        { plan, ...rest, tasks: { payment: rest.tasks.api } },
        "plan.json",
        never,
        context,
    );
    expect(tasks).toEqual({ api: { atRest: 4, min: 4, max: 9 }, payment: rest.tasks.api });
});

test.each([
    ["{", /plan\.json is no plan: write one with `npm run plan -- dev --json <file>`$/],
    ["# Cost\n", /plan\.json is no plan: write one with/],
    ["{}", /is no plan: write one with/],
    ['{"nodes":[1],"stack":"dev","project":"p","outputs":{}}', /is no plan: write one with/],
    ['{"nodes":[],"stack":"prod","project":"p","outputs":{}}', /is a plan of stack "prod", got stack "dev"/],
])("a file with %s is refused", async (content, message) => {
    writeFileSync(join(root, "plan.json"), content);
    await expect(loadBase(await present(), "plan.json", never, context)).rejects.toThrow(message);
});

test("what is deployed is read from the state", async () => {
    const base = await loadBase(await present(), "deployed", () => Promise.resolve(emptyState), context);
    expect(base).toMatchObject({ name: "what is deployed", plan: { nodes: [] } });
});
