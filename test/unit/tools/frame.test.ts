import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { z } from "zod";
import { commands } from "../../../tools/commands.ts";
import { exitCodes } from "../../../tools/frame/exit.ts";
import { Interrupt } from "../../../tools/frame/interrupt.ts";
import { formatColumns } from "../../../tools/frame/table.ts";
import { runTool } from "./run-tool.ts";

const names = Object.keys(commands);

test("each command has an npm script of its name, and each script that starts one has a row", () => {
    const { scripts } = z
        .object({ scripts: z.record(z.string(), z.string()) })
        .parse(JSON.parse(readFileSync("package.json", "utf8")));
    const started = Object.entries(scripts).filter(([, script]) => script.includes("tools/"));
    expect(started.map(([name]) => name).sort()).toEqual([...names].sort());
    for (const [name, script] of started) {
        expect(script).toMatch(new RegExp(`^node (--\\S+ )?tools/run\\.ts ${name}$`));
    }
});

test.each(names)("%s --help shows usage, options and exit codes", async (name) => {
    const { code, out, err } = await runTool(name, ["--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`Usage: npm run ${name} -- `);
    expect(out).toMatch(/^ {2}-h, --help {2,}/m);
    expect(out).toMatch(/^Exit codes:\n {2}0 +done$/m);
});

test.each(names)("%s answers an unknown option in one line, with exit code 2", async (name) => {
    const { code, out, err } = await runTool(name, ["--hlep"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^error: unknown option '--hlep' \(Did you mean --help\?\) \(see npm run \S+ -- --help\)\n$/);
});

test("without a command, the commands are listed; an unknown one is answered with the nearest", async () => {
    const { code, out } = await runTool("", []);
    expect(code).toBe(0);
    const longest = Math.max(...names.map((name) => name.length));
    for (const [name, { summary }] of Object.entries(commands)) {
        expect(out.split("\n")).toContain(`${name.padEnd(longest)}  ${summary}`);
    }
    expect(await runTool("simulte", [])).toEqual({
        code: 2,
        out: "",
        err: 'error: no command "simulte": did you mean simulate? (see node tools/run.ts --help)\n',
    });
});

test("docs/commands.md lists every command with its summary", () => {
    const page = readFileSync("docs/commands.md", "utf8");
    const rows = [...page.matchAll(/^\| `npm run (\S+)` +\| (.+?) +\|/gm)].map(([, name, summary]) => [name, summary]);
    expect(rows).toEqual(Object.entries(commands).map(([name, { summary }]) => [name, summary]));
});

test("exit codes are all different", () => {
    const codes = Object.values(exitCodes).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
});

const planThatFailsWith = (error: Error) => ({ planStack: () => Promise.reject(error) });

test("what AWS or the operating system refuses is one line; an error of the program keeps its stack trace", async () => {
    const denied = Object.assign(new Error("not authorized"), { name: "AccessDenied", $metadata: {} });
    expect(await runTool("plan", ["dev"], planThatFailsWith(denied))).toEqual({
        code: 1,
        out: "",
        err: "AWS: AccessDenied: not authorized\n",
    });
    expect(await runTool("plan", ["dev", "--json", "/no/such/folder/plan.json"])).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^ENOENT: no such file or directory, open '\/no\/such\/folder\/plan\.json'\n$/),
    });
    const cause = Object.assign(new Error("getaddrinfo ENOTFOUND registry.example.com"), { syscall: "getaddrinfo" });
    const unreachable = planThatFailsWith(new TypeError("fetch failed", { cause }));
    expect(await runTool("plan", ["dev"], unreachable)).toMatchObject({ code: 1, err: `${cause.message}\n` });
    await expect(runTool("plan", ["dev"], planThatFailsWith(new TypeError("x is undefined")))).rejects.toThrow(
        "x is undefined",
    );
});

test("Ctrl-C ends a command with 130 and one line", async () => {
    const interrupt = new Interrupt();
    const planStack = () => {
        interrupt.cancel(true);
        return new Promise<never>(() => undefined);
    };
    expect(await runTool("plan", ["dev"], { interrupt, planStack })).toEqual({
        code: 130,
        out: "",
        err: "Cancelled\n",
    });
});

test("columns are as wide as their longest cell, and lines end without spaces", () => {
    const rows = [
        ["a", "1", "x"],
        ["long", "22", ""],
    ];
    expect(formatColumns(rows, ["left", "right"])).toEqual(["a      1  x", "long  22"]);
    expect(formatColumns([])).toEqual([]);
});
