import * as aws from "@pulumi/aws";
import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { planProgram, planStack, Secret, type Plan } from "../../../plan/plan.ts";
import {
    componentPlanner,
    inputsOf,
    findNode,
    nodesOf,
    planSettings,
    rejectedPlanProblems,
    planComponent,
} from "../../recorder.ts";

class Part extends pulumi.ComponentResource {
    constructor(
        name: string,
        build: (inside: pulumi.CustomResourceOptions) => pulumi.Inputs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("payment:index:Part", name, {}, opts);
        this.registerOutputs(build({ parent: this }));
    }
}

const queue = "aws:sqs/queue:Queue";

test("a resource is found under its parent, with the URN that the engine generates", async () => {
    const plan = await planComponent(
        () =>
            new Part("outer", (inside) => {
                new Part("inner", (within) => ({ queue: new aws.sqs.Queue("payments", {}, within).name }), inside);
                return {};
            }),
    );
    const inner = findNode(plan, "inner");
    expect(findNode(plan, "payments")).toMatchObject({
        urn: "urn:pulumi:test::payment-platform::payment:index:Part$payment:index:Part$aws:sqs/queue:Queue::payments",
        parent: inner.urn,
        custom: true,
        external: false,
    });
    expect(plan.nodes.find((node) => node.urn === inner.parent)).toMatchObject({
        name: "outer",
        custom: false,
        id: "",
    });
    expect(inner.outputs).toEqual({ queue: expect.stringMatching(/^payments-[0-9a-f]{7}$/) });
});

test("dependencies are listed by resource and by input", async () => {
    const plan = await planComponent(() => {
        const key = new aws.kms.Key("key");
        const first = new aws.sqs.Queue("first");
        new aws.sqs.Queue("second", { kmsMasterKeyId: key.arn, delaySeconds: 5 }, { dependsOn: [first] });
    });
    const [key, first] = [findNode(plan, "key").urn, findNode(plan, "first").urn];
    expect(findNode(plan, "second").dependencies.sort()).toEqual([key, first].sort());
    expect(findNode(plan, "second").propertyDependencies).toEqual({ kmsMasterKeyId: [key] });
});

test("all options that change what Pulumi does are recorded", async () => {
    const plan = await planComponent(() => {
        const first = new aws.sqs.Queue("first");
        new aws.sqs.Queue(
            "second",
            {},
            {
                protect: true,
                retainOnDelete: true,
                deleteBeforeReplace: true,
                ignoreChanges: ["tags"],
                replaceOnChanges: ["name"],
                replacementTrigger: "2026",
                additionalSecretOutputs: ["url"],
                aliases: ["urn:pulumi:test::old::aws:sqs/queue:Queue::second", { name: "former" }],
                customTimeouts: { create: "5m", delete: "1h" },
                deletedWith: first,
                import: "https://sqs/second",
            },
        );
    });
    const stack = findNode(plan, "payment-platform-test").urn;
    const second = findNode(plan, "second");
    expect(second.options).toEqual({
        protect: true,
        retainOnDelete: true,
        deleteBeforeReplace: true,
        ignoreChanges: ["tags"],
        replaceOnChanges: ["name"],
        replacementTrigger: "2026",
        additionalSecretOutputs: ["url"],
        aliases: [{ urn: "urn:pulumi:test::old::aws:sqs/queue:Queue::second" }, { name: "former", parent: stack }],
        customTimeouts: { create: "5m", delete: "1h" },
        deletedWith: findNode(plan, "first").urn,
        import: "https://sqs/second",
    });
    expect(second.outputs.url).toBeInstanceOf(Secret);
    expect(findNode(plan, "first").options).toMatchObject({ protect: false, aliases: [], customTimeouts: {} });
});

test("secrets stay secret, at any depth and in derived values", async () => {
    const plan = await planComponent(() => {
        const password = new random.RandomPassword("password", { length: 20 });
        new aws.sqs.Queue("payments", {
            name: pulumi.interpolate`q-${password.result}`,
            tags: { open: "yes", token: pulumi.secret("s3cret") },
        });
    });
    const { result } = findNode(plan, "password").outputs;
    const text = result instanceof Secret && typeof result.value === "string" ? result.value : "";
    expect(text).toMatch(/^[0-9a-f]{20}$/);
    expect(inputsOf(plan, queue)).toEqual([
        {
            name: new Secret(`q-${text}`),
            tags: { open: "yes", token: new Secret("s3cret") },
        },
    ]);
    expect(JSON.parse(JSON.stringify(inputsOf(plan, queue)[0]?.tags))).toEqual({
        open: "yes",
        token: { secret: true, value: "s3cret" },
    });
});

test("what a preview does not know is marked, and what it knows is not", async () => {
    const plan: Plan = await planProgram({
        project: "shop",
        stack: "test",
        config: {},
        secretKeys: [],
        program: () => {
            const first = new aws.sqs.Queue("first");
            const second = new aws.sqs.Queue("second", {
                kmsMasterKeyId: "alias/x",
                tags: { a: "known", b: first.arn, c: pulumi.secret(first.arn), d: first.name },
            });
            return { url: second.url, region: "us-east-1", all: { list: ["x", first.id] } };
        },
    });
    expect(findNode(plan, "second").unknown).toEqual(["tags.b", "tags.c"]);
    expect(plan.unknownOutputs.sort()).toEqual(["all.list.1", "url"]);
    expect(plan.outputs).toMatchObject({
        region: "us-east-1",
        all: { list: ["x", expect.stringContaining("https://")] },
    });
});

test("a property that is read once its resource exists is as one read at once, and stays the same output", async () => {
    const plan = await planComponent(() => {
        const first = new aws.sqs.Queue("first", { delaySeconds: 5 });
        const late = first.urn.apply(() => first.arn);
        const delay = first.urn.apply(() => pulumi.interpolate`${first.delaySeconds}`);
        new aws.sqs.Queue("second", { tags: { now: first.arn, late, delay } });
        expect(Object.keys(first)).toEqual(expect.arrayContaining(["arn", "delaySeconds", "visibilityTimeoutSeconds"]));
        expect(first.arn).toBe(first.arn);
    });
    const { inputs, unknown } = findNode(plan, "second");
    const arn = "arn:aws:sqs:us-east-1:123456789012:first";
    expect(inputs.tags).toEqual({ now: expect.stringContaining(arn), late: expect.stringContaining(arn), delay: "5" });
    expect(unknown.sort()).toEqual(["tags.late", "tags.now"]);
});

test("two runs give the identical plan", async () => {
    const build = (): Promise<Plan> => planStack("test/fixtures/small", "dev");
    expect(JSON.stringify(await build())).toBe(JSON.stringify(await build()));
});

test("assets, archives and resources passed as inputs are readable", async () => {
    const plan = await planComponent(() => {
        const first = new aws.sqs.Queue("first");
        new Part("part", () => ({ first }));
        new aws.lambda.Function("validator", {
            role: "r",
            code: new pulumi.asset.AssetArchive({
                "index.js": new pulumi.asset.StringAsset("export {}"),
                lib: new pulumi.asset.FileArchive("./lib"),
            }),
        });
    });
    expect(findNode(plan, "validator").inputs.code).toEqual({
        archive: { assets: { "index.js": { asset: { text: "export {}" } }, lib: { archive: { path: "./lib" } } } },
    });
    const first = findNode(plan, "first");
    expect(findNode(plan, "part").outputs).toEqual({ first: { resource: { urn: first.urn, id: first.id } } });
});

test("a resource that is read with `get` is marked and keeps its ID", async () => {
    const plan = await planComponent(() => aws.ec2.Vpc.get("shared", "vpc-1"));
    expect(findNode(plan, "shared")).toMatchObject({ external: true, id: "vpc-1" });
});

test("settings reach the program in the engine's format, and secret ones are secret", async () => {
    const plan = await planComponent(
        () => {
            const config = new pulumi.Config("shop");
            new aws.sqs.Queue("payments", {
                delaySeconds: config.requireObject<{ seconds: number }>("delay").seconds,
                name: config.requireSecret("name"),
            });
        },
        { config: { "shop:delay": '{"seconds":5}', "shop:name": "payments" }, secretKeys: ["shop:name"] },
    );
    expect(inputsOf(plan, queue)).toEqual([{ delaySeconds: 5, name: new Secret("payments") }]);
});

test("a map of settings becomes the stack's configuration, under the same rules", async () => {
    const settings = { zones: 3, network: { cidr: "10.0.0.0/16" }, suffix: "dev", absent: undefined };
    const plan = await planSettings(settings, () => pulumi.runtime.allConfig(), "copy");
    expect(plan.outputs).toEqual({
        "payment-platform:zones": "3",
        "payment-platform:network": '{"cidr":"10.0.0.0/16"}',
        "payment-platform:suffix": "dev",
    });
    expect(await rejectedPlanProblems(planSettings({}, () => new aws.sqs.Queue("stray")))).toHaveLength(2);
});

test("the recorder refuses a name that matches no resource or several", async () => {
    const plan = await planComponent(() => {
        new aws.sqs.Queue("payments");
        new aws.sns.Topic("payments");
    });
    expect(() => findNode(plan, "payments")).toThrow("2 resources named payments");
    expect(() => findNode(plan, "refunds")).toThrow("0 resources named refunds");
    expect(findNode(plan, "payments", queue)).toBe(nodesOf(plan, queue)[0]);
});

test("a planner plans the same arguments once, and refuses an output among them", async () => {
    const planned = componentPlanner((args: aws.sqs.QueueArgs = {}) => new aws.sqs.Queue("payments", args));
    const late = await planned({ delaySeconds: 5 });
    expect(await planned({ delaySeconds: 5 })).toBe(late);
    expect(await planned()).not.toEqual(late);
    const unset = await planned({ delaySeconds: undefined });
    expect(unset).not.toBe(await planned({}));
    expect(() => planned({ delaySeconds: pulumi.output(5) })).toThrow("could not be cloned");
});

test("errors other than those of a plan are not reported as such", async () => {
    await expect(rejectedPlanProblems(Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
    await expect(rejectedPlanProblems(Promise.resolve())).rejects.toThrow("the plan was accepted");
});
