import { beforeAll, expect, test } from "@jest/globals";
import { requireItem } from "../../../../lib/list.ts";
import { lostProtections } from "../../../../analysis/difference/protections.ts";
import { catalogue, typesWith } from "../../../../plan/catalogue/catalogue.ts";
import { Secret, type Plan, type Values } from "../../../../plan/plan.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSetting } from "../../settings/stack-config.ts";
import { planTestStack } from "../../../stacks.ts";
import {
    changeInputs,
    changeOptions,
    changeResources,
    removeResources,
    replaceText,
    type PlanChange,
} from "../../checks/fault.ts";

let prod: Plan;
beforeAll(async () => {
    prod = await planTestStack("prod");
});

const lostBetween = (before: Plan, after: Plan): string[] =>
    lostProtections(before, after).map(({ node, text }) => `${node.name}: ${text}`);
const lostAfter = (...changes: PlanChange[]): string[] =>
    lostBetween(
        prod,
        changes.reduce((plan, change) => change(plan), prod),
    );

/** Inputs of a type before and after a change, and the change in words. */
type Case = [before: Values, after: Values, told: string];

/** A case of each check of the table, in its order. */
const cases: Readonly<Record<string, readonly Case[]>> = {
    "aws:rds/cluster:Cluster": [
        [{ backupRetentionPeriod: 7 }, { backupRetentionPeriod: 1 }, "backupRetentionPeriod: 7 -> 1"],
        [{ deleteAutomatedBackups: false }, { deleteAutomatedBackups: true }, "deleteAutomatedBackups: false -> true"],
        [
            { iamDatabaseAuthenticationEnabled: true },
            { iamDatabaseAuthenticationEnabled: false },
            "iamDatabaseAuthenticationEnabled: true -> false",
        ],
        [{}, { enableHttpEndpoint: true }, "enableHttpEndpoint: nothing -> true"],
        [
            { enabledCloudwatchLogsExports: ["postgresql"] },
            { enabledCloudwatchLogsExports: [] },
            'enabledCloudwatchLogsExports: ["postgresql"] -> []',
        ],
    ],
    "aws:rds/clusterInstance:ClusterInstance": [
        [{ publiclyAccessible: false }, { publiclyAccessible: true }, "publiclyAccessible: false -> true"],
    ],
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": [
        [
            { parameters: [{ name: "rds.force_ssl", value: "1" }] },
            { parameters: [{ name: "rds.force_ssl", value: "0" }] },
            "rds.force_ssl: value: 1 -> 0",
        ],
    ],
    "aws:elasticache/replicationGroup:ReplicationGroup": [
        [{ snapshotRetentionLimit: 7 }, { snapshotRetentionLimit: 0 }, "snapshotRetentionLimit: 7 -> 0"],
        [{ transitEncryptionEnabled: true }, {}, "transitEncryptionEnabled: true -> nothing"],
        [
            { transitEncryptionMode: "required" },
            { transitEncryptionMode: "preferred" },
            "transitEncryptionMode: required -> preferred",
        ],
        [{ authToken: new Secret("open sesame") }, {}, "authToken: [secret] -> nothing"],
    ],
    "aws:dynamodb/table:Table": [
        [
            { pointInTimeRecovery: { enabled: true } },
            { pointInTimeRecovery: { enabled: false } },
            "pointInTimeRecovery.enabled: true -> false",
        ],
        [
            { pointInTimeRecovery: { enabled: true } },
            { pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 7 } },
            "pointInTimeRecovery.recoveryPeriodInDays: nothing -> 7",
        ],
        [
            { serverSideEncryption: { kmsKeyArn: "arn:key" } },
            { serverSideEncryption: { enabled: true } },
            "serverSideEncryption.kmsKeyArn: arn:key -> nothing",
        ],
    ],
    "aws:s3/bucketVersioning:BucketVersioning": [
        [
            { versioningConfiguration: { status: "Enabled" } },
            { versioningConfiguration: { status: "Suspended" } },
            "versioningConfiguration.status: Enabled -> Suspended",
        ],
    ],
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": [
        [
            { rule: { defaultRetention: { mode: "COMPLIANCE", days: 400 } } },
            { rule: { defaultRetention: { mode: "GOVERNANCE", days: 400 } } },
            "rule.defaultRetention.mode: COMPLIANCE -> GOVERNANCE",
        ],
        [
            { rule: { defaultRetention: { days: 400 } } },
            { rule: { defaultRetention: { days: 30 } } },
            "rule.defaultRetention.days: 400 -> 30",
        ],
    ],
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
        [
            { rules: [{ id: "expire", expiration: { days: 731 } }] },
            { rules: [{ id: "expire", expiration: { days: 90 } }] },
            "expire: expiration.days: 731 -> 90",
        ],
    ],
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
        [
            { rules: [{ applyServerSideEncryptionByDefault: { kmsMasterKeyId: "arn:key" } }] },
            { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
            "kmsMasterKeyId: arn:key -> nothing",
        ],
    ],
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
        [{ blockPublicAcls: true }, { blockPublicAcls: false }, "blockPublicAcls: true -> false"],
        [{ blockPublicPolicy: true }, { blockPublicPolicy: false }, "blockPublicPolicy: true -> false"],
        [{ ignorePublicAcls: true }, { ignorePublicAcls: false }, "ignorePublicAcls: true -> false"],
        [{ restrictPublicBuckets: true }, { restrictPublicBuckets: false }, "restrictPublicBuckets: true -> false"],
    ],
    "aws:kms/key:Key": [
        [{ enableKeyRotation: true }, { enableKeyRotation: false }, "enableKeyRotation: true -> false"],
    ],
    "aws:cloudwatch/logGroup:LogGroup": [
        [{ retentionInDays: 0 }, { retentionInDays: 731 }, "retentionInDays: 0 -> 731"],
        [{ kmsKeyId: "arn:key" }, {}, "kmsKeyId: arn:key -> nothing"],
    ],
    "aws:sqs/queue:Queue": [
        [{ kmsMasterKeyId: "arn:key" }, {}, "kmsMasterKeyId: arn:key -> nothing"],
        [{}, { messageRetentionSeconds: 3600 }, "messageRetentionSeconds: nothing -> 3600"],
        [{ redrivePolicy: "{}" }, {}, "redrivePolicy: {} -> nothing"],
    ],
    "aws:sns/topic:Topic": [[{ kmsMasterKeyId: "arn:key" }, {}, "kmsMasterKeyId: arn:key -> nothing"]],
    "aws:secretsmanager/secret:Secret": [[{ kmsKeyId: "arn:key" }, {}, "kmsKeyId: arn:key -> nothing"]],
    "aws:iam/role:Role": [[{ permissionsBoundary: "arn:policy" }, {}, "permissionsBoundary: arn:policy -> nothing"]],
    "aws:lambda/function:Function": [[{ kmsKeyArn: "arn:key" }, {}, "kmsKeyArn: arn:key -> nothing"]],
    "aws:wafv2/webAcl:WebAcl": [
        [
            {
                rules: [
                    { name: "RateLimit", action: { block: {} } },
                    { name: "Blocks", action: { block: {} } },
                    { name: "Group", overrideAction: { none: {} } },
                    { name: "Counts", action: { count: {} } },
                    { name: "CountingGroup", overrideAction: { count: {} } },
                ],
            },
            { rules: [{ name: "RateLimit", action: { count: {} } }] },
            "RateLimit: action.block: {} -> nothing; Blocks: removed; Group: removed",
        ],
        [{ defaultAction: { block: {} } }, { defaultAction: { allow: {} } }, "defaultAction.block: {} -> nothing"],
    ],
    "aws:cloudtrail/trail:Trail": [
        [{}, { enableLogging: false }, "enableLogging: nothing -> false"],
        [{ enableLogFileValidation: true }, {}, "enableLogFileValidation: true -> nothing"],
        [{ isMultiRegionTrail: true }, { isMultiRegionTrail: false }, "isMultiRegionTrail: true -> false"],
        [{ kmsKeyId: "arn:key" }, {}, "kmsKeyId: arn:key -> nothing"],
        [{ advancedEventSelectors: [{ name: "Audit" }] }, { advancedEventSelectors: [] }, "Audit: removed"],
    ],
    "aws:ec2/flowLog:FlowLog": [[{ trafficType: "ALL" }, { trafficType: "REJECT" }, "trafficType: ALL -> REJECT"]],
    "aws:guardduty/detector:Detector": [[{ enable: true }, { enable: false }, "enable: true -> false"]],
    "aws:guardduty/detectorFeature:DetectorFeature": [
        [{ status: "ENABLED" }, { status: "DISABLED" }, "status: ENABLED -> DISABLED"],
    ],
    "aws:cfg/recorderStatus:RecorderStatus": [[{ isEnabled: true }, { isEnabled: false }, "isEnabled: true -> false"]],
    "aws:ecr/repository:Repository": [
        [
            { imageScanningConfiguration: { scanOnPush: true } },
            { imageScanningConfiguration: { scanOnPush: false } },
            "imageScanningConfiguration.scanOnPush: true -> false",
        ],
        [
            { imageTagMutability: "IMMUTABLE" },
            { imageTagMutability: "MUTABLE" },
            "imageTagMutability: IMMUTABLE -> MUTABLE",
        ],
    ],
    "aws:ecs/service:Service": [[{}, { enableExecuteCommand: true }, "enableExecuteCommand: nothing -> true"]],
    "aws:lb/loadBalancer:LoadBalancer": [
        [{ accessLogs: { enabled: true } }, { accessLogs: { enabled: false } }, "accessLogs.enabled: true -> false"],
        [
            { dropInvalidHeaderFields: true },
            { dropInvalidHeaderFields: false },
            "dropInvalidHeaderFields: true -> false",
        ],
    ],
    "aws:lb/listener:Listener": [[{ protocol: "HTTPS" }, { protocol: "HTTP" }, "protocol: HTTPS -> HTTP"]],
    "aws:lb/targetGroup:TargetGroup": [[{ protocol: "HTTPS" }, { protocol: "HTTP" }, "protocol: HTTPS -> HTTP"]],
    "aws:apigateway/method:Method": [
        [{ authorization: "AWS_IAM" }, { authorization: "NONE" }, "authorization: AWS_IAM -> NONE"],
        [{ apiKeyRequired: true }, { apiKeyRequired: false }, "apiKeyRequired: true -> false"],
    ],
    "aws:apigateway/stage:Stage": [
        [{ accessLogSettings: { format: "{}" } }, {}, 'accessLogSettings: {"format":"{}"} -> nothing'],
    ],
    "aws:apigateway/methodSettings:MethodSettings": [
        [
            { settings: { dataTraceEnabled: false } },
            { settings: { dataTraceEnabled: true } },
            "settings.dataTraceEnabled: false -> true",
        ],
    ],
};

/** A plan of one resource. */
const planWith = (type: string, values: Values): Plan => {
    const node = { ...requireItem(prod.nodes, 0), type, name: "one", urn: "urn:pulumi:prod::payment-platform::x::one" };
    return { ...prod, nodes: [{ ...node, inputs: values }] };
};

test("every check of the table has a case", () => {
    const counted = (rows: Readonly<Record<string, readonly unknown[]>>): Record<string, number> =>
        Object.fromEntries(Object.entries(rows).map(([type, { length }]) => [type, length]));
    expect(counted(cases)).toEqual(counted(Object.fromEntries(typesWith("weakerInputs"))));
});

test.each(
    Object.entries(cases).flatMap(([type, rows]) =>
        rows.map(([before, after, told]) => ({ type, before, after, told })),
    ),
)("$type: $told weakens protection, and the reverse change does not", ({ type, before, after, told }) => {
    const [found, ...others] = lostBetween(planWith(type, before), planWith(type, after));
    expect(found).toContain(told);
    expect(found).toMatch(/^one: the protection of the \w+ is weaker: .+; \w+/);
    expect(others).toEqual([]);
    expect(lostBetween(planWith(type, after), planWith(type, before))).toEqual([]);
});

test("a change that makes a resource easier to delete is reported with its inputs", () => {
    expect(typesWith("deletion").filter(([, { inputs }]) => inputs !== undefined).length).toBeGreaterThan(5);
    const protectedProd = changeInputs("aws:rds/cluster:Cluster", "", {
        deletionProtection: true,
        skipFinalSnapshot: false,
    })(prod);
    expect(lostBetween(protectedProd, prod)).toEqual([
        "payment-database-prod: the Cluster is less protected against deletion: deletionProtection: true -> false, skipFinalSnapshot: false -> true",
    ]);
    const shielded = changeOptions("aws:dynamodb/table:Table", { protect: true })(prod);
    expect(lostBetween(shielded, prod)).toEqual([
        "payment-transactions-prod: the Table is less protected against deletion: protect: true -> false",
    ]);
    expect(lostBetween(prod, shielded)).toEqual([]);
});

test("the stack's own switch is one line, not one for each resource", () => {
    const on = [
        changeInputs("aws:rds/cluster:Cluster", "", { deletionProtection: true, skipFinalSnapshot: false }),
        changeOptions("aws:rds/cluster:Cluster", { protect: true }),
        changeOptions("aws:dynamodb/table:Table", { protect: true }),
    ].reduce((plan, change) => change(plan), prod);
    expect(lostBetween(on, prod)).toEqual([
        "payment-platform-prod: no resource of the stack is protected against deletion any more: payment-transactions-prod, payment-database-prod",
    ]);
    // While a resource remains protected, each one is reported separately.
    const partly = changeOptions("aws:dynamodb/table:Table", { protect: true })(prod);
    expect(lostBetween(on, partly)).toEqual([
        expect.stringMatching(
            /^payment-database-prod: the Cluster is less protected against deletion: protect: true -> false/,
        ),
    ]);
});

test("a Deny statement removed from a policy is reported with its actions", () => {
    const open = changeInputs("aws:s3/bucketPolicy:BucketPolicy", "audit", ({ policy = "" }) => ({
        policy: JSON.stringify({
            Statement: (
                JSON.parse(typeof policy === "string" ? policy : "") as { Statement: { Effect: string }[] }
            ).Statement.filter(({ Effect }) => Effect === "Allow"),
        }),
    }));
    expect(lostAfter(open)).toEqual([
        "payment-audit-prod: the protection of the BucketPolicy is weaker: its policy no longer denies s3:* by aws:SecureTransport",
        "payment-audit-prod: the protection of the BucketPolicy is weaker: its policy no longer denies s3:PutObject by s3:if-none-match",
    ]);
});

test("a deleted resource that protects another is reported, unless the other is deleted too", () => {
    const versioning = "aws:s3/bucketVersioning:BucketVersioning";
    expect(lostAfter(removeResources(versioning, "audit"))).toEqual([
        "payment-audit-prod: the BucketVersioning is deleted: what is overwritten or deleted is gone",
    ]);
    expect(lostAfter(removeResources(versioning, "audit"), removeResources("aws:s3/bucket:Bucket", "audit"))).toEqual(
        [],
    );
    expect(lostAfter(removeResources("aws:cloudtrail/trail:Trail"))).toEqual([
        "payment-trail-prod: the Trail is deleted: calls that change the account leave no record",
    ]);
    expect(catalogue[versioning]?.protector).toBeDefined();
});

test("a renamed resource with an alias protects as before", () => {
    const renamed = changeResources("aws:s3/bucketVersioning:BucketVersioning", "audit", (node) => [
        {
            ...node,
            name: "records",
            urn: node.urn.replace(/[^:]+$/, "records"),
            options: { ...node.options, aliases: [{ urn: node.urn }] },
        },
    ]);
    expect(lostAfter(renamed)).toEqual([]);
});

test("nothing is lost where nothing changes, and with another limit or image nothing either", () => {
    expect(lostAfter()).toEqual([]);
    const limit = changeInputs("aws:wafv2/webAcl:WebAcl", "", ({ rules }) => ({
        rules: JSON.parse(JSON.stringify(rules).replaceAll('"limit":2000', '"limit":9000')) as Values[],
    }));
    expect(lostAfter(limit)).toEqual([]);
});

test("a rule of a bucket's lifecycle that is removed deletes less, and weakens nothing", () => {
    const type = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    const rules = [{ id: "expire", expiration: { days: 731 } }];
    expect(lostBetween(planWith(type, { rules }), planWith(type, { rules: [] }))).toEqual([]);
});

test("a policy whose ARNs move to another region with the stack denies as much as before", async () => {
    const moved = await planOfConfig(withSetting(readStackConfig("prod"), "aws:region", "eu-west-1"), "prod");
    expect(lostBetween(prod, moved).filter((line) => line.includes("no longer denies"))).toEqual([]);
    const open = changeInputs(
        "aws:sns/topicPolicy:TopicPolicy",
        "alerts-critical",
        replaceText("policy", /"Deny"/, '"Allow"'),
    );
    expect(lostBetween(prod, open(moved))).toContainEqual(expect.stringContaining("no longer denies"));
});
