import { logGroupPatterns } from "../../lib/encryption/log-group-patterns.ts";
import { storage } from "../../lib/manifest/storage-by-type.ts";
import { maxNameLengths } from "../../lib/settings/names.ts";
import {
    logPolicyScope,
    readGrant,
    regionalArns,
    untaggedOnly,
    withRequestTag,
    withResourceTag,
    writeGrant,
    listGrant,
} from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { encryptionRisk, removed, shortened } from "./protection-checks.ts";
import { comparedByRefresh, type ServiceRows } from "./row.ts";

const patterns = logGroupPatterns({ suffix: "{suffix}" });

/** The second pattern is for log streams. */
const logGroupArns = (patterns: string[]) =>
    regionalArns("logs", ...patterns.flatMap((pattern) => [`log-group:${pattern}`, `log-group:${pattern}:*`]));

const hasSuffixPlaceholder = (pattern: string) => pattern.includes("{suffix}");
export const logGroups = logGroupArns(patterns.filter(hasSuffixPlaceholder));

/** API Gateway names them by the ID of an API, so these depend on the tag. */
export const executionLogs = logGroupArns(patterns.filter((pattern) => !hasSuffixPlaceholder(pattern)));

export const logs: ServiceRows = {
    "aws:cloudwatch/logGroup:LogGroup": {
        name: { maxLength: maxNameLengths.logGroup },
        summary: ["{retentionInDays} days", "CMK{kmsKeyId?}", "{name}"],
        fakeOutputs: { arn: (request) => request.arn("logs", `log-group:${request.physicalName}`) },
        providerDefaults: { skipDestroy: false },
        forceNew: forceNew("logs/group", ["logGroupClass", "name", "namePrefix"], {
            keptWhenRemoved: ["logGroupClass"],
        }),
        loss: { content: "logs that must be kept (PCI DSS 10.5.1)", losesData: true },
        storage: storage["aws:cloudwatch/logGroup:LogGroup"],
        storeKind: "Log groups",
        deletion: { retainingInputs: ["skipDestroy", "deletionProtectionEnabled"] },
        weakerInputs: [
            {
                check: shortened("retentionInDays"),
                risk: "CloudWatch deletes the events that are older",
                source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
            },
            {
                check: removed("kmsKeyId"),
                risk: encryptionRisk,
                source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
            },
        ],
        exclusive: [refused("logs", "CreateLogGroup", "name", "ResourceAlreadyExistsException")],
        recovery: { importId: "{name}" },
        children: "listed",
        grants: [
            writeGrant(
                "logs: AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DisassociateKmsKey PutRetentionPolicy TagResource UntagResource",
                logGroups,
            ),
            writeGrant("logs: CreateLogGroup", withRequestTag(executionLogs)),
            writeGrant("logs: TagResource", untaggedOnly(executionLogs)),
            writeGrant(
                "logs: AssociateKmsKey DeleteLogGroup DeleteRetentionPolicy DisassociateKmsKey PutRetentionPolicy TagResource UntagResource",
                withResourceTag(executionLogs),
            ),
            readGrant("logs: ListTagsForResource", { arns: [...logGroups.arns, ...executionLogs.arns] }),
            listGrant("logs: DescribeLogGroups"),
        ],
    },
    // One of the ten that an account has in a region, for the log groups of this stack.
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {
        name: { input: "policyName", maxLength: maxNameLengths.logGroup },
        sizeLimits: [
            {
                input: "policyDocument",
                max: 5120,
                source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
            },
        ],
        forceNew: forceNew("logs/resource_policy", ["policyName", "resourceArn"]),
        protector: { risk: "WAF and ElastiCache cannot deliver logs", protects: "aws:cloudwatch/logGroup:LogGroup" },
        exclusive: [merged("logs", "PutResourcePolicy", "policyName")],
        recovery: { importId: "{policyName}" },
        children: { none: "it is a policy, which Pulumi's refresh compares" },
        grants: [
            writeGrant("logs: DeleteResourcePolicy PutResourcePolicy", logPolicyScope),
            listGrant("logs: DescribeResourcePolicies"),
        ],
    },
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
        name: { maxLength: 512 },
        summary: ["{pattern}"],
        forceNew: forceNew("logs/metric_filter", ["logGroupName", "name"]),
        exclusive: [merged("logs", "PutMetricFilter", "logGroupName name")],
        recovery: { importId: "{logGroupName}:{name}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant("logs: DeleteMetricFilter PutMetricFilter", logGroups),
            readGrant("logs: DescribeMetricFilters", logGroups),
        ],
    },
};
