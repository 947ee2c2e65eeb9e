import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { parse } from "yaml";
import type { Rotation } from "../../../lib/settings/rotation.ts";
import type { CommandContext } from "../../../tools/frame/context.ts";
import { Interrupt } from "../../../tools/frame/interrupt.ts";
import type { Plan } from "../../../plan/plan.ts";
import { readStack } from "../../../plan/stack-file.ts";
import { emptyState, type StateResource } from "../../../plan/state.ts";
// The command loads these on demand; the imports make the dependency of these tests visible.
import "../../../tools/rotate/merchant-key.ts";
import "../../../tools/rotate/rotate.ts";
import { StackServices } from "../../../tools/images/stack-services.ts";
import { gatewayToken } from "../../../tools/rotate/gateway-token.ts";
import { writeRotation } from "../../../tools/rotate/stack-settings.ts";
import { getPath } from "../../../plan/query.ts";
import { copyProject } from "../../project.ts";
import { planOfConfig } from "../../stacks.ts";
import {
    awsError,
    clientsWith,
    exportedSecret,
    fakeStack,
    pulumiError,
    pulumiWith,
    settledServices,
    stateResourcesOf,
    terminalWith,
    type FakeResponses,
} from "./deploy/fakes.ts";
import { runTool } from "./run-tool.ts";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "rotate-"));
    copyProject(root, ["dev"]);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const passwordType = "random:index/randomPassword:RandomPassword";
const cacheType = "aws:elasticache/replicationGroup:ReplicationGroup";
const versionType = "aws:secretsmanager/secretVersion:SecretVersion";
const keyType = "aws:apigateway/apiKey:ApiKey";
const merchant = "example-shop";

const plans = new Map<string, Promise<Plan>>();

/** The plan of what the file says. */
function planNow(): Promise<Plan> {
    const { config } = readStack(root, "dev");
    const key = JSON.stringify(config);
    const plan = plans.get(key) ?? planOfConfig(config);
    plans.set(key, plan);
    return plan;
}

const settingsFile = () => readFileSync(join(root, "Pulumi.dev.yaml"), "utf8");
const inFile = (setting: string): unknown =>
    getPath(
        parse(settingsFile()) as never,
        `config.payment-platform:${setting.split(".")[0] ?? ""}.${setting.split(".").slice(1).join(".")}`,
    );

const ofType = (resources: readonly StateResource[], type: string) => resources.filter((each) => each.type === type);
const isCachePassword = ({ type, urn }: StateResource) =>
    type === passwordType && urn.endsWith("::payment-cache-token-dev");
const tokenVersion = (resources: readonly StateResource[]) =>
    Number(getPath(resources.find(isCachePassword)?.inputs ?? {}, "keepers.version") ?? 1);
const token = (version: number) => exportedSecret(`token-${version}`);
const isTokenSecret = ({ type, urn }: StateResource) =>
    type === versionType && urn.endsWith("::payment-cache-token-dev");

/** What is deployed once an update with the settings of the file has ended: a provider makes another token for a version. */
async function deployedNow(): Promise<StateResource[]> {
    const resources = stateResourcesOf(await planNow());
    const made = token(tokenVersion(resources));
    return resources.map((each) => {
        if (isCachePassword(each)) {
            return { ...each, outputs: { ...each.outputs, result: made } };
        }
        return isTokenSecret(each) ? { ...each, outputs: { ...each.outputs, secretString: made } } : each;
    });
}

const step = (op: string, { urn, type }: StateResource) => ({
    resOutputsEvent: {
        planning: true,
        metadata: {
            op,
            urn,
            type,
            old: { custom: true, inputs: {} },
            ...(op === "replace" && { new: { custom: true } }),
        },
    },
});

/** As the engine's preview: passwords are replaced, and keys deleted, that the next update replaces and deletes. */
function losses(before: readonly StateResource[], after: readonly StateResource[]): object[] {
    const urns = new Set(after.map(({ urn }) => urn));
    const replaced = tokenVersion(before) === tokenVersion(after) ? [] : before.filter(isCachePassword);
    return [
        ...replaced.map((each) => step("replace", each)),
        ...[...ofType(before, keyType), ...ofType(before, passwordType)]
            .filter(({ urn }) => !urns.has(urn))
            .map((each) => step("delete", each)),
    ];
}

interface Rotating {
    readonly resources?: readonly StateResource[];
    readonly answers?: FakeResponses;
    /** The update, counted from one, that fails before it changes anything. */
    readonly failing?: number;
    readonly failure?: Error;
    /** What happens while Pulumi previews. */
    readonly onPreview?: () => void;
    readonly given?: Partial<CommandContext>;
}

async function rotating(
    argv: readonly string[],
    {
        resources,
        answers = {},
        failing,
        failure = pulumiError("Command failed with exit code 255"),
        onPreview = () => undefined,
        given = {},
    }: Rotating = {},
) {
    let deployed = resources ?? (await deployedNow());
    const log: unknown[] = [];
    const { stack } = fakeStack(() => deployed, {
        preview: async (options: { onEvent: (event: object) => void }) => {
            losses(deployed, await deployedNow()).forEach(options.onEvent);
            onPreview();
            return {};
        },
        up: async () => {
            const after = await deployedNow();
            log.push({
                strategy: ofType(after, cacheType)[0]?.inputs?.authTokenUpdateStrategy,
                token: tokenVersion(after),
                keys: ofType(after, keyType).map(({ urn }) => urn.split("::").at(-1)),
            });
            if (log.filter((each) => typeof each === "object").length === failing) {
                throw failure;
            }
            deployed = after;
            return {};
        },
    });
    const { clients, calls } = clientsWith({
        GetCallerIdentity: { Account: "123456789012" },
        DescribeServices: settledServices(() => deployed),
        DescribeScalableTargets: {},
        CreateServiceLinkedRole: {},
        ...answers,
    });
    const result = await runTool("rotate", ["dev", ...argv], {
        root,
        env: { PULUMI_BACKEND_URL: "file:///states", PULUMI_CONFIG_PASSPHRASE: "open sesame" },
        pulumi: () => Promise.resolve(pulumiWith(() => Promise.resolve(stack))),
        planStack: planNow,
        rules: () => Promise.resolve([]),
        createClients: () => Promise.resolve(clients),
        clock: {
            now: () => Date.parse("2027-03-02T12:00:00Z"),
            sleep: (milliseconds) => {
                if ([60_000, 120_000].includes(milliseconds)) {
                    log.push("waits");
                }
                return Promise.resolve();
            },
        },
        ...given,
    });
    return { ...result, log, calls, resources: deployed };
}

const keys = (...versions: number[]) =>
    versions.map((version) =>
        version === 1 ? `payment-gateway-merchant-${merchant}-dev` : `payment-gateway-key-${version}-${merchant}-dev`,
    );
const rotate = { strategy: "ROTATE", token: 2, keys: keys(1) };
const set = { strategy: "SET", token: 2, keys: keys(1) };
/** What the log shows where the cache and the keys stay as they are. */
const deployed = { strategy: "ROTATE", token: 1 };
const begin = (rotation: Rotation) => {
    writeRotation(root, "dev", "cache.token", rotation);
};

test("the cache's token is rotated by two updates, the second once tasks have used what they read", async () => {
    const before = settingsFile();
    const { log, err, code } = await rotating(["cache-token", "--yes"]);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("the cache's token is rotated: commit") });
    expect(log).toEqual([rotate, "waits", set]);
    expect(err).toContain("accepted payment-cache-token-dev:replace");
    expect(inFile("cache.token")).toEqual({ version: 2, acceptPrevious: false });
    // Nothing else of the file has changed.
    expect(settingsFile().replace(/\n *token: .*\n/, "\n")).toBe(before);
});

test("another rotation adds the next version", async () => {
    begin({ version: 2, acceptPrevious: false });
    const { log } = await rotating(["cache-token", "--yes"]);
    expect(log).toEqual([{ ...rotate, token: 3 }, "waits", { ...set, token: 3 }]);
});

test("a rotation whose first update failed is begun again with the same version", async () => {
    const failed = await rotating(["cache-token", "--yes"], { failing: 1 });
    expect(failed.code).toBe(1);
    expect(inFile("cache.token")).toEqual({ version: 2, acceptPrevious: true });
    const { code, log } = await rotating(["cache-token", "--yes"], { resources: failed.resources });
    expect({ code, log }).toEqual({ code: 0, log: [rotate, "waits", set] });
});

/** Ways in which a rotation ends before Pulumi begins an update, and their exit codes. */
const endings: Readonly<Record<string, (interrupt: Interrupt) => Rotating & { code: number; isAsked?: true }>> = {
    "no terminal": () => ({ code: 5, isAsked: true }),
    "another answer than yes": () => ({ code: 5, isAsked: true, given: { terminal: terminalWith("no") } }),
    "a broken rule": () => ({
        code: 3,
        given: {
            rules: () => Promise.resolve([{ name: "never", description: "", fix: "Stop", check: () => ["is broken"] }]),
        },
    }),
    "an expired session": () => ({ code: 3, answers: { GetCallerIdentity: awsError("ExpiredToken") } }),
    "a locked stack": () => ({
        code: 8,
        failing: 1,
        failure: pulumiError("error: the stack is currently locked by 1 lock(s)", "ConcurrentUpdateError"),
    }),
    "Ctrl-C during the preflight": (interrupt) => ({
        code: 130,
        given: {
            createClients: () => {
                setImmediate(() => {
                    interrupt.cancel(true);
                });
                return new Promise<never>(() => undefined);
            },
        },
    }),
    "Ctrl-C during the preview": (interrupt) => ({
        code: 130,
        onPreview: () => {
            interrupt.cancel(true);
        },
    }),
    "Ctrl-C at the question": () => {
        const ask = () => Promise.reject(awsError("AbortError"));
        return { code: 130, isAsked: true, given: { terminal: { ask, askSecret: ask } } };
    },
};

test.each(Object.entries(endings))("%s leaves the stack's file as it was, for the next update", async (_, ending) => {
    const before = settingsFile();
    const interrupt = new Interrupt();
    const { code, isAsked, given, ...conditions } = ending(interrupt);
    const argv = ["cache-token", ...(isAsked ? [] : ["--yes"])];
    const result = await rotating(argv, { ...conditions, given: { ...given, interrupt } });
    expect(result.code).toBe(code);
    expect(settingsFile()).toBe(before);
    expect(result.err).not.toContain("was changed meanwhile");
});

test("a second step that is not confirmed leaves the first one in the file", async () => {
    begin({ version: 2, acceptPrevious: true });
    const before = settingsFile();
    const { code } = await rotating(["cache-token"], { given: { terminal: terminalWith("no") } });
    expect({ code, file: settingsFile() }).toEqual({ code: 5, file: before });
});

test("a file that was changed during the questions stays, and the step in it is named", async () => {
    const ask = () => {
        appendFileSync(join(root, "Pulumi.dev.yaml"), "# a remark\n");
        return Promise.resolve("no");
    };
    const { code, err } = await rotating(["cache-token"], { given: { terminal: { ask, askSecret: ask } } });
    expect({ code, token: inFile("cache.token") }).toEqual({ code: 5, token: { version: 2, acceptPrevious: true } });
    expect(settingsFile()).toContain("# a remark\n");
    expect(err).toContain(
        "warning: Pulumi.dev.yaml was changed meanwhile, and still says cache.token = { version: 2, acceptPrevious: true }",
    );
});

test("Ctrl-C while the services settle keeps the step that was deployed", async () => {
    const interrupt = new Interrupt();
    const DescribeServices = () => {
        interrupt.cancel(true);
        return new Promise<never>(() => undefined);
    };
    const { code } = await rotating(["cache-token", "--yes"], { answers: { DescribeServices }, given: { interrupt } });
    expect({ code, token: inFile("cache.token") }).toEqual({ code: 130, token: { version: 2, acceptPrevious: true } });
});

test("an update that ended before the new token was stored is repeated, and the former token is kept until then", async () => {
    begin({ version: 2, acceptPrevious: true });
    const interrupted = (await deployedNow()).map((each) =>
        isTokenSecret(each) ? { ...each, outputs: { ...each.outputs, secretString: token(1) } } : each,
    );
    const { code, log, err } = await rotating(["cache-token", "--yes"], { resources: interrupted });
    expect({ code, log }).toEqual({ code: 0, log: [rotate, "waits", set] });
    // The password is replaced already: there is nothing to accept.
    expect(err).not.toContain("accepted");
});

test("a rotation that was interrupted between its updates, or in the second one, only ends", async () => {
    begin({ version: 2, acceptPrevious: true });
    const between = await deployedNow();
    expect((await rotating(["cache-token", "--yes"], { resources: between })).log).toEqual(["waits", set]);
    begin({ version: 2, acceptPrevious: false });
    expect((await rotating(["cache-token", "--yes"], { resources: between })).log).toEqual([set]);
});

test("a file that is no step of a rotation from what is deployed changes nothing", async () => {
    const deployed = await deployedNow();
    begin({ version: 5, acceptPrevious: false });
    const { code, err, log } = await rotating(["cache-token", "--yes"], { resources: deployed });
    expect({ code, log }).toEqual({ code: 1, log: [] });
    expect(err).toContain(
        "Pulumi.dev.yaml says cache.token = { version: 5, acceptPrevious: false }, and version 1 is deployed: " +
            "take the committed file, or deploy it",
    );
});

test("without a deployed cache there is no token to rotate", async () => {
    const { code, err } = await rotating(["cache-token", "--yes"], { resources: [] });
    expect(code).toBe(1);
    expect(err).toContain("dev has not deployed the cache's token: run `up` first");
});

const usage = (used: number): FakeResponses => ({
    GetUsage: {
        items: {
            k1: [
                [used, 9000],
                [0, 9000],
            ],
        },
    },
});

test("a merchant gets a second key, and the first is refused only once it is no longer used", async () => {
    const first = await rotating(["merchant-key", merchant, "--yes"]);
    expect(first.code).toBe(0);
    expect(first.log).toEqual([{ strategy: "ROTATE", token: 1, keys: keys(2, 1) }]);
    expect(first.err).toContain(
        `give ${merchant} the new key, which is in the secret payment-gateway-merchant-${merchant}-dev; then run this again`,
    );
    const { resources } = first;

    const used = await rotating(["merchant-key", merchant, "--yes"], { resources, answers: usage(7) });
    expect({ code: used.code, log: used.log }).toEqual({ code: 1, log: [] });
    expect(used.err).toContain(`${merchant} has sent 7 requests with the former key since 2027-03-01`);
    const [, asked] = used.calls.find(([name]) => name === "GetUsage") ?? [];
    const former = resources.find((each) => each.type === keyType && each.urn.endsWith(`::${keys(1)[0] ?? ""}`));
    expect(asked).toMatchObject({ keyId: former?.id, startDate: "2027-03-01", endDate: "2027-03-02" });

    const unused = await rotating(["merchant-key", merchant, "--yes"], { resources, answers: usage(0) });
    expect(unused.code).toBe(0);
    expect(unused.log).toEqual([{ strategy: "ROTATE", token: 1, keys: keys(2) }]);
    expect(unused.err).toContain(`accepted ${keys(1)[0] ?? ""}:delete`);
    expect(inFile(`gateway.merchants.${merchant}.key`)).toEqual({ version: 2, acceptPrevious: false });
});

test("the eleventh key follows the tenth", async () => {
    writeRotation(root, "dev", `gateway.merchants.${merchant}.key`, { version: 10, acceptPrevious: false });
    const begun = await rotating(["merchant-key", merchant, "--yes"]);
    expect(begun.log).toEqual([{ ...deployed, keys: keys(11, 10) }]);
    const { resources } = begun;
    const ended = await rotating(["merchant-key", merchant, "--yes"], { resources, answers: usage(0) });
    expect(ended.log).toEqual([{ ...deployed, keys: keys(11) }]);
});

test("--finish refuses the former key without a look at its use", async () => {
    const { resources } = await rotating(["merchant-key", merchant, "--yes"]);
    const { code, log, calls } = await rotating(["merchant-key", merchant, "--yes", "--finish"], { resources });
    expect({ code, keys: getPath(log[0] as never, "keys") }).toEqual({ code: 0, keys: keys(2) });
    expect(calls.map(([name]) => name)).not.toContain("GetUsage");
});

test("a key that was created and not yet stored is stored first", async () => {
    const before = await deployedNow();
    writeRotation(root, "dev", `gateway.merchants.${merchant}.key`, { version: 2, acceptPrevious: true });
    const secret = (resources: readonly StateResource[]) =>
        resources.find(({ type, urn }) => type === versionType && urn.includes("::payment-gateway-merchant"));
    const after = await deployedNow();
    const interrupted = after.map((each) => (each === secret(after) ? (secret(before) ?? each) : each));
    const { code, log, err } = await rotating(["merchant-key", merchant, "--yes"], { resources: interrupted });
    expect({ code, log }).toEqual({ code: 0, log: [{ strategy: "ROTATE", token: 1, keys: keys(2, 1) }] });
    expect(err).toContain("give example-shop the new key");
});

const apiToken = (resources: readonly StateResource[]) => gatewayToken("dev").deployed({ ...emptyState, resources });
const withFormerDeployment = (resources: readonly StateResource[], former: readonly StateResource[]) =>
    resources.map((each) =>
        each.type === "aws:apigateway/deployment:Deployment" ? (ofType(former, each.type)[0] ?? each) : each,
    );

test("the token of the API is rotated by two updates, the second once no request has the former one", async () => {
    const first = await rotating(["gateway-token", "--yes"], { failing: 2 });
    expect(first.log).toEqual([{ ...deployed, keys: keys(1) }, "waits", { ...deployed, keys: keys(1) }]);
    expect(apiToken(first.resources)).toEqual({ version: 2, acceptPrevious: true });
    const second = await rotating(["gateway-token", "--yes"], { resources: first.resources });
    expect({ code: second.code, log: second.log }).toEqual({ code: 0, log: [{ ...deployed, keys: keys(1) }] });
    expect(second.err).toContain("accepted payment-gateway-token-dev:delete");
    expect(apiToken(second.resources)).toEqual({ version: 2, acceptPrevious: false });
    expect(inFile("gateway.token")).toEqual({ version: 2, acceptPrevious: false });
});

test("a new token of the API is deployed once its stage sends it, whatever the secret has", async () => {
    const before = await deployedNow();
    expect(apiToken(before)).toEqual({ version: 1, acceptPrevious: false });
    writeRotation(root, "dev", "gateway.token", { version: 2, acceptPrevious: true });
    const interrupted = withFormerDeployment(await deployedNow(), before);
    expect(apiToken(interrupted)).toEqual({ version: 1, acceptPrevious: false });
    // So the command repeats the first update before it removes the former token.
    const { log } = await rotating(["gateway-token", "--yes"], { resources: interrupted });
    expect(log).toEqual([{ ...deployed, keys: keys(1) }, "waits", { ...deployed, keys: keys(1) }]);
});

test("a second update that was interrupted before it deleted the former token of the API only ends", async () => {
    const isFormer = ({ type, urn }: StateResource) =>
        type === passwordType && urn.endsWith("::payment-gateway-token-dev");
    const former = (await deployedNow()).filter(isFormer);
    expect(former).toHaveLength(1);
    writeRotation(root, "dev", "gateway.token", { version: 2, acceptPrevious: false });
    const interrupted = [...(await deployedNow()), ...former];
    expect(apiToken(interrupted)).toEqual({ version: 2, acceptPrevious: true });
    const { code, log, err, resources } = await rotating(["gateway-token", "--yes"], { resources: interrupted });
    expect({ code, log }).toEqual({ code: 0, log: [{ ...deployed, keys: keys(1) }] });
    expect(err).toContain("accepted payment-gateway-token-dev:delete");
    expect(inFile("gateway.token")).toEqual({ version: 2, acceptPrevious: false });
    expect(resources.some(isFormer)).toBe(false);
});

test("without the token of the API there is none to rotate", async () => {
    const withoutVersion = (await deployedNow()).map((each) =>
        each.type === "aws:apigateway/deployment:Deployment" ? { ...each, inputs: {} } : each,
    );
    for (const resources of [[], withoutVersion]) {
        const { code, err } = await rotating(["gateway-token", "--yes"], { resources });
        expect(code).toBe(1);
        expect(err).toContain("dev has not deployed the token of the merchants' API: run `up` first");
    }
});

test("--record writes one step after the other, and deploys nothing", async () => {
    const record = async () => (await rotating(["cache-token", "--record"])).log;
    expect(await record()).toEqual([]);
    expect(inFile("cache.token")).toEqual({ version: 2, acceptPrevious: true });
    expect(await record()).toEqual([]);
    expect(inFile("cache.token")).toEqual({ version: 2, acceptPrevious: false });
});

test("a file whose lines end with CRLF, as Git for Windows checks it out, keeps them", async () => {
    const file = join(root, "Pulumi.dev.yaml");
    writeFileSync(file, settingsFile().replaceAll("\n", "\r\n"));
    await rotating(["cache-token", "--record"]);
    new StackServices(root, "dev").recordDigest("api", `sha256:${"1".repeat(64)}`);
    expect(inFile("cache.token")).toEqual({ version: 2, acceptPrevious: true });
    expect(
        settingsFile()
            .split("\n")
            .slice(0, -1)
            .every((line) => line.endsWith("\r")),
    ).toBe(true);
    expect(settingsFile()).not.toContain("\r\r");
    const before = settingsFile();
    await rotating(["cache-token"], { given: { terminal: terminalWith("no") } });
    expect(settingsFile()).toBe(before);
});

test.each([
    [["merchant-key"], "give a merchant with merchant-key, and with nothing else"],
    [["cache-token", merchant], "give a merchant with merchant-key, and with nothing else"],
    [["merchant-key", "example-shp"], 'no merchant "example-shp" in stack dev: did you mean example-shop?'],
    [["database"], 'no <secret> "database"'],
    [["cache-token", "--record", "--yes"], "cannot be used with option"],
    [["cache-token", "--yes", "--finish"], "--finish belongs to merchant-key, not to cache-token"],
])("the arguments %j are refused", async (argv, message) => {
    const { code, err } = await rotating(argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
});
