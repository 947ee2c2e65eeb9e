import { EventEmitter } from "node:events";
import * as aws from "@pulumi/aws";
import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { planProgram, type Program } from "../../../plan/plan.ts";
import { rejectedPlanProblems, planComponent } from "../../recorder.ts";

class PaymentPlatform extends pulumi.ComponentResource {
    constructor(build: (inside: pulumi.CustomResourceOptions) => unknown) {
        super("payment:index:PaymentPlatform", "payment", {}, { providers: [providerOf("us-east-1")] });
        build({ parent: this });
    }
}

const providerOf = (region: "us-east-1"): aws.Provider => new aws.Provider("aws", { region });

/** The problems of a program that must keep all rules of a stack. */
const problems = (program: Program, more: { placeholders?: string[]; config?: Record<string, string> } = {}) =>
    rejectedPlanProblems(
        planProgram({
            project: "shop",
            stack: "test",
            config: {},
            secretKeys: [],
            requiredAncestorType: "PaymentPlatform",
            ...more,
            program,
        }),
    );

test("two resources of one type and name under one parent are refused before `up` refuses them", async () => {
    const found = await rejectedPlanProblems(
        planComponent(() => {
            new aws.sqs.Queue("payments");
            new aws.sqs.Queue("payments");
        }),
    );
    expect(found).toEqual([
        "payments (aws:sqs/queue:Queue) exists twice under one parent: " +
            "urn:pulumi:test::payment-platform::aws:sqs/queue:Queue::payments",
    ]);
});

test("an AWS resource must be inside the platform and on an explicit provider", async () => {
    const found = await problems(() => {
        const provider = providerOf("us-east-1");
        new aws.sqs.Queue("outside", {}, { provider });
        new PaymentPlatform((inside) => new aws.sqs.Queue("inside", {}, inside));
        new aws.sqs.Queue("nowhere");
    });
    expect(found).toEqual(
        expect.arrayContaining([
            "outside (aws:sqs/queue:Queue): is outside PaymentPlatform: pass `parent`",
            "nowhere (aws:sqs/queue:Queue): is on the default provider: pass `parent` or `provider`",
            "nowhere (aws:sqs/queue:Queue): is outside PaymentPlatform: pass `parent`",
        ]),
    );
    expect(found.filter((problem) => problem.startsWith("inside"))).toEqual([]);
});

test("a lookup on the default provider, which is disabled, is refused", async () => {
    expect(await problems(() => ({ account: aws.getCallerIdentityOutput().accountId }))).toEqual([
        "aws:index/getCallerIdentity:getCallerIdentity is called on the default provider: pass `parent` or `provider`",
    ]);
});

test("a function that the plan cannot answer is named", async () => {
    expect(await rejectedPlanProblems(planComponent(() => aws.ec2.getInstanceOutput({ instanceId: "i-1" })))).toEqual([
        "the plan does not support the function aws:ec2/getInstance:getInstance",
    ]);
});

test("a method of a provider, which only a provider can run, is named", async () => {
    expect(await rejectedPlanProblems(planComponent(() => providerOf("us-east-1").terraformConfig()))).toEqual([
        "the plan does not support the method pulumi:providers:aws/terraformConfig",
    ]);
});

test("a resource created inside apply is refused, as a preview may not show it", async () => {
    const found = await rejectedPlanProblems(
        planComponent(() => {
            new aws.sqs.Queue("first").arn.apply((arn) => new aws.sqs.Queue("second", { name: arn.slice(-5) }));
        }),
    );
    expect(found).toEqual([
        "second (aws:sqs/queue:Queue) exists only once outputs are known, so no preview would show it: " +
            "do not create resources inside apply",
    ]);
});

test("a resource that exists only in a preview is refused", async () => {
    const found = await rejectedPlanProblems(
        planComponent(() => {
            if (pulumi.runtime.isDryRun()) {
                new aws.sqs.Queue("mirage");
            }
        }),
    );
    expect(found).toEqual([
        "mirage (aws:sqs/queue:Queue) exists only while outputs are unknown, so no update would create it: " +
            "do not create resources inside apply",
    ]);
});

test("an Output in a string is reported with its location in the program", async () => {
    const found = await rejectedPlanProblems(
        planComponent(() => {
            const queue = new aws.sqs.Queue("payments");
            // The mistake itself.
            // eslint-disable-next-line @pulumi/no-output-in-template-literal, @typescript-eslint/no-base-to-string, @typescript-eslint/restrict-template-expressions
            new aws.sqs.Queue("copy", { name: `${queue.arn}-copy` });
        }),
    );
    expect(found).toEqual([
        expect.stringMatching(
            /^an Output is put in a string: use pulumi\.interpolate or pulumi\.jsonStringify \(test\/unit\/plan\/problems\.test\.ts:\d+\)$/,
        ),
    ]);
});

test("a message of the SDK in place of an Output's value is refused", async () => {
    const name = "Calling [toString] on an [Output<T>] is not supported.";
    expect(await rejectedPlanProblems(planComponent(() => new aws.sqs.Queue("payments", { name })))).toEqual([
        "payments (aws:sqs/queue:Queue): `name` has an Output put in a string: use pulumi.interpolate or pulumi.jsonStringify",
    ]);
});

test.each([
    ["arn:aws:s3:::undefined", "contains `undefined`, from a missing value"],
    ["undefined/*", "contains `undefined`, from a missing value"],
    ["[object Object]-logs", "contains an object put in a string"],
])("the string %s is refused as a conversion error", async (policy, meaning) => {
    const found = await rejectedPlanProblems(planComponent(() => new aws.sqs.Queue("payments", { tags: { policy } })));
    expect(found).toEqual([`payments (aws:sqs/queue:Queue): \`tags.policy\` ${meaning}`]);
});

test("a sentence and source code may contain the word undefined", async () => {
    const plan = await planComponent(() => {
        new aws.sqs.Queue("payments", { tags: { note: "left undefined by design" } });
        new aws.s3.BucketObject("code", { bucket: "b", source: new pulumi.asset.StringAsset("x === undefined)") });
    });
    expect(plan.nodes.map((node) => node.name)).toContain("code");
});

test("a required property that resolves to undefined is named", async () => {
    const nothing = pulumi.output<string | undefined>(undefined) as pulumi.Output<string>;
    expect(
        await rejectedPlanProblems(
            planComponent(() => new aws.sqs.QueuePolicy("policy", { queueUrl: nothing, policy: "{}" })),
        ),
    ).toEqual(["policy (aws:sqs/queuePolicy:QueuePolicy): the required property `queueUrl` is undefined"]);
});

test("a stack output that resolves to undefined is reported", async () => {
    const plan = await planProgram({
        project: "shop",
        stack: "test",
        config: {},
        secretKeys: [],
        program: () => ({ apiUrl: undefined }),
    });
    expect(plan.messages).toEqual(["Undefined value (apiUrl) will not show as a stack output."]);
});

test("a secret setting must not be in plain text, neither in inputs nor in outputs", async () => {
    const config = { "shop:token": "secret(shop:token)" };
    const found = await problems(
        () => {
            const token = new pulumi.Config("shop").require("token");
            new PaymentPlatform(
                (inside) => new aws.sqs.Queue("payments", { tags: { open: `Bearer ${token}`, kept: "x" } }, inside),
            );
            return { token };
        },
        { config, placeholders: ["secret(shop:token)"] },
    );
    expect(found).toEqual([
        "shop-test (pulumi:pulumi:Stack): output `token` shows the secret setting in `secret(shop:token)`: " +
            "read it with requireSecret",
        "payments (aws:sqs/queue:Queue): `tags.open` shows the secret setting in `secret(shop:token)`: " +
            "read it with requireSecret",
    ]);
});

test("an error that the program logs fails the plan, and a warning does not", async () => {
    const build = (log: (text: string) => unknown) => () => void log("the block is too small");
    expect(await rejectedPlanProblems(planComponent(build((text) => pulumi.log.error(text))))).toEqual([
        "the block is too small",
    ]);
    expect((await planComponent(build((text) => pulumi.log.warn(text)))).messages).toEqual(["the block is too small"]);
});

test("invalid settings are reported with their own messages, without the errors that follow", async () => {
    const message = "shop:a must be even\nshop:b must be odd";
    const found = await rejectedPlanProblems(
        planComponent(() => {
            new aws.sqs.Queue("payments");
            new aws.sqs.Queue("payments");
            throw new pulumi.RunError(message);
        }),
    );
    expect(found).toEqual([message]);
});

test("a thrown value that is no Error is reported, too", async () => {
    const thrown: unknown = "no network";
    const found = await rejectedPlanProblems(
        planComponent(() => {
            throw thrown;
        }),
    );
    expect(found).toEqual(["the program failed with no network"]);
});

test("a failure that does not happen a second time is still reported", async () => {
    let runs = 0;
    const found = await rejectedPlanProblems(
        planComponent(() => {
            runs += 1;
            if (runs === 1) {
                throw new Error("only once");
            }
        }),
    );
    expect(found).toEqual(["only once"]);
});

test("an unhandled rejection fails the plan, and the listeners are removed afterwards", async () => {
    const events = new EventEmitter();
    const program = (): void => void events.emit("unhandledRejection", new Error("lost"));
    const found = await rejectedPlanProblems(
        planProgram({ project: "shop", stack: "test", config: {}, secretKeys: [], program }, events),
    );
    expect(found).toEqual([expect.stringMatching(/^lost \(test\/unit\/plan\/problems\.test\.ts:\d+\)$/)]);
    expect(events.listenerCount("unhandledRejection") + events.listenerCount("beforeExit")).toBe(0);
});

test("a resource whose input never resolves is named, instead of a plan that ends without a message", async () => {
    const events = new EventEmitter();
    const program = (): void => {
        new aws.sqs.Queue("stuck", { name: pulumi.output(new Promise<string>(() => undefined)) });
        setTimeout(() => events.emit("beforeExit"), 20);
    };
    const found = await rejectedPlanProblems(
        planProgram({ project: "shop", stack: "test", config: {}, secretKeys: [], program }, events),
    );
    expect(found).toEqual(["stuck (aws:sqs/queue:Queue) waits for a value that never resolves"]);
});
