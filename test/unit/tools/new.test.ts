import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
import { readSettings } from "../../../lib/settings.ts";
import { findFreeBlock } from "../../../tools/new/free-block.ts";
import { planStack } from "../../../plan/plan.ts";
import { readStack } from "../../../plan/stack-file.ts";
import { runTool, type ToolResult } from "./run-tool.ts";
import { rejectedPlanProblems } from "../../recorder.ts";
import { planProjectStack } from "../../stacks.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";

let root: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "new-"));
    writeFileSync(join(root, "Pulumi.yaml"), `name: payment-platform\nmain: ${resolve("index.ts")}\n`);
    write("dev", original);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const fileOf = (stack: string) => join(root, `Pulumi.${stack}.yaml`);
const write = (stack: string, text: string) => {
    writeFileSync(fileOf(stack), text);
};
const textOf = (stack: string) => readFileSync(fileOf(stack), "utf8");

/** The file of a stack that differs from dev, or another one, by some settings. */
const differing = (changes: Readonly<Record<string, unknown>>, top: object = {}, base = "dev"): string => {
    const config = Object.entries(withSettings(readStackConfig(base), changes)).map(
        ([key, text]): [string, unknown] => [key, text.startsWith("{") ? JSON.parse(text) : text],
    );
    return stringify({ ...top, config: Object.fromEntries(config) });
};

const original = differing({
    environmentSuffix: "dev",
    "network.cidr": "10.0.0.0/16",
    certificate: { source: "self-signed" },
    audit: { cloudTrail: true },
    accountServices: { apiGatewayRole: "create", guardDuty: "adopt" },
});
const digest = `sha256:${"1".repeat(64)}`;

const make = (...argv: string[]): Promise<ToolResult> => runTool("new", argv, { root });

const settingsOf = (stack: string) => readSettings(readStack(root, stack).config, [], "2026-06-30").settings;

test("a copy has the values that it needs in the original's account, and the command prints what differs and why", async () => {
    expect(await make("alice", "--from", "dev")).toEqual({
        code: 0,
        err: "",
        out: [
            "Pulumi.alice.yaml is written, a copy of Pulumi.dev.yaml. What differs, and why:",
            "  environmentSuffix: dev -> alice                  every name ends with it",
            "  network.cidr: 10.0.0.0/16 -> 10.1.0.0/16         overlaps the network of no other stack",
            "  audit.cloudTrail: true -> false                  the trail of one stack records the whole account",
            "  accountServices.apiGatewayRole: create -> adopt  AWS has one in an account and region; dev creates it",
            "",
            "Next:",
            "  npm run plan -- alice",
            "  npm run check -- alice",
            "  npm run deploy -- alice up",
            "",
        ].join("\n"),
    });
    expect(settingsOf("alice")).toEqual({
        ...settingsOf("dev"),
        environmentSuffix: "alice",
        network: { ...settingsOf("dev")?.network, cidr: "10.1.0.0/16" },
        audit: { ...settingsOf("dev")?.audit, cloudTrail: false },
        accountServices: { ...settingsOf("dev")?.accountServices, apiGatewayRole: "adopt" },
    });
});

test("a copy and its original are both planned, and share no name", async () => {
    await make("alice", "--from", "dev");
    const names = async (stack: string) => (await planProjectStack(root, stack)).nodes.slice(1).map(({ name }) => name);
    const [own, others] = [await names("alice"), new Set(await names("dev"))];
    expect(own.length).toBeGreaterThan(300);
    expect(own.filter((name) => others.has(name))).toEqual([]);
});

test("comments, order and quotes of the original are kept", async () => {
    const text = original.replace("config:", "# of dev\nconfig:\n  # where\n  other:b: 'x'");
    write("dev", text);
    await make("alice", "--from", "dev");
    const expected = text
        .replace("environmentSuffix: dev", "environmentSuffix: alice")
        .replace("10.0.0.0/16", "10.1.0.0/16")
        .replace("cloudTrail: true", "cloudTrail: false")
        .replace("apiGatewayRole: create", "apiGatewayRole: adopt");
    expect(textOf("alice")).toBe(expected);
});

test("images are not copied: the original's repositories hold them", async () => {
    write(
        "dev",
        differing({
            "services.api.imageDigest": digest,
            "services.payment.imageDigest": digest,
            "migration.imageDigest": digest,
        }),
    );
    const { out } = await make("alice", "--from", "dev");
    expect(textOf("alice")).not.toContain("imageDigest");
    expect(out).toContain(
        "  services.payment.imageDigest: removed            each stack has its own repositories: npm run images -- alice payment <image>",
    );
    expect(out).toMatch(/ {2}migration\.imageDigest: removed .* npm run images -- alice migration <image>/);
});

test("restored data is not copied: the copy has an empty first cluster", async () => {
    const restoreFrom = { source: "point-in-time", generation: 2, cluster: "payment-database-dev", time: "latest" };
    write(
        "dev",
        differing({
            "database.generation": 2,
            "database.otherGenerations": [1],
            "database.restoreFrom": restoreFrom,
        }),
    );
    const { out } = await make("alice", "--from", "dev");
    const database = settingsOf("alice")?.database;
    expect([database?.generation, database?.otherGenerations]).toEqual([1, undefined]);
    expect(textOf("alice")).not.toContain("restoreFrom");
    expect(out).toMatch(/ {2}database\.restoreFrom: removed +the copy gets no data of another stack\n/);
});

test("rotations are not copied: the copy makes secrets of its own, and accepts no former one", async () => {
    const rotated = { version: 3, acceptPrevious: true };
    write(
        "dev",
        differing({
            "cache.token": rotated,
            "gateway.token": rotated,
            "gateway.merchants.demo-merchant.key": rotated,
        }),
    );
    const { out } = await make("alice", "--from", "dev");
    expect(textOf("alice")).not.toContain("acceptPrevious");
    for (const setting of ["cache.token", "gateway.token", "gateway.merchants.demo-merchant.key"]) {
        expect(out).toContain(`  ${setting}: removed `);
    }
});

test("secrets and their encryption are not copied, and are named", async () => {
    const secure = { secure: "v1:abc:def" };
    write(
        "dev",
        differing({}, { secretsprovider: "awskms://alias/dev", encryptionsalt: "v1:salt", encryptedkey: "AQ==" }) +
            stringify({ "other:token": secure, other: { keep: 1, hooks: [{ url: secure }, 2], key: secure } }).replace(
                /^/gm,
                "  ",
            ),
    );
    const { code, out, err } = await make("alice", "--from", "dev");
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("payment-platform:other") });
    expect(out).toBe("");

    write("dev", textOf("dev").replace("  other:\n", "  other:group:\n"));
    const { out: told } = await make("alice", "--from", "dev");
    expect(textOf("alice")).not.toMatch(/secure|encrypt|secretsprovider|v1:/);
    const { config } = parse(textOf("alice")) as { config: Record<string, unknown> };
    expect(config["other:group"]).toEqual({ keep: 1 });
    expect(told).toContain("secretsprovider: removed");
    expect(told.split("Next:\n")[1]?.split("\n").slice(2, 6)).toEqual([
        "  npm run deploy -- alice preview    # makes the stack; then set its secrets anew:",
        "  npm run deploy -- alice pulumi config set --secret --path 'other:token'",
        "  npm run deploy -- alice pulumi config set --secret --path 'other:group.hooks'",
        "  npm run deploy -- alice pulumi config set --secret --path 'other:group.key'",
    ]);
});

test("a stack that `pulumi stack init` has created keeps its own encryption", async () => {
    write("dev", differing({}, { encryptionsalt: "v1:dev" }));
    write("qa", "encryptionsalt: v1:qa\n");
    expect(await rejectedPlanProblems(planStack(root, "qa"))).toEqual([
        "Pulumi.qa.yaml has no settings of the platform. To make it a copy of another stack: npm run new -- qa --from dev",
    ]);
    const { code, out } = await make("qa", "--from", "dev");
    expect({ code, file: textOf("qa").match(/encryptionsalt: .*/g) }).toEqual({
        code: 0,
        file: ["encryptionsalt: v1:qa"],
    });
    expect(out).not.toContain("encryptionsalt");
});

const domain = { source: "dns", domainName: "pay.example.com", zoneName: "example.com" };

test("a copy of a stack with a domain gets the given domain, also as an origin", async () => {
    write(
        "prod",
        differing({
            environmentSuffix: "prod",
            certificate: domain,
            "gateway.corsOrigins": ["https://pay.example.com", "https://other"],
        }),
    );
    await make("blue", "--from", "prod", "--domain", "blue.example.com");
    expect(settingsOf("blue")).toMatchObject({
        certificate: { ...domain, domainName: "blue.example.com" },
        gateway: { corsOrigins: ["https://blue.example.com", "https://other"] },
    });
    await make("green", "--from", "prod", "--domain", "pay.example.org", "--zone", "example.org");
    expect(settingsOf("green")?.certificate).toEqual({
        source: "dns",
        domainName: "pay.example.org",
        zoneName: "example.org",
    });
});

test.each([
    [
        [],
        "--domain must give the copy a domain of its own, as prod answers for pay.example.com: --domain blue.pay.example.com",
    ],
    [["--domain", "pay.example.com"], "--domain must give the copy a domain of its own"],
    [
        ["--domain", "pay.example.org", "--zone", "example.net"],
        "payment-platform:certificate.domainName must be in zoneName (example.net)",
    ],
    [["--domain", "Pay"], "payment-platform:certificate.domainName must be a lower-case domain name"],
])("a copy of a stack with a domain is refused, once, with %j", async (options, problem) => {
    write("prod", differing({ environmentSuffix: "prod", certificate: domain }));
    const { code, err } = await make("blue", "--from", "prod", ...options);
    expect({ code, lines: err.trimEnd().split("\n") }).toEqual({ code: 1, lines: [expect.stringContaining(problem)] });
});

test("where a domain is not in the original's zone, the option that gives another is named", async () => {
    write("prod", differing({ environmentSuffix: "prod", certificate: domain }));
    const { code, err } = await make("blue", "--from", "prod", "--domain", "pay.example.org");
    expect({ code, err }).toEqual({
        code: 1,
        err:
            'payment-platform:certificate.domainName must be in zoneName (example.com), got "pay.example.org"\n' +
            "--zone can give another Route 53 zone than the original's, in which the domain is\n",
    });
});

test("a copy of a file whose lines end with CRLF has one kind of line ends", async () => {
    write("dev", original.replace("config:\n", "$&  # a remark\n  # of two lines\n").replaceAll("\n", "\r\n"));
    await make("alice", "--from", "dev");
    expect(textOf("alice")).toContain("config:\n  # a remark\n  # of two lines\n");
    expect(textOf("alice")).not.toContain("\r");
});

test("a trail that the guardrails require is kept", async () => {
    write("prod", differing({ certificate: domain }, {}, "prod"));
    const { code, out } = await make("twin", "--from", "prod", "--domain", "twin.example.com");
    expect(code).toBe(0);
    expect(settingsOf("twin")?.audit).toMatchObject({ cloudTrail: true });
    expect(out).toContain("  audit.cloudTrail: stays true ");
});

test("all problems of a new stack are reported at once, and nothing is written", async () => {
    write("empty", "");
    const { code, err, out } = await make("Qa/1", "--from", "empty");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    for (const problem of [
        'the name of a stack must be 1 to 100 letters, digits, hyphens, underscores or periods, got "Qa/1"',
        "payment-platform:environmentSuffix must be lower-case letters and digits, in groups joined by single hyphens, " +
            'beginning with a letter, got "Qa/1"',
        '--from must name a stack that has settings, one of dev, empty, got "empty"',
        "--suffix can give an environmentSuffix that is not the name of the stack",
    ]) {
        expect(err).toContain(problem);
    }
});

test.each([
    [["dev", "--from", "dev", "--suffix", "other"], 2, "Pulumi.dev.yaml exists and has a configuration"],
    [["alice", "--from", "empty"], 1, '--from must name a stack that has settings, one of dev, empty, got "empty"'],
    [["alice", "--from", "dev", "--suffix", "dev"], 1, 'alice and dev both have "dev" and would have the same names'],
    [["alice", "--from", "dev", "--suffix", "a".repeat(30)], 1, "payment-platform:environmentSuffix must have at most"],
    [
        ["alice", "--from", "dev", "--domain", "x.example.com"],
        1,
        "--domain and --zone must be left out: dev has no domain",
    ],
])("%j is refused with %i", async (argv, code, problem) => {
    write("empty", "");
    const { err, ...result } = await make(...argv);
    expect({ ...result, err }).toMatchObject({ code, err: expect.stringContaining(problem) });
    expect(textOf("dev")).toBe(original);
});

test("where the name of the stack is too long for a suffix, the option that gives another is named", async () => {
    const name = "a-name-for-a-long-test";
    const { err } = await make(name, "--from", "dev");
    expect(err).toContain(`got "${name}"\n--suffix can give an environmentSuffix that is not the name of the stack\n`);
    expect((await make(name, "--from", "dev", "--suffix", "long")).code).toBe(0);
});

test("without an original, or with one that does not exist, the command prints which there are", async () => {
    expect(await make("alice")).toMatchObject({
        code: 2,
        err: expect.stringContaining("missing --from <stack>: there are dev"),
    });
    expect(await make("alice", "--from", "dve")).toMatchObject({
        code: 2,
        err: expect.stringContaining('no stack "dve": did you mean dev?'),
    });
});

test.each<[number, string[], string | undefined]>([
    [16, [], "10.0.0.0/16"],
    [16, ["10.0.0.0/16", "10.2.0.0/16"], "10.1.0.0/16"],
    [16, ["10.0.128.0/20"], "10.1.0.0/16"],
    [20, ["10.0.0.0/20", "10.0.32.0/20"], "10.0.16.0/20"],
    [16, ["10.0.0.0/8"], "172.16.0.0/16"],
    [16, ["10.0.0.0/8", "172.16.0.0/12"], "192.168.0.0/16"],
    [16, ["10.0.0.0/8", "172.16.0.0/12", "192.168.255.0/24"], undefined],
    [16, ["secret(network.cidr)", "10.0.0.0/16"], "10.1.0.0/16"],
])("the first free /%i that does not overlap %j is %s", (bits, taken, free) => {
    expect(findFreeBlock(bits, taken)).toBe(free);
});

test.each([
    ["without most settings", {}],
    [
        "with texts where groups and lists belong",
        { services: "none", gateway: { corsOrigins: "none" }, database: "none" },
    ],
])("a stack %s is refused with all its problems, and no file is written", async (_, settings) => {
    const config = Object.entries({ environment: "dev", ...settings }).map(([key, value]): [string, unknown] => [
        `payment-platform:${key}`,
        value,
    ]);
    write("bare", stringify({ config: { "aws:region": "us-east-1", ...Object.fromEntries(config) } }));
    const { code, err } = await make("alice", "--from", "bare");
    expect(code).toBe(1);
    expect(err).toContain("payment-platform:network.cidr is required");
    expect(err).toMatch(/payment-platform:database (is required|must be a group)/);
    expect(readdirSync(root)).not.toContain("Pulumi.alice.yaml");
});

test("a copy is refused where no private block is free", async () => {
    for (const [stack, cidr] of Object.entries({ one: "10.0.0.0/8", two: "172.16.0.0/12", three: "192.168.0.0/16" })) {
        write(stack, differing({ environmentSuffix: stack, "network.cidr": cidr }));
    }
    const { code, err } = await make("alice", "--from", "dev");
    expect(code).toBe(1);
    expect(err).toContain("payment-platform:network.cidr: no private /16 is free beside ");
});
