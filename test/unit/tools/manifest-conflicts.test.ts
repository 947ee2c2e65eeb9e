import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { accountConflicts, conflictsOf, type Claim } from "../../../tools/plan/account-conflicts.ts";
import { planStack } from "../../../tools/plan/plan.ts";
import { problemsOf } from "../../recorder.ts";

const claim = (stack: string, changes: Partial<Claim> = {}): Claim => ({
    stack,
    account: "111122223333",
    region: "eu-west-1",
    creates: ["guardDuty", "config"],
    ...changes,
});

test("two stacks that both create a service of one account are told apart by name, with the way out", () => {
    expect(conflictsOf(claim("dev", { creates: ["guardDuty"] }), [claim("dev"), claim("prod")])).toEqual([
        'payment-platform:accountServices.guardDuty must be "create" in one stack of an account and region, and dev and ' +
            'prod both create it in 111122223333, eu-west-1: let one of them "adopt" it',
    ]);
});

test("each service and each other stack is a problem of its own", () => {
    expect(conflictsOf(claim("dev"), [claim("staging"), claim("prod")])).toHaveLength(4);
});

test.each([
    ["another account", { account: "444455556666" }],
    ["an account that is not said", { account: undefined }],
    ["another region", { region: "us-east-1" }],
    ["other services", { creates: ["securityHub"] }],
])("a stack with %s is in nobody's way", (_, changes) => {
    expect(conflictsOf(claim("dev"), [claim("prod", changes)])).toEqual([]);
});

test("two stacks that both say no account may be in two", () => {
    const unsaid = { account: undefined };
    expect(conflictsOf(claim("dev", unsaid), [claim("prod", unsaid)])).toEqual([]);
});

const folders: string[] = [];
afterEach(() => {
    folders.splice(0).forEach((folder) => {
        rmSync(folder, { recursive: true });
    });
});

/** A project with these stack files. */
function project(stacks: Record<string, string>): string {
    const root = mkdtempSync(join(tmpdir(), "conflicts-"));
    folders.push(root);
    writeFileSync(join(root, "Pulumi.yaml"), "name: payment-platform\nmain: index.js\n");
    writeFileSync(join(root, "index.js"), "module.exports = { default: () => ({}) };\n");
    for (const [stack, content] of Object.entries(stacks)) {
        writeFileSync(join(root, `Pulumi.${stack}.yaml`), content);
    }
    return root;
}

const file = (service: string, account: string) =>
    [
        "config:",
        "  aws:region: eu-west-1",
        `  payment-platform:accountId: ${account}`,
        "  payment-platform:accountServices:",
        `    guardDuty: ${service}`,
        "",
    ].join("\n");

const same = '"111122223333"';

test("planning a stack reads the files of the others and refuses", async () => {
    const root = project({ dev: file("create", same), prod: file("create", same), other: file("adopt", same) });
    const [problem, ...others] = await problemsOf(planStack(root, "dev"));
    expect(problem).toContain("dev and prod both create it in 111122223333, eu-west-1");
    expect(others).toEqual([]);
    expect((await planStack(root, "other")).stack).toBe("other");
});

test("planning goes on where the files are of two accounts", async () => {
    const root = project({ dev: file("create", same), prod: file("create", '"444455556666"') });
    expect((await planStack(root, "dev")).stack).toBe("dev");
});

test("a file of another stack that is no YAML, or holds nonsense, is that stack's problem", () => {
    const config = {
        "aws:region": "eu-west-1",
        "payment-platform:accountId": "111122223333",
        "payment-platform:accountServices": '{"guardDuty":"create"}',
    };
    const root = project({
        broken: "config: [",
        wrong: "config:\n  payment-platform:accountServices: create\n",
        empty: "",
        dev: "",
    });
    expect(accountConflicts(root, "dev", config)).toEqual([]);
    expect(accountConflicts(root, "dev", { ...config, "payment-platform:accountServices": "create" })).toEqual([]);
});
