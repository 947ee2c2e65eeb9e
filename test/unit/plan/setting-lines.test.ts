import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { withSourceLines } from "../../../plan/setting-lines.ts";
import { planStack } from "../../../plan/plan.ts";
import { readSettingsOfStack } from "../../../plan/stack-settings.ts";
import { copyProject } from "../../project.ts";

let root: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lines-"));
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const file = [
    "shared: &shared { orders: {} }",
    "config:",
    "  aws:region: us-east-1",
    "  payment-platform:database:",
    "    readers: 99",
    "    ? [not, a, key]",
    "    : 1",
    "  cache: { nodes: 1 }",
    "  payment-platform:alerts:",
    "    critical:",
    "      - a@example.com",
    "      - nobody",
    "  payment-platform:queues: *shared",
].join("\n");

test.each<[string, PropertyKey[], string | undefined]>([
    ["a key", ["database", "readers"], "5 |     readers: 99"],
    ["the group of a setting that is not there", ["database", "minAcu"], "4 |   payment-platform:database:"],
    ["a key without a namespace", ["cache", "nodes"], "8 |   cache: { nodes: 1 }"],
    ["a key of another namespace", ["aws:region"], "3 |   aws:region: us-east-1"],
    ["an entry of a list", ["alerts", "critical", 1], "12 |       - nobody"],
    ["a list whose entry is not there", ["alerts", "critical", 5], "10 |     critical:"],
    ["the alias of what is elsewhere", ["queues", "orders"], "13 |   payment-platform:queues: *shared"],
    ["no line of a setting that is not there", ["network"], undefined],
    ["no line of the whole file", [], undefined],
])("a problem shows %s", (_, path, line) => {
    writeFileSync(join(root, "Pulumi.dev.yaml"), file);
    const shown = line === undefined ? "is wrong" : `is wrong\n    ${line}`;
    expect(withSourceLines(root, "dev", ["is wrong"], [{ path, mayBeCredential: false }])).toEqual([shown]);
});

test("a line that may have a credential is not shown, whatever else is wrong in it", () => {
    writeFileSync(join(root, "Pulumi.dev.yaml"), file);
    const places = [["cache", "token"], ["cache", "nodes"], ["database"], ["network"]].map((path) => ({
        path,
        mayBeCredential: path.includes("token") || path.includes("network"),
    }));
    expect(withSourceLines(root, "dev", ["a", "b", "c", "d"], places)).toEqual([
        "a\n    line 8, which is not shown: it may have a credential",
        "b\n    line 8, which is not shown: it may have a credential",
        "c\n    4 |   payment-platform:database:",
        "d",
    ]);
});

test.each<[what: string, after: string, ...added: string[]]>([
    [
        "user and password of a URL",
        "    payment:",
        "      acquirer:",
        "        url: https://u:s3cr3t@api.acquirer.example",
    ],
    [
        "a password with a slash",
        "    payment:",
        "      acquirer:",
        "        url: https://u:pa/s3cr3t@api.acquirer.example",
    ],
    ["the query of a URL", "    payment:", "      acquirer:", "        url: https://api.acquirer.example?key=s3cr3t"],
    ["the query of what is no URL", "    payment:", "      acquirer:", "        url: api.acquirer.example?key=s3cr3t"],
    ["what is no URL", "    payment:", "      acquirer:", "        url: u:s3cr3t@api.acquirer.example"],
    ["a URL in place of a group", "    payment:", "      acquirer: https://u:s3cr3t@api.acquirer.example"],
    ["a flow map", "    payment:", "      acquirer: { url: https://a.example, key: s3cr3t }"],
    ["a key of the acquirer", "    payment:", "      acquirer:", "        apiKey: s3cr3t"],
    ["a key that is no setting", "    payment:", "      acquirerKey: s3cr3t"],
    ["a URL in place of a service", "  payment-platform:services:", "    extra: https://u:s3cr3t@a.example"],
    ["the token of the cache", "  payment-platform:cache:", "    token: s3cr3t"],
    ["the token of the API", "  payment-platform:gateway:", "    token: { value: s3cr3t }"],
    ["a merchant's key", "    merchants:", "      other-shop: { key: s3cr3t }"],
    ["a group that is no setting", "config:", "  payment-platform:databasePassword: s3cr3t"],
])("a problem does not repeat a credential: %s", (_, after, ...added) => {
    copyProject(root, ["dev"]);
    const stackFile = join(root, "Pulumi.dev.yaml");
    const text = readFileSync(stackFile, "utf8");
    writeFileSync(stackFile, text.replace(`${after}\n`, [after, ...added, ""].join("\n")));
    const problems = problemsOfDev();
    expect(problems).toMatch(/line \d+, which is not shown: it may have a credential/);
    expect(problems).not.toContain("s3cr3t");
});

function problemsOfDev(): string {
    try {
        readSettingsOfStack(root, "dev");
    } catch (error) {
        return String(error);
    }
    return "none";
}

test("the plan and the settings of a stack show the lines of their problems", async () => {
    copyProject(root, ["dev"]);
    const stackFile = join(root, "Pulumi.dev.yaml");
    const text = readFileSync(stackFile, "utf8");
    writeFileSync(stackFile, text.replace(/readers: \d+/, "readers: 99"));
    const message =
        /^Pulumi\.dev\.yaml has 1 problem:\n {2}payment-platform:database\.readers must be .*, got 99\n {4}\d+ \| {5}readers: 99$/;
    expect(() => readSettingsOfStack(root, "dev")).toThrow(message);
    await expect(planStack(root, "dev")).rejects.toThrow(message);
});
