import { expect, test } from "@jest/globals";
import { adoptedValues, readPasswords } from "../../../../../tools/deploy/adopt/stored-values.ts";
import { requireItem } from "../../../../../lib/list.ts";
import { Secret, type Plan, type PlanNode, type Value } from "../../../../../plan/plan.ts";
import { toText } from "../../../../../plan/query.ts";
import { planTestStack } from "../../../../stacks.ts";
import { exportedSecret, stateWith } from "../fakes.ts";

const nodeOf = (plan: Plan, type: string, name: string): PlanNode =>
    requireItem(
        plan.nodes.filter((node) => node.type === type && node.name === name),
        0,
    );

const plannedText = (value: Value | undefined): string => toText(value instanceof Secret ? value.value : value);

const passwordType = "random:index/randomPassword:RandomPassword";
const versionType = "aws:secretsmanager/secretVersion:SecretVersion";

test("names that Pulumi chose stay, because the state says that it chose them", async () => {
    const plan = await planTestStack("dev");
    const secret = nodeOf(plan, "aws:secretsmanager/secret:Secret", "payment-cache-token-dev");
    const name = "payment-cache-token-dev-0123abc";
    const { inputs } = adoptedValues(secret, { ...secret, inputs: { kmsKeyId: "key" }, outputs: { name } }, new Map());
    expect(inputs).toEqual({ kmsKeyId: "key", name, __defaults: ["name"] });
    // Names other than the resource's, too.
    const target = nodeOf(plan, "aws:cloudwatch/eventTarget:EventTarget", "payment-deployment-failed-dev");
    const read = { rule: "payment-deployment-failed-dev", targetId: "payment-deployment-failed-dev-0123abc" };
    expect(adoptedValues(target, { ...target, inputs: read, outputs: {} }, new Map()).inputs).toEqual({
        ...read,
        __defaults: ["targetId"],
    });
    // A name that the program gives is no choice of Pulumi's, whatever it looks like.
    const named = { ...secret, inputs: { ...secret.inputs, name } };
    expect(adoptedValues(named, { ...secret, inputs: { name }, outputs: { name } }, new Map()).inputs).toEqual({
        name,
        __defaults: [],
    });
    const table = nodeOf(plan, "aws:dynamodb/table:Table", "payment-transactions-dev");
    const bare = { urn: table.urn, type: table.type, id: "payment-transactions-dev" };
    expect(adoptedValues(table, bare, new Map())).toEqual({ id: bare.id, inputs: { __defaults: [] }, outputs: {} });
});

test("what the program marks as secret is secret in the state, once", async () => {
    const version = nodeOf(await planTestStack("dev"), versionType, "payment-cache-token-dev");
    const secretString = exportedSecret("token");
    const values = adoptedValues(
        version,
        { ...version, inputs: { secretString: "token" }, outputs: { secretString, secretId: "arn" } },
        new Map(),
    );
    expect(values.inputs).toEqual({ secretString, __defaults: [] });
    expect(values.outputs).toEqual({ secretString, secretId: "arn" });
});

test("the token of the cache is known, although AWS does not return it, so that no update sends another", async () => {
    const plan = await planTestStack("dev");
    const cache = nodeOf(plan, "aws:elasticache/replicationGroup:ReplicationGroup", "payment-cache-dev");
    const planned = plannedText(cache.inputs.authToken);
    const read = { ...cache, inputs: {}, outputs: {} };
    expect(adoptedValues(cache, read, new Map([[planned, "token"]]))).toMatchObject({
        inputs: { authToken: exportedSecret("token"), authTokenUpdateStrategy: "ROTATE" },
        outputs: { authToken: exportedSecret("token"), authTokenUpdateStrategy: "ROTATE" },
    });
    expect(adoptedValues(cache, read, new Map()).inputs).toEqual({ authTokenUpdateStrategy: "ROTATE", __defaults: [] });
});

test("a password is read from the secret that contains it", async () => {
    const plan = await planTestStack("dev");
    const password = nodeOf(plan, passwordType, "payment-cache-token-dev");
    const version = nodeOf(plan, versionType, "payment-cache-token-dev");
    const read = (secretString: unknown) => readPasswords(plan, stateWith([{ ...version, outputs: { secretString } }]));
    expect(read(exportedSecret("Real"))).toMatchObject([
        {
            urn: password.urn,
            result: "Real",
            values: {
                id: "none",
                inputs: { __defaults: [], length: 64, special: false },
                outputs: { length: 64, special: false, upper: true, minUpper: 0, result: exportedSecret("Real") },
            },
        },
    ]);
    expect(read(undefined)).toEqual([]);
    expect(readPasswords(plan, stateWith([]))).toEqual([]);
});

test("a password is the part of a secret that the plan has in its place; another form has none", async () => {
    const plan = await planTestStack("dev");
    const password = nodeOf(plan, passwordType, "payment-cache-token-dev");
    const version = nodeOf(plan, versionType, "payment-cache-token-dev");
    const text = plannedText(password.outputs.result);
    const planned = { ...version, inputs: { secretString: new Secret(`{"user":"a","password":"${text}"}`) } };
    const read = (secretString: string) =>
        readPasswords(
            { ...plan, nodes: [password, planned] },
            stateWith([{ ...version, outputs: { secretString: exportedSecret(secretString) } }]),
        ).map((each) => each.result);
    expect(read('{"user":"a","password":"Real"}')).toEqual(["Real"]);
    expect(read('{"user":"b","password":"Real"}')).toEqual([]);
    expect(read('{"user":"a","password":"Real"')).toEqual([]);
    expect(read('{"user":"a","password":"')).toEqual([]);
    const empty = { ...password, outputs: {} };
    expect(readPasswords({ ...plan, nodes: [empty, planned] }, stateWith([{ ...version, outputs: {} }]))).toEqual([]);
});

test("the token of the merchants' API is read from its secret, whatever IDs AWS has given to the keys", async () => {
    const plan = await planTestStack("dev");
    const password = nodeOf(plan, passwordType, "payment-gateway-token-dev");
    const version = nodeOf(plan, versionType, "payment-gateway-token-dev");
    const read = (secretString: string) =>
        readPasswords(plan, stateWith([{ ...version, outputs: { secretString: exportedSecret(secretString) } }]));
    expect(read('{"merchants":{"k1":"example-shop"},"tokens":["Real","Former"]}')).toMatchObject([
        { urn: password.urn, result: "Real" },
    ]);
    expect(read('{"merchants":{"k1":"example-shop"},"tokens":[]}')).toEqual([]);
    expect(read("no JSON")).toEqual([]);
});

test("what is secret in a part of a value makes the whole value secret in the state", async () => {
    const integration = nodeOf(
        await planTestStack("dev"),
        "aws:apigateway/integration:Integration",
        "payment-gateway-services-dev",
    );
    const requestParameters = { "integration.request.header.X-Gateway-Token": "'Real'" };
    const read = { ...integration, inputs: { requestParameters }, outputs: { requestParameters } };
    const encrypted = { requestParameters: exportedSecret(requestParameters) };
    expect(adoptedValues(integration, read, new Map())).toMatchObject({ inputs: encrypted, outputs: encrypted });
});
