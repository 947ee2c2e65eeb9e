import { spawnSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { search } from "@aws-lambda-powertools/jmespath";
import { readPage } from "./pages.ts";

/** The block that defines the functions of the runbook. */
const functions =
    readPage("docs/runbook.md").code.find(({ language, text }) => language === "sh" && text.includes("insights() {"))
        ?.text ?? "";

/**
 * Stand-ins for what the functions call. Each call of the AWS CLI is a line of the standard error;
 * a query has the states of `STATES`, one after the other, and the last one from then on.
 */
const standIns = String.raw`
    npm() { echo cluster.example; }
    sleep() { :; }
    states=$(mktemp) && echo "$STATES" > "$states" && trap 'rm "$states"' EXIT
    aws() {
        echo "aws $*" | tr '\n' ' ' >&2 && echo >&2
        case "$*" in
            *start-query*) test "$STATES" != none && echo query-1 ;;
            *" status "*)
                read -r first rest < "$states"
                echo "$first"
                test -z "$rest" || echo "$rest" > "$states" ;;
            *replication-groups*) printf 'node-001\treplica\nnode-002\tprimary\n' ;;
            *) echo rows ;;
        esac
    }`;

/** What a command of the runbook prints and ends with, and its calls of the AWS CLI. */
function run(command: string, states: string) {
    const script = `${standIns}\n${functions}\n${command}`;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
        encoding: "utf8",
        env: { ...process.env, STATES: states },
    });
    const lines = stderr.split("\n").filter((line) => line !== "");
    const calls = lines.filter((line) => line.startsWith("aws ")).map((line) => line.trim());
    return { status, stdout, calls, said: lines.filter((line) => !line.startsWith("aws ")) };
}

const operations = (calls: readonly string[]) =>
    calls.map((call) => (call.includes("start-query") ? "start" : call.includes("--query status") ? "state" : "rows"));

test("rows of a query are read once it is complete", () => {
    const { status, stdout, calls, said } = run("insights group query", "Scheduled Running Complete");
    expect({ status, stdout, said }).toEqual({ status: 0, stdout: "rows\n", said: [] });
    expect(operations(calls)).toEqual(["start", "state", "state", "state", "rows"]);
});

test.each(["Running", "Failed"])("a query that stays %s ends, and says that rows may be missing", (state) => {
    const { status, calls, said } = run("insights group query", state);
    expect({ status, said }).toEqual({ status: 0, said: [`The query is ${state}: rows may be missing`] });
    expect(operations(calls).at(-1)).toBe("rows");
});

test("a query that AWS refuses is not waited for", () => {
    const { status, calls } = run("insights group query", "none");
    expect(status).not.toBe(0);
    expect(operations(calls)).toEqual(["start"]);
});

test.each([
    ["insights group query", 1],
    ["insights group query 4", 4],
])("%s is about the last hours, counted from now", (command, hours) => {
    const [start = ""] = run(command, "Complete").calls;
    const [, from, to] = /--start-time (\d+) --end-time (\d+)/.exec(start) ?? [];
    expect(Math.abs(Number(to) - Number(from) - hours * 3600)).toBeLessThan(5);
});

test("a metric of the cache is shown of each node, after its role", () => {
    const { stdout, calls } = run("graph_cache CurrItems Maximum", "none");
    expect(stdout).toBe("node-001: replica\nrows\nnode-002: primary\nrows\n");
    expect(calls.slice(1)).toEqual([
        expect.stringContaining(
            "--metric-name CurrItems --statistics Maximum --dimensions Name=CacheClusterId,Value=node-001",
        ),
        expect.stringContaining("Name=CacheClusterId,Value=node-002"),
    ]);
});

test("a row has the values that the query asks for", () => {
    const [, query = ""] =
        /--query (results\S+)/.exec(run("insights group query", "Complete").calls.at(-1) ?? "") ?? [];
    const answer = {
        results: [
            [
                { field: "@timestamp", value: "2027-01-31 09:30:00.000" },
                { field: "message", value: "request failed" },
                { field: "@ptr", value: "CmEKJgoiMTIz" },
            ],
            [
                { field: "message", value: "not stopped in time" },
                { field: "n", value: "2" },
            ],
        ],
        status: "Complete",
    };
    expect(search(query, answer)).toEqual([
        ["2027-01-31 09:30:00.000", "request failed"],
        ["not stopped in time", "2"],
    ]);
});
