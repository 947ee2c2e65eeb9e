import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { PlanError } from "../../../plan/plan.ts";
import { parsePulumiYaml } from "../../../plan/pulumi-yaml.ts";
import { readStack, settingPath, stackNamesIn, type StackFiles } from "../../../plan/stack-file.ts";

let root: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "plan-"));
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

function read(stack: string, project = "name: shop\n"): StackFiles {
    writeFileSync(join(root, "Pulumi.yaml"), project);
    writeFileSync(join(root, "Pulumi.dev.yaml"), stack);
    return readStack(root, "dev");
}

test.each<[string, string, Record<string, string>]>([
    ["text as it is", "config:\n  shop:name: payments\n", { "shop:name": "payments" }],
    ["a key without namespace under the project's", "config:\n  name: payments\n", { "shop:name": "payments" }],
    ["a number as text", "config:\n  shop:zones: 3\n", { "shop:zones": "3" }],
    ["a switch as text", "config:\n  shop:nat: false\n", { "shop:nat": "false" }],
    [
        "a map as JSON",
        "config:\n  shop:net: { cidr: 10.0.0.0/16, zones: 2 }\n",
        { "shop:net": '{"cidr":"10.0.0.0/16","zones":2}' },
    ],
    ["a list as JSON", "config:\n  aws:ids:\n    - '012345678901'\n", { "aws:ids": '["012345678901"]' }],
    ["an empty file as no settings", "", {}],
    ["a value that is left out as no text", "config: { shop:a: , shop:b: null }\n", { "shop:a": "", "shop:b": "" }],
    // As the CLI 3.274 was seen to read them.
    [
        "numbers of YAML 1.1",
        "config: { shop:a: [010, 1_000, 0x10, 0o17, 2.0, .5] }",
        { "shop:a": "[8,1000,16,15,2,0.5]" },
    ],
    ["words that are no switches", "config: { shop:a: [yes, On, y, True] }", { "shop:a": '["yes","On","y",true]' }],
    ["a time of day as text", "config: { shop:a: 12:30:45 }", { "shop:a": "12:30:45" }],
    ["a date as Go writes it", "config: { shop:a: 2027-03-31 }", { "shop:a": "2027-03-31 00:00:00 +0000 UTC" }],
    [
        "maps in the order of the alphabet",
        "config: { shop:a: { web: { b: 1, a: 2 }, api: {} } }",
        { "shop:a": '{"api":{},"web":{"a":2,"b":1}}' },
    ],
    ["what is merged", "config: { shop:a: { <<: { b: 1 }, c: 2 } }", { "shop:a": '{"b":1,"c":2}' }],
])("the program gets %s", (_, file, expected) => {
    expect(read(file).config).toEqual(expected);
});

test("the project's defaults apply until the stack overrides them", () => {
    const project = [
        "name: shop",
        "main: program.ts",
        "config:",
        "  bare: 1",
        "  aws:region: { value: eu-west-1 }",
        "  declared: { type: string, default: x }",
        "  required: { type: string }",
    ].join("\n");
    expect(read("config:\n  shop:declared: y\n", project)).toMatchObject({
        main: "program.ts",
        config: { "shop:bare": "1", "aws:region": "eu-west-1", "shop:declared": "y" },
    });
    expect(read("").config).toEqual({});
    expect(read("").main).toBe("index.ts");
});

test("encrypted values become placeholders that name their setting, and their keys are secret", () => {
    const files = read(
        [
            "config:",
            "  shop:token: { secure: v1:abc }",
            "  shop:alerts: { hooks: [{ url: { secure: v1:def } }, { url: open }] }",
            "  shop:door: { secure: true, width: 2 }",
        ].join("\n"),
    );
    expect(files).toMatchObject({
        config: {
            "shop:token": "secret(shop:token)",
            "shop:alerts": '{"hooks":[{"url":"secret(shop:alerts.hooks[0].url)"},{"url":"open"}]}',
            "shop:door": '{"secure":true,"width":2}',
        },
        secretKeys: ["shop:token", "shop:alerts"],
        placeholders: ["secret(shop:token)", "secret(shop:alerts.hooks[0].url)"],
    });
});

test("a stack that overrides an encrypted default in plain text has no secret", () => {
    const project = "name: shop\nconfig:\n  shop:token: { value: { secure: v1:abc } }\n";
    expect(read("config: { shop:token: open }\n", project)).toMatchObject({ secretKeys: [], placeholders: [] });
});

test("an unknown stack is answered with the list of the stacks", () => {
    writeFileSync(join(root, "Pulumi.yaml"), "name: shop\n");
    expect(() => readStack(root, "prod")).toThrow(new PlanError(['no stack "prod": there are none']));
    for (const stack of ["staging", "dev"]) {
        writeFileSync(join(root, `Pulumi.${stack}.yaml`), "");
    }
    expect(() => readStack(root, "prod")).toThrow(
        'no stack "prod": there are dev, staging. To make it a copy of another stack: npm run new -- prod --from dev',
    );
    expect(stackNamesIn(root)).toEqual(["dev", "staging"]);
});

test("invalid YAML is reported with file, line and column, and the text of the line", () => {
    expect(() => read("config:\n  shop:a: [1, 2\n  shop:b: 3\n")).toThrow(
        /^Pulumi\.dev\.yaml:3:3: .+\n {2}3 \| {3}shop:b: 3\n {4}\| {3}\^$/,
    );
});

test.each([
    ["what is not closed, at the end of the last line", "config:\n  a: [1, 2\n\n", 2, "  a: [1, 2", 11],
    ["a tab as one column", "config:\n\ta: 1\n", 2, " a: 1", 1],
    ["a key twice", "config:\n  a: 1\n  a: 2\n", 3, "  a: 2", 3],
    ["the end of a long line", `config:\n  a: "${"x".repeat(200)}\n`, 2, "x".repeat(99), 207],
])("a syntax error shows %s", (_, text, line, source, column) => {
    const mark = `${" ".repeat(Math.min(column, 100) - 1)}^`;
    expect(() => read(text)).toThrow(`Pulumi.dev.yaml:${line}:${column}: `);
    expect(() => read(text)).toThrow(`${line} | ${source}\n    | ${mark}`);
});

test.each([
    ["confg:\n  a: 1\n", "Pulumi.dev.yaml:1: confg is not a key of a stack file: did you mean config?"],
    [
        "config:\n  a: 1\npayment-platform:deletionProtection: true\n",
        /^Pulumi\.dev\.yaml:3: payment-platform:deletionProtection is not a key of a stack file: indent it, if it belongs below config; Pulumi reads config, environment, /,
    ],
    ["config: {}\nconfig2: {}\n", /^Pulumi\.dev\.yaml:2: config2 is not a key/],
    [
        "Config: {}\nencryptionsal: v1\n",
        /Config is .*did you mean config\?\n.*encryptionsal is .* mean encryptionsalt\?/,
    ],
])("a key of the file that Pulumi ignores is refused with its line: %j", (text, message) => {
    expect(() => read(text)).toThrow(message);
});

test.each([
    "shared: &shared {}\nconfig: { a: *shared }\n",
    "name: &name api\nconfig: { a: *name }\n",
    "environment: [dev]\n",
    "mainEnvironment: shop/dev\n",
])("keys that Pulumi has, and those of values that aliases repeat, are accepted: %j", (text) => {
    expect(() => read(text)).not.toThrow();
});

test("a setting with its namespace and without is refused, with both lines", () => {
    expect(() => read("config:\n  payment-platform:waf: {}\n  cache: {}\n  waf: {}\n")).toThrow(
        new PlanError([
            "Pulumi.dev.yaml:4: waf is the same setting as payment-platform:waf in line 2: remove one of them",
        ]),
    );
});

test.each([
    ["47.10", "47.1"],
    ["007", "7"],
    ["12345678901234567890123", "1.2345678901234568e+22"],
    ["2027-03-31", "2027-03-31 00:00:00 +0000 UTC"],
])("text that is read as another text without quotes is refused: %s", (written, asRead) => {
    const file = (value: string) => `config:\n  payment-platform:costCenter: ${value}\n  waf: { a: ${value} }\n`;
    expect(() => read(file(written))).toThrow(
        new PlanError([
            `Pulumi.dev.yaml:2: payment-platform:costCenter must be in quotes: without them ${written} is read as ${asRead}`,
        ]),
    );
    expect(() => read(file(JSON.stringify(written)))).not.toThrow();
});

test.each([
    ["an alias", "  waf: &a 47.10\n  costCenter: *a\n", 2],
    ["a value with an anchor", "  costCenter: &a 47.10\n", 2],
    ["a merged map", "  waf: &a { costCenter: 47.10 }\n  <<: *a\n", 2],
    ["one of several merged maps", "  waf: &a {}\n  <<: [*a, { costCenter: 47.10 }]\n", 3],
    ["a map that is merged by the merged one", "  waf: &a { costCenter: 47.10 }\n  <<: { <<: *a }\n", 2],
    ["a value in a line of its own", "  costCenter:\n    47.10\n", 3],
])("text of %s is refused, with the line where the value is", (_, config, line) => {
    expect(() => read(`config:\n${config}`)).toThrow(
        new PlanError([`Pulumi.dev.yaml:${line}: costCenter must be in quotes: without them 47.10 is read as 47.1`]),
    );
});

test.each([
    ["before", "  costCenter: '47.10'\n  <<: { costCenter: 47.10 }\n"],
    ["behind", "  <<: { costCenter: 47.10 }\n  costCenter: '47.10'\n"],
])("a merged value is not looked at where the setting is there itself, %s it", (_, config) => {
    expect(read(`config:\n${config}`).config).toMatchObject({ "shop:costCenter": "47.10" });
});

test("a setting with its namespace and without is refused where one is merged", () => {
    expect(() => read("config:\n  waf: {}\n  <<:\n    payment-platform:waf: {}\n")).toThrow(
        "Pulumi.dev.yaml:4: payment-platform:waf is the same setting as waf in line 2: remove one of them",
    );
});

test.each([
    ["<<: { a: b }", "a", "b"],
    ["1: b", "1", "b"],
    ["true: b", "true", "b"],
    [": b", "", "b"],
])("a key that is no text is no reason to end with a stack trace: %s", (line, key, value) => {
    expect(read(`config:\n  ${line}\n`).config).toMatchObject({ [`shop:${key}`]: value });
});

test.each(["4711", "47.5", "true", "payments"])("text that stays the same without quotes is accepted: %s", (value) => {
    expect(() => read(`config:\n  costCenter: ${value}\n`)).not.toThrow();
});

test.each([
    ["an alias without its anchor", "a: *nope", 6, "Unresolved alias (the anchor must be set before the alias): nope"],
    ["a merge of an alias without its anchor", "<<: *nope", 7, "Unresolved alias"],
    ["a merge of what is no group", "a: { <<: 5 }", 8, "Merge sources must be maps or map aliases"],
    ["an alias inside of what it stands for", "a: &x [1, *x]", 13, "An alias must not be inside of what it stands for"],
    ["a number without end", "a: { b: 1e400 }", 11, "A number must be finite; a text needs quotes"],
    ["what is no number", "a: .nan", 6, "A number must be finite; a text needs quotes"],
    ["more aliases than a group may have", `a: [&x 1${", *x".repeat(101)}]`, 6, "Excessive alias count"],
])("%s is refused with its place", (_, line, column, message) => {
    expect(() => read(`config:\n  ${line}\n`)).toThrow(PlanError);
    expect(() => read(`config:\n  ${line}\n`)).toThrow(`Pulumi.dev.yaml:2:${column}: ${message}`);
});

test("a file in UTF-16 is refused, with what to do", () => {
    writeFileSync(join(root, "Pulumi.yaml"), "name: shop\n");
    writeFileSync(join(root, "Pulumi.dev.yaml"), Buffer.from("\uFEFFconfig: {}\n", "utf16le"));
    expect(() => readStack(root, "dev")).toThrow("Pulumi.dev.yaml is not in UTF-8: save it as UTF-8");
});

test("a folder with the name of a stack's file is no stack", () => {
    mkdirSync(join(root, "Pulumi.folder.yaml"));
    expect(stackNamesIn(root)).toEqual([]);
});

test("a setting is found under its key with the namespace, or without", () => {
    const at = (text: string, setting: string) => settingPath(parsePulumiYaml(text, "Pulumi.dev.yaml"), setting);
    expect(at("config: { services: { api: {} } }", "services.api")).toEqual(["config", "services", "api"]);
    expect(at("config: {}", "services.api")).toEqual(["config", "payment-platform:services", "api"]);
    expect(at("config: { a: 1, payment-platform:a: 2 }", "a")).toEqual(["config", "payment-platform:a"]);
});

test("a project without a name is still planned, so that its own errors are shown", () => {
    expect(read("config: { a: 1 }\n", "[]").config).toEqual({ ":a": "1" });
});
