import { expect, test } from "@jest/globals";
import { toText, inputText } from "../../../plan/query.ts";
import { findViolations } from "../../../checks/rule.ts";
import { auditRules } from "../../../checks/rules/audit.ts";
import { computeRules } from "../../../checks/rules/compute.ts";
import { databaseRules } from "../../../checks/rules/databases.ts";
import { loadBalancerRules } from "../../../checks/rules/load-balancer.ts";
import { vpcRules } from "../../../checks/rules/vpc.ts";
import type { PlatformSettings } from "../../../lib/settings.ts";
import type { Value, Values } from "../../../plan/plan.ts";
import { planTestStack } from "../../stacks.ts";
import { settingsFromConfig } from "./config-plans.ts";
import { readStackConfig } from "../settings/stack-config.ts";
import { withValueAt, changeInputs, changePolicy, changeResources, removeResources, type PlanChange } from "./fault.ts";

const nothing = undefined as unknown as Value;
const set = (type: string, path: string, value: Value, part = ""): PlanChange =>
    changeInputs(`aws:${type}`, part, withValueAt(path, value));
/** Each item of a list exchanged. */
const each = (type: string, path: string, change: (item: Values) => Values): PlanChange =>
    changeInputs(`aws:${type}`, "", (old) => ({ [path]: (old[path] as Values[]).map(change) }));
const items = (type: string, path: string, keep: (item: Values) => boolean): PlanChange =>
    changeInputs(`aws:${type}`, "", (old) => ({ [path]: (old[path] as Values[]).filter(keep) }));
const named = (name: string) => (item: Values) => JSON.stringify(item).includes(name);

const ingress = "vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const acl = "ec2/networkAcl:NetworkAcl";
const balancer = "lb/loadBalancer:LoadBalancer";
const listener = "lb/listener:Listener";
const targets = "lb/targetGroup:TargetGroup";
const certificate = "acm/certificate:Certificate";
const firewall = "wafv2/webAcl:WebAcl";
const task = "ecs/taskDefinition:TaskDefinition";
const ecsCluster = "ecs/cluster:Cluster";
const database = "rds/cluster:Cluster";
const instance = "rds/clusterInstance:ClusterInstance";
const parameters = "rds/clusterParameterGroup:ClusterParameterGroup";
const events = "rds/eventSubscription:EventSubscription";
const cache = "elasticache/replicationGroup:ReplicationGroup";
const trail = "cloudtrail/trail:Trail";
const key = "kms/key:Key";
const target = "aws:appautoscaling/target:Target";
const exec = "configuration.executeCommandConfiguration";

/** Rules that require values of inputs. */
const configurationRules = [...vpcRules, ...loadBalancerRules, ...computeRules, ...databaseRules, ...auditRules];

/** Faults that someone may build in, by the rule that must notice. */
const faults: Readonly<Record<string, Record<string, PlanChange>>> = {
    "flow-logs-complete": {
        "refused traffic alone": set("ec2/flowLog:FlowLog", "trafficType", "REJECT"),
        "nowhere to write": set("ec2/flowLog:FlowLog", "logDestination", nothing),
        "no flow log": removeResources("aws:ec2/flowLog:FlowLog"),
    },
    "groups-described": {
        "a group without a word": set("ec2/securityGroup:SecurityGroup", "description", nothing, "cache"),
        "a group that Pulumi describes": set("ec2/securityGroup:SecurityGroup", "description", "Managed by Pulumi"),
        "a rule without a word": set(ingress, "description", "", "tasks-cache"),
    },
    "groups-used": {
        "a group that nothing uses": changeResources("aws:ec2/securityGroup:SecurityGroup", "cache", (node) => [
            node,
            { ...node, id: "sg-00000000000000000" },
        ]),
    },
    "network-acls-narrow": {
        "no subnets": set(acl, "subnetIds", []),
        "the internet": each(acl, "ingress", (rule) => ({ ...rule, cidrBlock: "0.0.0.0/0" })),
        "the internet of IPv6": each(acl, "ingress", (rule) => ({ ...rule, ipv6CidrBlock: "::/0" })),
        "every protocol": each(acl, "ingress", (rule) => ({ ...rule, protocol: "-1" })),
    },
    "endpoints-or-nat": { "one endpoint less": removeResources("aws:ec2/vpcEndpoint:VpcEndpoint", "ecr-dkr") },
    "load-balancer-hardened": {
        "malformed headers": set(balancer, "dropInvalidHeaderFields", false),
        "a lenient mode": set(balancer, "desyncMitigationMode", "monitor"),
        "no access log": set(balancer, "accessLogs.enabled", false),
        "an access log to nowhere": set(balancer, "accessLogs.bucket", nothing),
        "one subnet": set(balancer, "subnets", ["subnet-00000000000000000"]),
    },
    "listeners-modern-tls": {
        HTTP: set(listener, "protocol", "HTTP"),
        "a redirect to HTTP": changeInputs(`aws:${listener}`, "", {
            protocol: "HTTP",
            defaultActions: [{ type: "redirect", redirect: { protocol: "HTTP" } }],
        }),
        "weak ciphers": set(listener, "sslPolicy", "ELBSecurityPolicy-2016-08"),
        "no certificate": set(listener, "certificateArn", nothing),
    },
    "targets-encrypted": {
        "HTTP to targets": set(targets, "protocol", "HTTP"),
        "HTTP to check them": set(targets, "healthCheck.protocol", "HTTP"),
        "no path to check": set(targets, "healthCheck.path", nothing),
    },
    "certificates-renew": {
        "validation by mail": set(certificate, "validationMethod", "EMAIL"),
        "no public log": set(certificate, "options", { certificateTransparencyLoggingPreference: "DISABLED" }),
        "a wildcard": set(certificate, "domainName", "*.example.com"),
        "a weak key": set(certificate, "keyAlgorithm", "RSA_1024"),
    },
    "firewalls-complete": {
        "an ACL that nobody counts": set(firewall, "visibilityConfig", { cloudwatchMetricsEnabled: false }),
        "a rule without action": each(firewall, "rules", (rule) => ({
            ...rule,
            action: nothing,
            overrideAction: nothing,
        })),
        "a rule that nobody counts": each(firewall, "rules", (rule) => ({
            ...rule,
            visibilityConfig: { cloudwatchMetricsEnabled: false },
        })),
        "known bad input let in": items(firewall, "rules", (rule) => !named("KnownBadInputs")(rule)),
        "known bad input counted": each(firewall, "rules", (rule) =>
            named("KnownBadInputs")(rule) ? { ...rule, overrideAction: { count: {} } } : rule,
        ),
        "anonymous callers unseen": items(firewall, "rules", (rule) => !named("AnonymousIp")(rule)),
    },
    "repositories-scanned": {
        "no scan": set("ecr/repository:Repository", "imageScanningConfiguration.scanOnPush", false, "api"),
        "images for ever": removeResources("aws:ecr/lifecyclePolicy:LifecyclePolicy", "api"),
    },
    "tasks-isolated": {
        "the network of the host": set(task, "networkMode", "host", "api"),
        "the processes of the host": set(task, "pidMode", "host", "api"),
        "one role for both": changeInputs(`aws:${task}`, "api", ({ executionRoleArn = nothing }) => ({
            taskRoleArn: executionRoleArn,
        })),
        "a container that logs elsewhere": changeInputs(`aws:${task}`, "api", ({ containerDefinitions }) => ({
            containerDefinitions: toText(containerDefinitions).replace('"logDriver":"awslogs"', '"logDriver":"none"'),
        })),
    },
    "services-current": { "an old platform": set("ecs/service:Service", "platformVersion", "1.3.0", "api") },
    "clusters-observed": {
        "no insights": set(ecsCluster, "settings", [{ name: "containerInsights", value: "disabled" }]),
        "nobody records commands": set(ecsCluster, `${exec}.logging`, "NONE"),
        "commands in clear": set(ecsCluster, `${exec}.kmsKeyId`, nothing),
        "a record in clear": set(ecsCluster, `${exec}.logConfiguration.cloudWatchEncryptionEnabled`, false),
    },
    "functions-supported": {
        "an old runtime": set("lambda/function:Function", "runtime", "nodejs16.x"),
        "no word": set("lambda/function:Function", "description", nothing),
    },
    "database-recoverable": {
        "fewer backups than the stack says": set(database, "backupRetentionPeriod", 1),
        "snapshots without tags": set(database, "copyTagsToSnapshot", false),
    },
    "database-accounts": {
        "passwords alone": set(database, "iamDatabaseAuthenticationEnabled", false),
        "AWS's administrator": set(database, "masterUsername", "postgres"),
    },
    "database-logs-exported": { "no log": set(database, "enabledCloudwatchLogsExports", []) },
    "database-instances-maintained": {
        "no upgrades": set(instance, "autoMinorVersionUpgrade", false),
        "snapshots without tags": set(instance, "copyTagsToSnapshot", false),
        "monitored less than the stack says": set(instance, "monitoringInterval", 0),
        "no insights": set(database, "performanceInsightsEnabled", false),
    },
    "database-parameters": {
        "connections in clear": items(parameters, "parameters", (each) => !named("force_ssl")(each)),
        "TLS on request": each(parameters, "parameters", (each) =>
            named("force_ssl")(each) ? { ...each, value: "0" } : each,
        ),
        "all statements": each(parameters, "parameters", (each) =>
            named("log_statement")(each) ? { ...each, value: "all" } : each,
        ),
        "slow statements unseen": items(parameters, "parameters", (each) => !named("min_duration")(each)),
    },
    "database-events-notified": {
        "one source less": removeResources(`aws:${events}`, "parameter-group"),
        "failures untold": changeInputs(`aws:${events}`, "", ({ eventCategories }) => ({
            eventCategories: (eventCategories as string[]).filter((category) => category !== "failure"),
        })),
    },
    "cache-recoverable": {
        "no upgrades": set(cache, "autoMinorVersionUpgrade", false),
        "no snapshots": set(cache, "snapshotRetentionLimit", 0),
        "no failover": set(cache, "automaticFailoverEnabled", false),
        "one zone": set(cache, "multiAzEnabled", false),
    },
    "cache-requires-token": { "no token": set(cache, "authToken", nothing) },
    "tables-scale": {
        "a fixed size": removeResources(target, "transactions"),
        "reads that scale, writes that do not": changeResources(target, "transactions", (node) =>
            inputText(node, "scalableDimension").includes("table:Write") ? [] : [node],
        ),
        "an index that scales in place of writes": changePolicy(
            target,
            "transactions-write",
            "table:Write",
            "index:Write",
            "scalableDimension",
        ),
        "another table that scales": changeInputs(target, "transactions", { resourceId: "table/payment-other" }),
    },
    "uploads-aborted": {
        "unfinished uploads": each("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "rules", (rule) => ({
            ...rule,
            abortIncompleteMultipartUpload: {},
        })),
    },
    "trail-complete": {
        "one region": set(trail, "isMultiRegionTrail", false),
        "no global services": set(trail, "includeGlobalServiceEvents", false),
        "no digests": set(trail, "enableLogFileValidation", false),
        "switched off": set(trail, "enableLogging", false),
        "no log group": set(trail, "cloudWatchLogsGroupArn", nothing),
    },
    "keys-described": {
        "no word": set(key, "description", ""),
        "switched off": set(key, "isEnabled", false),
        "a policy that may lock all out": set(key, "bypassPolicyLockoutSafetyCheck", true),
    },
    "secrets-described": { "no word": set("secretsmanager/secret:Secret", "description", nothing) },
    "no-administrators": {
        "an administrator": set(
            "iam/rolePolicyAttachment:RolePolicyAttachment",
            "policyArn",
            "arn:aws:iam::aws:policy/AdministratorAccess",
        ),
        "all of S3": set(
            "iam/rolePolicyAttachment:RolePolicyAttachment",
            "policyArn",
            "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        ),
    },
};

const settings: PlatformSettings = settingsFromConfig(readStackConfig("prod"));

test.each(
    Object.entries(faults).flatMap(([rule, all]) =>
        Object.entries(all).map(([fault, change]) => [rule, fault, change] as const),
    ),
)("%s notices %s, and nothing else does", async (name, _, change) => {
    const plan = change(await planTestStack("prod"));
    const broken = configurationRules.filter((rule) => findViolations(rule, plan, settings).length > 0);
    expect(broken.map((rule) => rule.name)).toEqual([name]);
});

test("every rule has a fault that breaks it", () => {
    expect(Object.keys(faults).toSorted()).toEqual(configurationRules.map(({ name }) => name).toSorted());
});

test.each(["dev", "staging"])("%s, which saves where production does not, keeps every rule", async (stack) => {
    const own = settingsFromConfig(readStackConfig(stack));
    const plan = await planTestStack(stack);
    expect(configurationRules.flatMap((rule) => findViolations(rule, plan, own))).toEqual([]);
});

test("a cache of one node fails over to none", async () => {
    const plan = set(cache, "automaticFailoverEnabled", true)(await planTestStack("dev"));
    const broken = configurationRules.filter(
        (rule) => findViolations(rule, plan, settingsFromConfig(readStackConfig("dev"))).length > 0,
    );
    expect(broken.map(({ name }) => name)).toEqual(["cache-recoverable"]);
});

test("a finding says what must be, and what is", async () => {
    const rule = configurationRules.find(({ name }) => name === "load-balancer-hardened");
    const plan = set(balancer, "desyncMitigationMode", "monitor")(await planTestStack("prod"));
    expect(rule && findViolations(rule, plan, settings)).toEqual([
        {
            resource: "payment-prod",
            type: "aws:lb/loadBalancer:LoadBalancer",
            reason: "must have desyncMitigationMode strictest, not monitor",
        },
    ]);
});
