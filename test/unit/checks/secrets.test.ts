import { expect, test } from "@jest/globals";
import { resourcesOfType, toText } from "../../../plan/query.ts";
import { findViolations } from "../../../checks/rule.ts";
import { secretRules } from "../../../checks/rules/secrets.ts";
import { findCredentialFormat, isSecretName } from "../../../checks/secrets/formats.ts";
import { findSecrets } from "../../../checks/secrets/find.ts";
import { stateSecrets } from "../../../checks/secrets/state.ts";
import { Secret, type Values } from "../../../plan/plan.ts";
import { planTestStack } from "../../stacks.ts";
import { readStackConfig } from "../settings/stack-config.ts";
import { withValueAt, changeInputs, changeResources, type PlanChange } from "./fault.ts";
import { settingsFromConfig } from "./config-plans.ts";

async function brokenAt(name: string, change: PlanChange): Promise<string[]> {
    const rule = secretRules.find((each) => each.name === name);
    if (rule === undefined) {
        throw new Error(`no rule ${name}`);
    }
    return findViolations(rule, change(await planTestStack("prod")), settingsFromConfig(readStackConfig("prod"))).map(
        ({ resource, reason }) => `${resource} ${reason}`,
    );
}

const task = "aws:ecs/taskDefinition:TaskDefinition";
const lambda = "aws:lambda/function:Function";

/** The container of the API, with these fields in the place of its own. */
const container = (change: (old: Record<string, unknown[]>) => object): PlanChange =>
    changeInputs(task, "payment-api", (old) => {
        const [first] = JSON.parse(toText(old.containerDefinitions)) as [Record<string, unknown[]>];
        return { containerDefinitions: JSON.stringify([{ ...first, ...change(first) }]) };
    });
const environment = (name: string, value: string): PlanChange =>
    container((old) => ({ environment: [...(old.environment ?? []), { name, value }] }));
const secret = (valueFrom: string): PlanChange => container(() => ({ secrets: [{ name: "TOKEN", valueFrom }] }));

const promises = ["dev", "staging", "prod"].flatMap((stack) =>
    secretRules.map((rule) => [stack, rule.name, rule] as const),
);

test.each(promises)("%s: %s", async (stack, _, rule) => {
    expect(findViolations(rule, await planTestStack(stack), settingsFromConfig(readStackConfig(stack)))).toEqual([]);
});

test.each<[string, PlanChange, string]>([
    [
        "a password of a container",
        environment("DATABASE_PASSWORD", "x"),
        "payment-api-prod has DATABASE_PASSWORD in environment of api, which is the name of a secret",
    ],
    [
        "a token of a function",
        changeInputs(lambda, "", withValueAt("environment.variables", { API_TOKEN: "x" })),
        "payment-validator-prod has API_TOKEN in environment.variables, which is the name of a secret",
    ],
    [
        "a key in a tag",
        changeInputs("aws:ec2/vpc:Vpc", "", { tags: { apiKey: "x" } }),
        "payment-network-prod has apiKey in tags, which is the name of a secret",
    ],
    [
        "a secret in every resource's tags",
        changeInputs("pulumi:providers:aws", "", withValueAt("defaultTags.tags", { ClientSecret: "x" })),
        "payment-aws-prod has ClientSecret in defaultTags.tags, which is the name of a secret",
    ],
    [
        "a secret of the API's stage",
        changeInputs("aws:apigateway/stage:Stage", "", { variables: { signing_key: "x" } }),
        "payment-gateway-stage-prod has signing_key in variables, which is the name of a secret",
    ],
])("%s in plaintext is reported", async (_, change, line) => {
    expect(await brokenAt("no-secret-as-plain-variable", change)).toEqual([line]);
});

test.each([
    ["DB_PASSWORD", true],
    ["dbPassword", true],
    ["api-key", true],
    ["AWS_SECRET_ACCESS_KEY", true],
    ["GITHUB_TOKEN", true],
    ["CACHE_TOKEN_SECRET_ARN", false],
    ["SECRET_NAME", false],
    ["TOKEN_URL", false],
    ["AUTHOR", false],
    ["TOKENS_PER_SECOND", false],
    ["AUDIT_KEY_ARN", false],
    ["Project", false],
])("%s is the name of a secret: %s", (name, isSecret) => {
    expect(isSecretName(name)).toBe(isSecret);
});

// Put together here, so that no scanner of this repository takes them for real ones.
const accessKey = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
const pem = (kind: string) => `-----BEGIN ${kind}PRIVATE KEY-----\nMIIE`;
const jwt = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NSJ9", "dozjgNryP4J3jVmNHl0w5N"].join(".");

test.each<[string, string | undefined]>([
    [accessKey, "an AWS access key ID"],
    [`key=${accessKey.replace("AKIA", "ASIA")};`, "an AWS access key ID"],
    [`X${accessKey}`, undefined],
    [pem(""), "a private key"],
    [pem("RSA "), "a private key"],
    [pem("ENCRYPTED "), "a private key"],
    ["-----BEGIN CERTIFICATE-----\nMIIE", undefined],
    [`Bearer ${jwt}`, "a JSON Web Token"],
    [jwt.split(".").slice(0, 2).join("."), undefined],
    ["postgresql://payments:hunter2@db.example.com/payments", "a URL with a password"],
    ["postgresql://payments@db.example.com/payments", undefined],
    ["https://example.com:8080/a@b", undefined],
    [`ghp_${"a1B2".repeat(9)}`, "a GitHub token"],
    ["arn:aws:iam::123456789012:role/AKIA", undefined],
])("%s: %s", (text, format) => {
    expect(findCredentialFormat(text)).toBe(format);
});

test.each<[string, PlanChange, string]>([
    [
        "in an environment",
        environment("ID", accessKey),
        "payment-api-prod shows an AWS access key ID in containerDefinitions",
    ],
    [
        "in a description",
        changeInputs("aws:sns/topic:Topic", "events", { displayName: jwt }),
        "payment-events-prod shows a JSON Web Token in displayName",
    ],
    [
        "in what a resource publishes",
        changeResources("aws:sns/topic:Topic", "events", (node) => [
            { ...node, outputs: { ...node.outputs, key: pem("") } },
        ]),
        "payment-events-prod shows a private key in key",
    ],
    [
        "in an output of the stack",
        (plan) => ({ ...plan, outputs: { ...plan.outputs, login: { url: "https://me:secret@example.com" } } }),
        "the stack an output shows a URL with a password in login.url",
    ],
])("a credential %s is reported", async (_, change, line) => {
    expect(await brokenAt("no-credential-in-the-open", change)).toEqual([line]);
});

test("a credential that is marked as secret passes", async () => {
    const change = changeInputs("aws:sns/topic:Topic", "events", { displayName: new Secret(accessKey) });
    expect(await brokenAt("no-credential-in-the-open", change)).toEqual([]);
});

const own = "task-secrets-are-the-stacks-own";

test("a container may receive secrets of the stack, whole or by JSON key", async () => {
    const [first] = resourcesOfType(await planTestStack("prod"), "secretsmanager/secret:Secret");
    const arn = toText(first?.outputs.arn);
    expect(await brokenAt(own, secret(arn))).toEqual([]);
    expect(await brokenAt(own, secret(`${arn}:password::`))).toEqual([]);
    expect(await brokenAt(own, secret(`${arn}-of-another-stack`))).toHaveLength(1);
});

test("a container may receive the secret that RDS creates for the database", async () => {
    const { outputs } = await planTestStack("prod");
    expect(await brokenAt(own, secret(toText(outputs.databaseSecretArn)))).toEqual([]);
});

test.each([
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:payment-cache-token-dev-AbCdEf",
    "payment-cache-token-prod",
    "arn:aws:ssm:us-east-1:123456789012:parameter/token",
])("a container that receives %s is reported", async (valueFrom) => {
    expect(await brokenAt(own, secret(valueFrom))).toEqual([
        `payment-api-prod gives api TOKEN from ${valueFrom}, which is not a secret of the stack`,
    ]);
});

const listed = "secrets-in-state-are-listed";

test.each<[string, Values, string]>([
    ["an input", { masterPassword: new Secret("x") }, "masterPassword"],
    ["a part of one", { tags: { a: ["x", new Secret("x")] } }, "tags"],
])("an unlisted secret is reported in %s", async (_, values, property) => {
    expect(await brokenAt(listed, changeInputs("aws:rds/cluster:Cluster", "", values))).toEqual([
        `payment-database-prod stores the secret ${property} in the state, and no reason is listed`,
    ]);
});

test("an unlisted secret is reported in the outputs of a resource", async () => {
    const change = changeResources("aws:rds/cluster:Cluster", "", (node) => [
        { ...node, outputs: { ...node.outputs, masterPassword: new Secret("x") } },
    ]);
    expect(await brokenAt(listed, change)).toHaveLength(1);
});

test("every listed secret is in the state of a stack", async () => {
    const found = [...findSecrets(await planTestStack("dev")), ...findSecrets(await planTestStack("prod"))];
    const unused = stateSecrets.filter(
        ({ type, property }) => !found.some((each) => each.node.type === type && each.property === property),
    );
    expect(unused).toEqual([]);
});

test("evidence has the secrets in a stack's state, with the reasons", async () => {
    const rule = secretRules.find(({ name }) => name === listed);
    expect(rule?.evidence?.(await planTestStack("prod"), settingsFromConfig(readStackConfig("prod")))).toEqual([
        "payment-cache-token-prod (RandomPassword) bcryptHash: the provider outputs a hash of each password that it generates",
        "payment-cache-token-prod (RandomPassword) result: the cache's AUTH token, the password for the Data API and the token of the merchants' API: no service of AWS generates one",
        expect.stringMatching(/^payment-gateway-merchant-example-shop-prod \(ApiKey\) value: /),
        expect.stringMatching(/^payment-gateway-token-prod \(RandomPassword\) bcryptHash: /),
        expect.stringMatching(/^payment-gateway-token-prod \(RandomPassword\) result: /),
        expect.stringMatching(/^payment-gateway-token-prod \(SecretVersion\) secretString: /),
        expect.stringMatching(/^payment-cache-prod \(ReplicationGroup\) authToken: /),
        expect.stringMatching(/^payment-gateway-services-prod \(Integration\) requestParameters: /),
        expect.stringMatching(/^payment-cache-token-prod \(SecretVersion\) secretString: /),
        expect.stringMatching(/^payment-gateway-merchant-example-shop-prod \(UsagePlanKey\) value: /),
        expect.stringMatching(/^payment-gateway-merchant-example-shop-prod \(SecretVersion\) secretString: /),
    ]);
});

test("a credential in the manifest is reported, although the manifest is a secret output", async () => {
    const withCredential: PlanChange = (plan) => ({
        ...plan,
        outputs: { ...plan.outputs, manifest: new Secret({ stack: accessKey }) },
    });
    expect(await brokenAt("no-credential-in-the-open", withCredential)).toContain(
        "the stack an output shows an AWS access key ID in manifest.stack",
    );
    expect(await brokenAt("secrets-in-state-are-listed", (plan) => plan)).toEqual([]);
});
