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
    expect(withSourceLines(root, "dev", ["is wrong"], [path])).toEqual([shown]);
});

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
