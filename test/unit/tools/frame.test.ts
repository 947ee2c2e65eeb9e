import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { z } from "zod";
import { commands } from "../../../tools/commands.ts";
import { exitCodes } from "../../../tools/frame/exit.ts";
import { Interrupt } from "../../../tools/frame/interrupt.ts";
import { formatColumns, formatTable, wrapLine } from "../../../tools/frame/table.ts";
import { runTool } from "./run-tool.ts";

const names = Object.keys(commands);

test("each command has an npm script of its name, and each script that starts one has a row", () => {
    const { scripts } = z
        .object({ scripts: z.record(z.string(), z.string()) })
        .parse(JSON.parse(readFileSync("package.json", "utf8")));
    const started = Object.entries(scripts).filter(([, script]) => script.includes("tools/"));
    expect(started.map(([name]) => name).sort()).toEqual([...names].sort());
    for (const [name, script] of started) {
        expect(script).toMatch(new RegExp(`^node (--max-\\S+ )?--require \\S+ tools/run\\.ts ${name}$`));
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
        err: 'error: no command "simulte": did you mean simulate? (see npx node tools/run.ts --help)\n',
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
        err: "/no/such/folder/plan.json cannot be written: create its folder first\n",
    });
    const cause = Object.assign(new Error("getaddrinfo ENOTFOUND registry.example.com"), { syscall: "getaddrinfo" });
    const unreachable = planThatFailsWith(new TypeError("fetch failed", { cause }));
    expect(await runTool("plan", ["dev"], unreachable)).toMatchObject({ code: 1, err: `${cause.message}\n` });
    const ofEachAddress = planThatFailsWith(new AggregateError([cause, cause]));
    expect(await runTool("plan", ["dev"], ofEachAddress)).toMatchObject({ code: 1, err: `${cause.message}\n` });
    const expired = Object.assign(new Error("Token is expired"), { name: "TokenProviderError" });
    expect(await runTool("plan", ["dev"], planThatFailsWith(expired))).toMatchObject({
        code: 1,
        err: "AWS: TokenProviderError: Token is expired\n",
    });
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

test("after a cancellation no work begins, and nothing follows the work that it waited for", async () => {
    const interrupt = new Interrupt();
    const done: string[] = [];
    const command = interrupt
        .waitFor(() => {
            interrupt.cancel(true);
            done.push("work");
            return Promise.resolve();
        }, "the work was done")
        .then(() => done.push("what follows"));
    await expect(command).rejects.toMatchObject({ exitReason: "cancelled", message: "Cancelled; the work was done" });
    const later = interrupt.waitFor(() => Promise.resolve(done.push("more work")), "");
    await expect(later).rejects.toMatchObject({ exitReason: "cancelled" });
    expect(done).toEqual(["work"]);
});

test("a cancellation during work ends the command once the work has ended, and not before", async () => {
    const interrupt = new Interrupt();
    const ends: string[] = [];
    interrupt.cancelledOutsideWork.catch(() => ends.push("the command"));
    const work = interrupt.waitFor(async () => {
        interrupt.cancel(true);
        await nextTurn();
        ends.push("the work");
    }, "");
    await expect(work).rejects.toMatchObject({ exitReason: "cancelled" });
    await nextTurn();
    expect(ends).toEqual(["the work", "the command"]);
});

test("a signal that came during a calculation is a cancellation, not the failure that it caused", async () => {
    const interrupt = new Interrupt();
    const planStack = () => {
        // As the loop of events receives it, after the process that the same Ctrl-C ended.
        setImmediate(() => {
            interrupt.cancel(true);
        });
        return Promise.reject(new TypeError("the child process ended"));
    };
    expect(await runTool("plan", ["dev"], { interrupt, planStack })).toMatchObject({ code: 130, err: "Cancelled\n" });
});

/** Lines that are longer than a terminal of this width. */
const tooLong = (text: string, width: number): string[] => text.split("\n").filter((line) => line.length > width);

test.each(names)("the help of %s fits the terminal", async (name) => {
    const { out } = await runTool(name, ["--help"], { width: 72, onTerminal: true });
    expect(tooLong(out, 72)).toEqual([]);
});

test.each([[""], ["check", "dev", "--evidence"], ["simulate", "dev"], ["envdiff", "dev", "prod"]])(
    "lines fit the terminal: %s %s %s",
    async (name, ...argv) => {
        const { out } = await runTool(name, argv, { width: 72, onTerminal: true });
        // A name or an ARN is not broken.
        expect(tooLong(out, 72).filter((line) => line.trim().includes(" "))).toEqual([]);
    },
);

test("of the tree of a plan, a type with its name alone may be longer than the line", async () => {
    const { out } = await runTool("plan", ["dev", "--only", "Monitoring"], { width: 72, onTerminal: true });
    const long = tooLong(out, 72);
    expect(long.length).toBeGreaterThan(0);
    expect(long.filter((line) => !/^[│├└─ ]*[\w.]+ {2}[\w-]+$/.test(line))).toEqual([]);
});

test("what is wrapped on a terminal is whole lines elsewhere", async () => {
    const words = (text: string) => text.split(/\s+/);
    const narrow = await runTool("envdiff", ["dev", "prod"], { width: 72, onTerminal: true });
    const piped = await runTool("envdiff", ["dev", "prod"], { width: 72 });
    expect(words(narrow.out)).toEqual(words(piped.out));
    expect(tooLong(piped.out, 72).length).toBeGreaterThan(10);
});

test("an option with a few values answers another one with the nearest", async () => {
    expect(await runTool("diff", ["dev", "--format", "markdwn"])).toMatchObject({
        code: 2,
        err: expect.stringContaining("Did you mean markdown?"),
    });
});

test("a message lists twenty names at most", async () => {
    const { err } = await runTool("check", ["dev", "--rule", "nothing-like-it"]);
    expect(err).toMatch(/valid names: ([\w-]+, ){19}[\w-]+ and \d+ more \(see /);
});

test("columns are as wide as their longest cell, and lines end without spaces", () => {
    const rows = [
        ["a", "1", "x"],
        ["long", "22", ""],
    ];
    expect(formatColumns(rows, ["left", "right"])).toEqual(["a      1  x", "long  22"]);
    expect(formatColumns([])).toEqual([]);
});

test("the last column continues below itself, unless too little of the line is left for it", () => {
    const rows = [["name", "a text that is longer than the line"]];
    expect(formatColumns(rows, [], 30)).toEqual(["name  a text that is longer", "      than the line"]);
    // A line that is less wide than the indent of what continues it.
    expect(wrapLine("    a line that begins further right", 3, 8).map((line) => line.trim())).toEqual([
        "a line",
        ..."that begins further right".split(" "),
    ]);
    expect(formatColumns(rows, [], 20)).toEqual(["name  a text that is longer than the line"]);
});

test("a table that is wider than the line has a block for each row", () => {
    const [header, rows] = [
        ["service", "tasks"],
        [
            ["api", "3"],
            ["worker", "12"],
        ],
    ];
    expect(formatTable(header, rows, 80)).toEqual(["service  tasks", "api      3", "worker   12"]);
    expect(formatTable(header, rows, 10)).toEqual([
        ...["service  api", "tasks    3", ""],
        ...["service  worker", "tasks    12"],
    ]);
});
