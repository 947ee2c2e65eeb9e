import type { Values } from "../../../../plan/plan.ts";
import {
    changeInputs,
    changeItems,
    changePolicy,
    keepItems,
    mentions,
    removeResources,
    setInput,
    type FaultsByRule,
} from "../fault.ts";

const lifecycle = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const trail = "cloudtrail/trail:Trail";
const key = "kms/key:Key";
const eventRule = "aws:cloudwatch/eventRule:EventRule";
const keyLossUnreported =
    "must have an EventBridge rule that notifies a topic of `DisableKey`, `ScheduleKeyDeletion` and `PutKeyPolicy`";
const trailChangeUnreported =
    "payment-trail-prod must have an EventBridge rule that notifies a topic of what ends its recording";

export const auditFaults: FaultsByRule = {
    "uploads-aborted": {
        "incomplete uploads are kept by a second rule": [
            changeInputs(`aws:${lifecycle}`, "", ({ rules }) => ({ rules: [...(rules as Values[]), { id: "other" }] })),
            "payment-access-logs-prod must abort incomplete multipart uploads",
        ],
        "incomplete uploads are kept": [
            changeItems(lifecycle, "rules", (rule) => ({
                ...rule,
                abortIncompleteMultipartUpload: {},
            })),
            "payment-access-logs-prod must abort incomplete multipart uploads",
        ],
    },
    "trail-complete": {
        "a single-region trail": [
            setInput(trail, "isMultiRegionTrail", false),
            "payment-trail-prod must have isMultiRegionTrail true, not false",
        ],
        "no global services": [
            setInput(trail, "includeGlobalServiceEvents", false),
            "payment-trail-prod must have includeGlobalServiceEvents true, not false",
        ],
        "no log file validation": [
            setInput(trail, "enableLogFileValidation", false),
            "payment-trail-prod must have enableLogFileValidation true, not false",
        ],
        disabled: [setInput(trail, "enableLogging", false), "payment-trail-prod must be enabled"],
        "no log group": [
            setInput(trail, "cloudWatchLogsGroupArn", null),
            "payment-trail-prod must have cloudWatchLogsGroupArn, not unset",
        ],
        "data events only": [
            keepItems(trail, "advancedEventSelectors", (each) => !mentions("Management")(each)),
            "payment-trail-prod must log all management events",
        ],
        "management events that only write": [
            changeItems(trail, "advancedEventSelectors", (each) => ({
                ...each,
                fieldSelectors: [...(each.fieldSelectors as Values[]), { field: "readOnly", equals: ["false"] }],
            })),
            "payment-trail-prod must log all management events",
        ],
        "a selector that nobody has judged": [
            setInput(trail, "eventSelectors", [{ includeManagementEvents: false }]),
            "payment-trail-prod must not have eventSelectors, which the rule does not know",
        ],
    },
    "keys-described": {
        "no description": [setInput(key, "description", ""), "payment-data-prod must have description, not empty"],
        disabled: [setInput(key, "isEnabled", false), "payment-data-prod must be enabled"],
        "no policy lockout safety check": [
            setInput(key, "bypassPolicyLockoutSafetyCheck", true),
            "payment-data-prod must keep the policy lockout safety check",
        ],
    },
    "key-loss-reported": {
        "no rule": [removeResources(eventRule, "key-loss"), `payment-data-prod ${keyLossUnreported}`],
        "a rule that is off": [
            changeInputs(eventRule, "key-loss", { state: "DISABLED" }),
            `payment-logs-prod ${keyLossUnreported}`,
        ],
        "a rule without a target": [
            removeResources("aws:cloudwatch/eventTarget:EventTarget", "key-loss"),
            `payment-messaging-prod ${keyLossUnreported}`,
        ],
        "a target that is no topic": [
            setInput(
                "cloudwatch/eventTarget:EventTarget",
                "arn",
                "arn:aws:sqs:us-east-1:123456789012:other",
                "key-loss",
            ),
            `payment-data-prod ${keyLossUnreported}`,
        ],
        "a rule on the events of another service": [
            changePolicy(eventRule, "key-loss", '"aws.kms"', '"aws.s3"', "eventPattern"),
            `payment-data-prod ${keyLossUnreported}`,
        ],
        "a rule on events that CloudTrail does not send": [
            changePolicy(eventRule, "key-loss", "AWS API Call via CloudTrail", "AWS API Call", "eventPattern"),
            `payment-data-prod ${keyLossUnreported}`,
        ],
        "a rule on another event bus": [
            changeInputs(eventRule, "key-loss", { eventBusName: "other" }),
            `payment-data-prod ${keyLossUnreported}`,
        ],
        "a target of a rule on another event bus": [
            setInput("cloudwatch/eventTarget:EventTarget", "eventBusName", "other", "key-loss"),
            `payment-data-prod ${keyLossUnreported}`,
        ],
        "a rule on calls that fail": [
            changePolicy(
                eventRule,
                "key-loss",
                '"detail":{',
                '"detail":{"errorCode":["AccessDenied"],',
                "eventPattern",
            ),
            `payment-data-prod ${keyLossUnreported}`,
        ],
        "a rule on calls of the root user": [
            changePolicy(
                eventRule,
                "key-loss",
                '"detail":{',
                '"detail":{"userIdentity":{"type":["Root"]},',
                "eventPattern",
            ),
            `payment-data-prod ${keyLossUnreported}`,
        ],
        "a rule on two of the three calls": [
            changePolicy(eventRule, "key-loss", '"DisableKey",', "", "eventPattern"),
            `payment-data-prod ${keyLossUnreported}`,
        ],
        "a rule on the other keys": [
            changePolicy(eventRule, "key-loss", /"arn:aws:kms:[^"]+",/, "", "eventPattern"),
            `payment-data-prod ${keyLossUnreported}`,
        ],
    },
    "trail-change-reported": {
        "no rule": [removeResources(eventRule, "trail-change"), trailChangeUnreported],
        "a rule without a target": [
            removeResources("aws:cloudwatch/eventTarget:EventTarget", "trail-change"),
            trailChangeUnreported,
        ],
        ...Object.fromEntries(
            [
                ...['"StopLogging",', '"DeleteTrail",', '"UpdateTrail",', '"PutEventSelectors",'],
                ...['"DeleteLogGroup",', '"DeleteLogStream",', '"PutRetentionPolicy",'],
                ...['"PutBucketPolicy",', ',"DeleteBucketPolicy"', ',"aws.logs"', ',"aws.s3"'],
            ].map((part) => [
                `a rule without ${part}`,
                [changePolicy(eventRule, "trail-change", part, "", "eventPattern"), trailChangeUnreported],
            ]),
        ),
        ...Object.fromEntries(
            ["name", "trailName", "logGroupName", "bucketName"].map((parameter) => [
                `a rule on another ${parameter}`,
                [
                    changePolicy(
                        eventRule,
                        "trail-change",
                        new RegExp(`"${parameter}":\\["[^"]+"`),
                        `"${parameter}":["other"`,
                        "eventPattern",
                    ),
                    trailChangeUnreported,
                ],
            ]),
        ),
        ...Object.fromEntries(
            [
                ["requestParameters", '"requestParameters":{', '"requestParameters":{"never":["x"],'],
                ["userIdentity", '{"requestParameters"', '{"userIdentity":{"type":["Root"]},"requestParameters"'],
            ].map(([part = "", from = "", to = ""]) => [
                `a rule with a further condition on ${part} in one alternative`,
                [changePolicy(eventRule, "trail-change", from, to, "eventPattern"), trailChangeUnreported],
            ]),
        ),
        "a rule on the trail by its name, not by its ARN": [
            changePolicy(eventRule, "trail-change", /,"arn:aws:cloudtrail:[^"]+"/, "", "eventPattern"),
            trailChangeUnreported,
        ],
    },
    "secrets-described": {
        "no description": [
            setInput("secretsmanager/secret:Secret", "description", null),
            "payment-cache-token-prod must have description, not unset",
        ],
    },
    "no-administrators": {
        "an administrator": [
            setInput(
                "iam/rolePolicyAttachment:RolePolicyAttachment",
                "policyArn",
                "arn:aws:iam::aws:policy/AdministratorAccess",
            ),
            "payment-gateway-logging-prod must grant no administrator, power user or full access",
        ],
        "an administrator, in the role": [
            setInput("iam/role:Role", "managedPolicyArns", ["arn:aws:iam::aws:policy/AdministratorAccess"], "api-task"),
            "payment-api-task-prod must grant no administrator, power user or full access",
        ],
        "all of S3": [
            setInput(
                "iam/rolePolicyAttachment:RolePolicyAttachment",
                "policyArn",
                "arn:aws:iam::aws:policy/AmazonS3FullAccess",
            ),
            "payment-gateway-logging-prod must grant no administrator, power user or full access",
        ],
    },
};
