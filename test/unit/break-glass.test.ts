import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { dataApiRules } from "../../checks/rules/data-api.ts";
import { findViolations } from "../../checks/rule.ts";
import { breakGlassRole, breakGlassUser } from "../../lib/settings/break-glass.ts";
import { isReserved } from "../../lib/settings/names.ts";
import { changeInputs, removeResources } from "./checks/fault.ts";
import { planOfConfig, settingsFromConfig } from "./checks/config-plans.ts";
import { parseJsonValue } from "./fixtures.ts";
import { findNode } from "../recorder.ts";
import { readStackConfig, withSettings } from "./settings/stack-config.ts";
import { Secret } from "../../plan/plan.ts";
import { getPath } from "../../plan/query.ts";

const config = withSettings(readStackConfig("dev"), { "database.breakGlass": true });
const settings = settingsFromConfig(config);
const planned = () => planOfConfig(config, "dev");
const [rule] = dataApiRules.filter(({ name }) => name === "data-api-watched");

test("a stack has the Data API, its secret and the report of its use only where it sets them", async () => {
    const [on, off] = [await planned(), await planOfConfig(readStackConfig("dev"), "dev")];
    const cluster = "aws:rds/cluster:Cluster";
    expect(findNode(on, "payment-database-dev", cluster).inputs.enableHttpEndpoint).toBe(true);
    expect(findNode(off, "payment-database-dev", cluster).inputs).not.toHaveProperty("enableHttpEndpoint");
    expect(off.nodes.filter(({ name }) => name.includes("break-glass"))).toEqual([]);
});

test("the use of the role is reported to the critical topic", async () => {
    const plan = await planned();
    const { inputs } = findNode(plan, "payment-break-glass-dev", "aws:cloudwatch/eventRule:EventRule");
    // AssumeRole changes nothing, so a rule that is only enabled does not receive it.
    expect(inputs.state).toBe("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    expect(parseJsonValue(inputs.eventPattern)).toEqual({
        source: ["aws.sts"],
        "detail-type": ["AWS API Call via CloudTrail"],
        detail: {
            eventName: ["AssumeRole"],
            requestParameters: { roleArn: [expect.stringMatching(/^arn:aws:iam::\d{12}:role\/break-glass-dev$/)] },
        },
    });
    const target = findNode(plan, "payment-break-glass-dev", "aws:cloudwatch/eventTarget:EventTarget");
    expect(target.inputs.arn).toBe(findNode(plan, "payment-alerts-critical-dev", "aws:sns/topic:Topic").outputs.arn);
});

test("the secret has the user's name and a password, and is encrypted with the data key", async () => {
    const plan = await planned();
    const version = findNode(plan, "payment-break-glass-dev", "aws:secretsmanager/secretVersion:SecretVersion");
    const { secretString } = version.inputs;
    expect(secretString).toBeInstanceOf(Secret);
    expect(parseJsonValue(secretString instanceof Secret ? secretString.value : undefined)).toEqual({
        username: breakGlassUser,
        password: expect.stringMatching(/^.{16,}$/),
    });
    const secret = findNode(plan, "payment-break-glass-dev", "aws:secretsmanager/secret:Secret");
    expect(secret.inputs.kmsKeyId).toBe(findNode(plan, "payment-data-dev", "aws:kms/key:Key").outputs.arn);
});

test.each([
    ["no rule", removeResources("aws:cloudwatch/eventRule:EventRule", "break-glass")],
    ["no target", removeResources("aws:cloudwatch/eventTarget:EventTarget", "break-glass")],
    ["a rule that is off", changeInputs("aws:cloudwatch/eventRule:EventRule", "break-glass", { state: "DISABLED" })],
    [
        "a rule without read-only events",
        changeInputs("aws:cloudwatch/eventRule:EventRule", "break-glass", { state: "ENABLED" }),
    ],
])("with %s the Data API is refused", async (_, fault) => {
    const plan = await planned();
    expect(rule === undefined ? undefined : findViolations(rule, plan, settings)).toEqual([]);
    expect(rule === undefined ? undefined : findViolations(rule, fault(plan), settings)).toEqual([
        expect.objectContaining({
            resource: "payment-database-dev",
            reason: "must have an EventBridge rule with a topic as its target for the role that may use the Data API",
        }),
    ]);
});

test("the trail logs each statement of the Data API in every cluster of the stack, and only where the stack sets it", async () => {
    const selectorsOf = async (database: Readonly<Record<string, unknown>>) => {
        const stack = withSettings(readStackConfig("dev"), { "audit.cloudTrail": true, ...database });
        const { inputs } = findNode(
            await planOfConfig(stack, "dev"),
            "payment-trail-dev",
            "aws:cloudtrail/trail:Trail",
        );
        return JSON.stringify(inputs.advancedEventSelectors);
    };
    const restored = {
        "database.otherGenerations": [2],
        "database.restoreFrom": { source: "snapshot", generation: 2, snapshot: "before" },
    };
    expect(await selectorsOf({ "database.breakGlass": true, ...restored })).toMatch(
        /"AWS::RDS::DBCluster".*:cluster:payment-database-dev".*:cluster:payment-database2-dev"/,
    );
    expect(await selectorsOf({})).not.toContain("AWS::RDS::DBCluster");
});

test("no service has a name of the person on call", () => {
    expect(["break-glass", "break-glass-api"].filter((name) => !isReserved(name))).toEqual([]);
});

const template: unknown = parse(readFileSync("bootstrap/break-glass.yaml", "utf8"));
const role = getPath(template, "Resources.BreakGlassRole.Properties");

test("the role is assumed only with MFA of the last minutes, in the stack's region, by name and with a reason", () => {
    expect(getPath(role, "RoleName.Fn::Sub")).toBe(breakGlassRole("${Stack}"));
    expect(getPath(role, "MaxSessionDuration")).toBe(3600);
    expect(getPath(role, "AssumeRolePolicyDocument.Statement.0")).toEqual({
        Effect: "Allow",
        Principal: { AWS: { Ref: "UserArns" } },
        Action: "sts:AssumeRole",
        Condition: {
            Bool: { "aws:MultiFactorAuthPresent": "true" },
            NumericLessThan: { "aws:MultiFactorAuthAge": "300" },
            StringEquals: { "aws:RequestedRegion": { Ref: "AWS::Region" }, "sts:RoleSessionName": "${aws:username}" },
            StringLike: { "aws:RequestTag/Reason": "??????????*" },
        },
    });
});

test("the role runs statements in the stack's clusters with the stack's secret, and may do nothing else", () => {
    const statements = getPath(role, "Policies.0.PolicyDocument.Statement") as {
        Action: string;
        Resource: string | object;
    }[];
    const arn = (service: string, rest: string) =>
        `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`;
    const resources = (resource: string | object) =>
        [resource].flat().map((each: unknown) => getPath(each, "Fn::Sub") ?? each);
    // A `*` before or after the suffix would match the names of a stack `eu-prod` or `prod-eu`, too.
    expect(statements.map(({ Action, Resource }) => [Action, resources(Resource)])).toEqual([
        [
            "rds-data:ExecuteStatement",
            [arn("rds", "cluster:payment-database-${Stack}"), arn("rds", "cluster:payment-database?-${Stack}")],
        ],
        [
            "secretsmanager:GetSecretValue",
            [arn("secretsmanager", "secret:payment-break-glass-${Stack}-???????-??????")],
        ],
        ["secretsmanager:ListSecrets", ["*"]],
        ["kms:Decrypt", [arn("kms", "key/*")]],
    ]);
});
