import { expect, test } from "@jest/globals";
import { Secret, type Plan } from "../../tools/plan/plan.ts";
import { planOf } from "../recorder.ts";
import { invariants, planOfConfig, settingsOf } from "./invariants.ts";
import { arnLike, shown } from "../../policies/look.ts";
import { where, without, inputs, replaced, policy, options, unordered, deep, type Change } from "./policies/fault.ts";
import { stackConfig, withSettings } from "./settings/stack-config.ts";

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const key = "aws:kms/key:Key";
const queue = "aws:sqs/queue:Queue";
const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const role = "aws:iam/role:Role";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const bucket = "aws:s3/bucket:Bucket";
const cluster = "aws:rds/cluster:Cluster";
const cache = "aws:elasticache/replicationGroup:ReplicationGroup";
const service = "aws:ecs/service:Service";
const subscription = "aws:sns/topicSubscription:TopicSubscription";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const privacy = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const routeTable = "aws:ec2/routeTable:RouteTable";
const association = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const table = "aws:dynamodb/table:Table";
const lambda = "aws:lambda/function:Function";
const method = "aws:apigateway/method:Method";
const stage = "aws:apigateway/stage:Stage";
const methodSettings = "aws:apigateway/methodSettings:MethodSettings";
const permission = "aws:lambda/permission:Permission";
const usagePlan = "aws:apigateway/usagePlan:UsagePlan";
const open = { cidrIpv4: "0.0.0.0/0", referencedSecurityGroupId: undefined as unknown as string };

const agentPromise =
    "where GuardDuty watches, every task reaches its agent's image and endpoint, and elsewhere none does";

/** Faults that someone may build in, by the promise that must notice. */
const faults: Readonly<Record<string, Record<string, Change>>> = {
    "everything stands under one platform": {
        "a resource at the top": where(queue, "processing-dlq", (node) => [{ ...node, parent: undefined }]),
        "a second provider": where("pulumi:providers:aws", "", (node) => [node, { ...node, urn: `${node.urn}-2` }]),
    },
    "every AWS resource is made by the one tagged provider": {
        "a missing tag": inputs("pulumi:providers:aws", "", { defaultTags: { tags: { Project: "payment-platform" } } }),
        "the default provider": where(queue, "", (node) => [{ ...node, provider: undefined }]),
    },
    "every name ends in the suffix, and no name is taken twice": {
        "no suffix in Pulumi": where(queue, "processing-dlq", (node) => [{ ...node, name: "payment-processing-dlq" }]),
        "no suffix in AWS": inputs(queue, "processing-dlq", { name: "payment-processing-dlq" }),
        "a log group of another API": inputs(logGroup, "gateway-execution", {
            name: "API-Gateway-Execution-Logs_zzzzzzzzzz/v1",
        }),
        "one name for two": inputs(queue, "processing-dlq", { name: "payment-processing-prod" }),
        "one name for two alarms": inputs(composite, "fast", { alarmName: "payment-budget-burns-fast-5m-prod" }),
    },
    "every name is within the limit of AWS": {
        "a long name": inputs(cache, "", { replicationGroupId: "c".repeat(41) }),
        "an unknown limit": where(queue, "", (node) => [{ ...node, type: "aws:mq/broker:Broker" }]),
    },
    "no secret stands in the open": {
        "a token in clear": inputs(cache, "", { authToken: "clear" }),
        "a token in another's text": (plan) => {
            const { inputs: own } = plan.nodes.find(({ type }) => type === cache) ?? {};
            const token = own?.authToken instanceof Secret ? shown(own.authToken.value) : "none";
            return inputs(queue, "", { description: `use ${token} here` })(plan);
        },
    },
    "every part says what others may use of it": {
        "no outputs": where("payment:index:Edge", "", (node) => [{ ...node, outputs: {} }]),
    },
    "the security groups allow what the table of flows says, and no more": {
        "a rule more": where(ingress, "tasks-cache", (node) => [
            node,
            { ...node, inputs: { ...node.inputs, fromPort: 22, toPort: 22 } },
        ]),
        "one side only": without(egress, "tasks-database"),
        "a wider port range": inputs(ingress, "tasks-database", { fromPort: 0 }),
        "the way to another service": inputs(egress, "validator-dynamodb", { prefixListId: "pl-other" }),
        "an inline rule": inputs("aws:ec2/securityGroup:SecurityGroup", "cache", { egress: [] }),
    },
    "the world reaches the load balancer's HTTPS port and nothing else": {
        "an open database": inputs(ingress, "tasks-database", open),
        "an open exit": inputs(egress, "tasks-s3", open),
        "all protocols": inputs(egress, "tasks-s3", { ipProtocol: "-1" }),
    },
    "the default security group lets nothing through": {
        "left as AWS made it": without("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
    },
    "only public subnets, and private ones with NAT, have a way to the internet": {
        "a private way out": (plan) => {
            const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-public-"));
            return inputs(association, "private-1", { routeTableId: table?.id ?? "" })(plan);
        },
        "a route from the database's table": (plan) => {
            const table = plan.nodes.find(({ name, type }) => type === routeTable && name.includes("-database-"));
            return inputs("aws:ec2/route:Route", "", { routeTableId: table?.id ?? "" })(plan);
        },
    },
    "nothing gets a public address but the load balancer and NAT gateways": {
        "a subnet that gives them out": inputs("aws:ec2/subnet:Subnet", "public-1", { mapPublicIpOnLaunch: true }),
        "a public database": inputs("aws:rds/clusterInstance:ClusterInstance", "", { publiclyAccessible: true }),
    },
    "everything stands in the subnets of its tier": {
        "a cache among tasks": (plan) => {
            const subnets = plan.nodes.filter(
                ({ type, name }) => type.includes("Subnet") && name.includes("-private-"),
            );
            return inputs("aws:elasticache/subnetGroup:SubnetGroup", "", { subnetIds: subnets.map(({ id }) => id) })(
                plan,
            );
        },
    },
    [agentPromise]: {
        "a way that nobody needs": policy(
            rolePolicy,
            "api-execution",
            /arn:aws:ecr:[^"]+/,
            "arn:aws:ecr:us-east-1:593207742271:repository/aws-guardduty-agent-fargate",
        ),
        "an endpoint that nobody needs": inputs(endpoint, "sqs", {
            serviceName: "com.amazonaws.us-east-1.guardduty-data",
        }),
    },
    "no policy allows all actions of a service": {
        "all of SQS": policy(rolePolicy, "api-task", "sqs:SendMessage", "sqs:*"),
        everything: policy(rolePolicy, "api-task", "sqs:SendMessage", "*"),
        "a key's delegation to another account": policy(key, "data", ":123456789012:root", ":210987654321:root"),
    },
    "no policy allows by exception": { "all but one": policy(rolePolicy, "api-task", '"Action"', '"NotAction"') },
    "nobody outside the account is let in": {
        "a topic for all": policy(topicPolicy, "critical", /"Principal":\{"Service":"[^"]+"\}/, '"Principal":"*"'),
        "an endpoint for all": policy(endpoint, "sqs", "aws:PrincipalAccount", "aws:PrincipalTag/x"),
        "any bucket": policy(endpoint, "payment-s3", /prod-[a-z0-9-]+-starport-layer-bucket/, "any-bucket"),
    },
    "a wildcard for resources stands only where AWS offers no other": {
        "all queues": policy(rolePolicy, "api-task", /arn:aws:sqs:[^"]+/, "*"),
        "interfaces for the function's own code": policy(rolePolicy, "validator", '"Deny"', '"Allow"'),
        "interfaces for another role": (plan) => {
            const found = plan.nodes.find(({ type, name }) => type === rolePolicy && name.includes("validator"));
            const text = shown(found?.inputs.policy).replace("lambda:SourceFunctionArn", "aws:PrincipalTag/x");
            return inputs(rolePolicy, "api-task", { policy: text })(plan);
        },
        "other accounts' resources": policy(endpoint, "sqs", "aws:ResourceAccount", "aws:ResourceTag/x"),
    },
    "services act for this account only": {
        "a key for any customer of SNS": policy(key, "messaging", "aws:SourceAccount", "aws:SourceVpc"),
        "a key for any function": policy(key, "messaging", /"Service":"sns[^}]*}(.*?)"aws:SourceAccount"/, (all) =>
            all.replace("sns.amazonaws.com", "lambda.amazonaws.com").replace("aws:SourceAccount", "aws:SourceVpc"),
        ),
    },
    "roles are taken by one service, for this account": {
        "no condition": policy(role, "api-task", "aws:SourceAccount", "aws:SourceVpc", "assumeRolePolicy"),
        "another service than takes no source": policy(
            role,
            "validator",
            "lambda.amazonaws.com",
            "ec2.amazonaws.com",
            "assumeRolePolicy",
        ),
        "another principal": policy(
            role,
            "api-task",
            '"Service":"ecs-tasks.amazonaws.com"',
            '"AWS":"*"',
            "assumeRolePolicy",
        ),
    },
    "buckets, queues and topics refuse what does not come over TLS": {
        "no policy": without("aws:sqs/queuePolicy:QueuePolicy", "processing-dlq"),
        "objects left out": policy("aws:s3/bucketPolicy:BucketPolicy", "audit", /,"[^"]+\/\*"\]/, "]"),
    },
    "everything that keeps data is encrypted with a key of the platform": {
        "AWS's own key": inputs(queue, "processing-dlq", { kmsMasterKeyId: "alias/aws/sqs" }),
        "no key": inputs(cluster, "", { kmsKeyId: "" }),
        "AWS's own key for transactions": inputs(table, "", { serverSideEncryption: { enabled: true } }),
        "AWS's own key for a function's variables": inputs(lambda, "", { kmsKeyArn: "" }),
        "S3's own key for records": inputs(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "-audit-",
            { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
        ),
    },
    "stores, keys and buckets are locked down": {
        "an old key for ever": inputs(key, "data", { enableKeyRotation: false }),
        "DynamoDB's own key": inputs(table, "", deep("serverSideEncryption.enabled", false)),
        "plain text to the cache": inputs(cache, "", { transitEncryptionMode: "preferred" }),
        "a public bucket": inputs(privacy, "-audit-", { blockPublicPolicy: false }),
    },
    "every bucket is private, versioned and cleared out": {
        "one not private": without(privacy, "-audit-"),
        "reads that nobody hears of": without("aws:s3/bucketLogging:BucketLogging"),
    },
    "records are kept as long as the stack says, and S3 takes the rule": {
        "gone too soon": inputs(lifecycle, "-audit-", { rules: [{ status: "Enabled", expiration: { days: 30 } }] }),
    },
    "a transaction is kept as long as the stack says, and can be brought back where it says so": {
        "for ever": inputs(table, "", deep("ttl.enabled", false)),
        "gone too soon": inputs(lambda, "", deep("environment.variables.RECORD_TTL_DAYS", "1")),
        "lost for good": inputs(table, "", deep("pointInTimeRecovery.enabled", false)),
    },
    "every log is kept as long as the stack says, under a key that admits it": {
        "for ever": inputs(logGroup, "payment-api", { retentionInDays: 0 }),
        "a name that the key does not know": where(logGroup, "payment-api", (node) => [
            {
                ...node,
                outputs: { ...node.outputs, arn: "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/api-prod" },
            },
        ]),
    },
    "no message is lost: every queue has a dead-letter queue that takes from it alone": {
        "no dead-letter queue": inputs(queue, "payment-processing-prod", { redrivePolicy: "{}" }),
        "a dead-letter queue for all": inputs("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "processing", {
            redriveAllowPolicy: '{"redrivePermission":"allowAll"}',
        }),
    },
    "every queue and dead-letter queue raises an alarm": {
        "one unwatched": without(alarm, "processing-dead-letters"),
        "a function's failures unwatched": without(alarm, "validator-dead-letters"),
    },
    "every alarm is heard, and says what to do": {
        "nobody told": inputs(alarm, "processing-dead-letters", { alarmActions: [] }),
        "no advice": inputs(composite, "fast", { alarmDescription: "Alarm" }),
    },
    "every composite alarm looks at alarms that exist": { "a window less": without(alarm, "budget-burns-fast-5m") },
    "who reports to a topic is let in by the topic and by its key": {
        "a topic closed to alarms": policy(topicPolicy, "critical", "cloudwatch.amazonaws.com", "x.amazonaws.com"),
        "a key closed to RDS": policy(key, "messaging", "events.rds.amazonaws.com", "x.amazonaws.com"),
        "another's alarms": policy(topicPolicy, "critical", "alarm:payment-", "alarm:other-"),
    },
    "an event of the topic reaches its queue": {
        "a closed queue": policy(
            "aws:sqs/queuePolicy:QueuePolicy",
            "notifications-prod",
            "sns.amazonaws.com",
            "x.amazonaws.com",
        ),
        "no dead-letter queue": inputs(subscription, "", { redrivePolicy: "{}" }),
    },
    "a failed deployment rolls back": { "no alarm": without(alarm, "api-target-5xx") },
    "every container runs hardened, with no secret in its environment": {
        "as root": inputs(
            "aws:ecs/taskDefinition:TaskDefinition",
            "",
            replaced("containerDefinitions", "1000:1000", "0:0"),
        ),
    },
    "every function runs in the VPC, is traced and loses no event": {
        "outside the VPC": inputs(lambda, "", { vpcConfig: { subnetIds: [], securityGroupIds: [] } }),
        "in a group more": inputs(lambda, "", deep("vpcConfig.securityGroupIds", ["sg-1", "sg-2"])),
        "on the dearer processor": inputs(lambda, "", { architectures: ["x86_64"] }),
        untraced: inputs(lambda, "", { tracingConfig: { mode: "PassThrough" } }),
        "no dead letters": without(queue, "validator-dlq"),
        "a log group of Lambda's own": inputs(lambda, "", deep("loggingConfig.logGroup", "/aws/lambda/other")),
    },
    "functions are called by one method and one target group of the stack, and by nobody else": {
        "any method": policy(permission, "", "/POST/", "/*/", "sourceArn"),
        "another API": inputs(permission, "", {
            sourceArn: "arn:aws:execute-api:us-east-1:123456789012:other/v1/POST/",
        }),
        "another service": inputs(permission, "", { principal: "s3.amazonaws.com" }),
        "no source": inputs(permission, "", { sourceArn: "" }),
        "more than calls": inputs(permission, "", { action: "lambda:*" }),
        "another function": inputs("aws:apigateway/integration:Integration", "validate", { uri: "arn:other" }),
        "an open address": where(lambda, "", (node) => [
            node,
            { ...node, type: "aws:lambda/functionUrl:FunctionUrl", urn: `${node.urn}-url` },
        ]),
    },
    "every method of the API asks for a key, and checks what comes": {
        "no key": inputs(method, "gateway-validate", { apiKeyRequired: false }),
        "a service without a key": inputs(method, "proxy-api", { apiKeyRequired: false }),
        "no check": inputs(method, "root-api", { requestValidatorId: "" }),
        "no check of the body": inputs("aws:apigateway/requestValidator:RequestValidator", "body", {
            validateRequestBody: false,
        }),
        "another media type": inputs(method, "gateway-validate", { requestModels: { "application/json": "Payment" } }),
        "a question that a service answers": inputs("aws:apigateway/integration:Integration", "options-validate", {
            type: "HTTP_PROXY",
        }),
    },
    "the API takes modern TLS only, and reaches the load balancer by its link": {
        "old TLS": inputs("aws:apigateway/restApi:RestApi", "", { securityPolicy: "TLS_1_0" }),
        "over the internet": inputs("aws:apigateway/integration:Integration", "proxy-api", {
            connectionType: "INTERNET",
        }),
        "in clear": policy("aws:apigateway/integration:Integration", "gateway-proxy-api", "https:", "http:", "uri"),
        "another load balancer": inputs("aws:apigateway/integration:Integration", "proxy-api", {
            integrationTarget: "arn:other",
        }),
    },
    "every stage is traced and throttled, and logs no word of what callers send": {
        untraced: inputs(stage, "", { xrayTracingEnabled: false }),
        "no certificate": inputs(stage, "", { clientCertificateId: "" }),
        "whole requests": inputs(methodSettings, "", deep("settings.dataTraceEnabled", true)),
        "every call": inputs(methodSettings, "", deep("settings.loggingLevel", "INFO")),
        "a cache": inputs(methodSettings, "", deep("settings.cachingEnabled", true)),
        unthrottled: inputs(methodSettings, "", deep("settings.throttlingRateLimit", -1)),
        "one method only": inputs(methodSettings, "", { methodPath: "validate/POST" }),
        "the path that was asked for": inputs(stage, "", deep("accessLogSettings.format", '{"path":"$context.path"}')),
        "the body": inputs(stage, "", deep("accessLogSettings.format", '{"body":"$input.body"}')),
        "the API key": inputs(stage, "", deep("accessLogSettings.format", '{"key":"$context.identity.apiKey"}')),
        "another's log": inputs(stage, "", deep("accessLogSettings.destinationArn", "arn:other")),
        "errors in a group of AWS's own": without(logGroup, "gateway-execution"),
    },
    "every door to the internet has a web firewall, which logs no way in": {
        "one unguarded": without("aws:wafv2/webAclAssociation:WebAclAssociation", "gateway"),
        "the other unguarded": without("aws:wafv2/webAclAssociation:WebAclAssociation", "payment-firewall"),
        "keys in the log": inputs("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "", {
            redactedFields: [{ singleHeader: { name: "cookie" } }],
        }),
        "no log": without("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "gateway"),
    },
    "every merchant has a key and limits of its own, and the key lies in a secret": {
        "no limits": inputs(usagePlan, "", { quotaSettings: {}, throttleSettings: {} }),
        "a plan for another stage": inputs(usagePlan, "", { apiStages: [{ apiId: "x", stage: "test" }] }),
        "a key without a plan": without("aws:apigateway/usagePlanKey:UsagePlanKey"),
        "a key that we choose": inputs("aws:apigateway/apiKey:ApiKey", "", { value: "chosen-by-a-person-12345" }),
        "a key nowhere": without("aws:secretsmanager/secretVersion:SecretVersion", "merchant"),
        "a key in the state": options("aws:apigateway/usagePlanKey:UsagePlanKey", { additionalSecretOutputs: [] }),
        "a key more": where("aws:apigateway/apiKey:ApiKey", "", (node) => [node, { ...node, id: "another" }]),
    },
    "what an account has once is made where the stack creates it, and nowhere else": {
        "a role less": without("aws:apigateway/account:Account"),
        "a detector more": where("aws:apigateway/account:Account", "", (node) => [
            node,
            { ...node, type: "aws:guardduty/detector:Detector" },
        ]),
    },
    "what works only after another is made after it": {
        "a function before its role may act": where(lambda, "", unordered),
        "a picture of half an API": where("aws:apigateway/deployment:Deployment", "", unordered),
        "a stage before its logs": where(stage, "", unordered),
        "limits before the role that logs": where(methodSettings, "", unordered),
        "a plan before its stage": where(usagePlan, "", unordered),
        "a role that may not write yet": where("aws:apigateway/account:Account", "", unordered),
        "an answer before its integration": where(
            "aws:apigateway/integrationResponse:IntegrationResponse",
            "",
            unordered,
        ),
        "a flow log before its role may write": without(rolePolicy, "flow-logs"),
        "a service before the path to it": where(service, "payment-api", (node) => [{ ...node, dependencies: [] }]),
    },
    "a stack that is not protected leaves nothing behind, a protected one keeps its stores": {
        "a bucket that stays": inputs(bucket, "", { forceDestroy: false }),
        "a database that stays": inputs(cluster, "", { deletionProtection: true }),
        "a table that stays": inputs(table, "", { deletionProtectionEnabled: true }),
        "a table that Pulumi keeps": options(table, { protect: true }),
        "a queue that stays": options(queue, { protect: true }),
        "a queue that is forgotten": options(queue, { retainOnDelete: true }),
    },
    "records can be locked by an operator": { "no lock": inputs(bucket, "-audit-", { objectLockEnabled: false }) },
};

test("every promise is tried by a fault", () => {
    expect(Object.keys(faults).toSorted()).toEqual(Object.keys(invariants).toSorted());
});

const trials = Object.entries(faults).flatMap(([promise, changes]) =>
    Object.entries(changes).map(([fault, change]) => ({ promise, fault, change })),
);

test.each(trials)("$fault is noticed: $promise", async ({ promise, change }) => {
    const settings = settingsOf(stackConfig("prod"));
    const plan = await planOf("prod");
    const found = (of: Plan) => invariants[promise]?.(of, settings) ?? [];
    expect(found(change(plan)).filter((problem) => !found(plan).includes(problem))).not.toEqual([]);
});

const watchedFaults: readonly (readonly [promise: string, fault: string, change: Change])[] = [
    [agentPromise, "no endpoint", without(endpoint, "guardduty-data")],
    [agentPromise, "another name", inputs(endpoint, "guardduty-data", { privateDnsEnabled: false })],
    [agentPromise, "a group that lets no task in", inputs(endpoint, "guardduty-data", { securityGroupIds: ["sg-1"] })],
    [agentPromise, "no reports", policy(endpoint, "guardduty-data", "SendSecurityTelemetry", "GetDetector")],
    [agentPromise, "an endpoint that knows no agent", policy(endpoint, "ecr-dkr", "aws-guardduty-agent", "other")],
    [agentPromise, "another region's image", policy(endpoint, "ecr-api", ":us-east-1:593207742271", ":us-west-2:1")],
    [agentPromise, "a role that may not pull it", policy(rolePolicy, "api-execution", "aws-guardduty-agent", "other")],
    [
        agentPromise,
        "a task that may pull it",
        policy(rolePolicy, "api-task", /arn:aws:sqs:[^"]+/, "arn:aws:ecr:us-east-1:1:repository/aws-guardduty-agent"),
    ],
    [
        "what works only after another is made after it",
        "a detector that finds no endpoint",
        where("aws:guardduty/detector:Detector", "", unordered),
    ],
];

test.each(watchedFaults)("%s, where GuardDuty watches: %s is noticed", async (promise, _, change) => {
    const config = withSettings(stackConfig("prod"), { "accountServices.guardDuty": "create" });
    const plan = await planOfConfig(config, "prod");
    const found = (of: Plan) => invariants[promise]?.(of, settingsOf(config)) ?? [];
    expect(found(plan)).toEqual([]);
    expect(found(change(plan))).not.toEqual([]);
});

test("an unprotected plan is refused where the stack asks for protection", async () => {
    const protectedSettings = settingsOf(withSettings(stackConfig("prod"), { deletionProtection: true }));
    const promise = "a stack that is not protected leaves nothing behind, a protected one keeps its stores";
    const problems = invariants[promise]?.(await planOf("prod"), protectedSettings) ?? [];
    expect(problems).toContain("payment-database-prod (Cluster) must have deletionProtection true");
    expect(problems).toContain("payment-cache-prod (ReplicationGroup) must have protect true");
});

test.each([
    ["arn:aws:logs:us-east-1:1:log-group:/ecs/payment-api-dev", true],
    ["arn:aws:logs:us-east-1:1:log-group:/a:b/payment-api-dev", true],
    ["arn:aws:logs:us-east-1:2:log-group:/ecs/payment-api-dev", false],
    ["arn:aws:logs:us-east-1:1:log-group:/ecs/payment-api-dev2", false],
])("%s is like the pattern: %s", (arn, isLike) => {
    expect(arnLike(arn, "arn:aws:logs:us-east-1:1:log-group:*payment-*-dev")).toBe(isLike);
});
