import * as aws from "@pulumi/aws";
import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { Secret, type Value } from "../../../../plan/plan.ts";
import { findNode, planComponent } from "../../../recorder.ts";

const account = "123456789012";

/** What the resource named `it` gets from its provider. */
async function given(
    build: (name: "it", opts: pulumi.CustomResourceOptions) => unknown,
): Promise<Record<string, Value>> {
    const plan = await planComponent(() => build("it", {}));
    const { id, outputs } = findNode(plan, "it");
    return { id, ...outputs };
}

function textOf(value: Value | undefined): string {
    if (typeof value !== "string") {
        throw new Error(`no text: ${JSON.stringify(value)}`);
    }
    return value;
}

const hex = (count: number): string => `[0-9a-f]{${count}}`;
const like = (pattern: string): unknown => expect.stringMatching(new RegExp(`^${pattern}$`));
const arn = (service: string, path: string): unknown => like(`arn:aws:${service}:us-east-1:${account}:${path}`);

test("a resource without a name gets one as Pulumi generates it, which a preview already shows", async () => {
    const plan = await planComponent(() => {
        const bucket = new aws.s3.Bucket("receipts");
        new aws.sqs.Queue("payments", { tags: { bucket: bucket.bucket, arn: bucket.arn } });
    });
    expect(findNode(plan, "receipts").outputs.bucket).toEqual(like(`receipts-${hex(7)}`));
    expect(findNode(plan, "payments").unknown).toEqual(["tags.arn"]);
});

test("a name that AWS generates is unknown in a preview", async () => {
    const plan = await planComponent(() => {
        const role = new aws.iam.ServiceLinkedRole("scaling", { awsServiceName: "ecs.amazonaws.com" });
        new aws.sqs.Queue("payments", { tags: { role: role.name } });
    });
    expect(findNode(plan, "payments").unknown).toEqual(["tags.role"]);
});

test("a name prefix gives a name that AWS generates", async () => {
    const queue = await given((name) => new aws.sqs.Queue(name, { namePrefix: "pay-" }));
    expect(queue.arn).toEqual(arn("sqs", `pay-${hex(26)}`));
});

test("every output that a type declares has a value that is realistic or names its origin", async () => {
    const detector = await given((name) => new aws.guardduty.Detector(name, { tags: { Team: "risk" } }));
    expect(detector).toEqual({
        id: "guardduty.Detector:it:id",
        accountId: account,
        arn: `arn:aws:guardduty:us-east-1:${account}:detector/it`,
        tagsAll: { Team: "risk" },
    });
});

test("the provider sets region, account and default tags of its resources", async () => {
    const plan = await planComponent(() => {
        const provider = new aws.Provider("china", {
            region: "cn-north-1",
            allowedAccountIds: ["111122223333"],
            defaultTags: { tags: { Project: "payments", Team: "core" } },
        });
        new aws.sqs.Queue("it", { name: "q", tags: { Team: "risk" } }, { provider });
        new aws.Provider("bare", {});
    });
    expect(findNode(plan, "it").outputs).toMatchObject({
        arn: "arn:aws-cn:sqs:cn-north-1:111122223333:q",
        tagsAll: { Project: "payments", Team: "risk" },
    });
    expect(findNode(plan, "it").provider).toBe(findNode(plan, "china").urn);
    expect(findNode(plan, "china").inputs).toMatchObject({
        allowedAccountIds: ["111122223333"],
        defaultTags: { tags: { Project: "payments", Team: "core" } },
        skipRegionValidation: true,
    });
});

test("each name of a certificate has its own validation record", async () => {
    const certificate = await given(
        (name) =>
            new aws.acm.Certificate(name, {
                domainName: "pay.example.com",
                subjectAlternativeNames: ["*.pay.example.com", "pay.example.com"],
                validationMethod: "DNS",
            }),
    );
    expect(certificate.domainValidationOptions).toEqual([
        expect.objectContaining({ domainName: "pay.example.com" }),
        expect.objectContaining({
            domainName: "*.pay.example.com",
            resourceRecordName: like(String.raw`_${hex(32)}\.pay\.example\.com\.`),
        }),
    ]);
    const imported = await given((name) => new aws.acm.Certificate(name, { certificateBody: "pem" }));
    expect(imported.domainValidationOptions).toEqual([expect.objectContaining({ domainName: "it" })]);
});

test("a database has its endpoints, its port and the secret with its password", async () => {
    const cluster = await given(
        (name) => new aws.rds.Cluster(name, { clusterIdentifier: "pay", engine: "aurora-postgresql" }),
    );
    expect(cluster).toMatchObject({
        id: "pay",
        arn: `arn:aws:rds:us-east-1:${account}:cluster:pay`,
        endpoint: like(String.raw`pay\.cluster-c${hex(11)}\.us-east-1\.rds\.amazonaws\.com`),
        readerEndpoint: like(String.raw`pay\.cluster-ro-c${hex(11)}\.us-east-1\.rds\.amazonaws\.com`),
        port: 5432,
        masterUserSecrets: [expect.objectContaining({ secretArn: arn("secretsmanager", "secret:rds!cluster-.*") })],
    });
    const mysql = await given(
        (name) => new aws.rds.Cluster(name, { engine: "aurora-mysql", masterUserSecretKmsKeyId: "key", port: 3307 }),
    );
    expect(mysql.masterUserSecrets).toEqual([expect.objectContaining({ kmsKeyId: "key" })]);
    expect(mysql).not.toHaveProperty("port");
    const instance = await given(
        (name) =>
            new aws.rds.ClusterInstance(name, {
                clusterIdentifier: "pay",
                engine: "mariadb",
                instanceClass: "x",
            } as never),
    );
    expect(instance).toMatchObject({ id: like(`it-${hex(7)}`), port: 3306, writer: false });
});

test("a cache has its endpoint and one member for each node", async () => {
    const group = await given(
        (name) =>
            new aws.elasticache.ReplicationGroup(name, {
                description: "d",
                replicationGroupId: "pay",
                numCacheClusters: 2,
            }),
    );
    expect(group).toMatchObject({
        id: "pay",
        memberClusters: ["pay-001", "pay-002"],
        primaryEndpointAddress: like(String.raw`master\.pay\.${hex(6)}\.use1\.cache\.amazonaws\.com`),
    });
    const single = await given((name) => new aws.elasticache.ReplicationGroup(name, { description: "d" }));
    expect(single.memberClusters).toHaveLength(1);
});

test("ARNs below a load balancer begin with its name, from which metrics are named", async () => {
    const plan = await planComponent(() => {
        const balancer = new aws.lb.LoadBalancer("front", { name: "front" });
        const group = new aws.lb.TargetGroup("api", { name: "api" });
        const listener = new aws.lb.Listener("https", {
            loadBalancerArn: balancer.arn,
            defaultActions: [{ type: "forward" }],
        });
        new aws.lb.ListenerRule("rule", { listenerArn: listener.arn, actions: [], conditions: [] });
        new aws.lb.LoadBalancer("network", { name: "network", loadBalancerType: "network" });
        new aws.sqs.Queue("metrics", { tags: { balancer: balancer.arnSuffix, group: group.arnSuffix } });
    });
    const suffix = textOf(findNode(plan, "front").outputs.arnSuffix);
    expect(suffix).toEqual(like(`app/front/${hex(16)}`));
    expect(findNode(plan, "https").id).toEqual(arn("elasticloadbalancing", `listener/${suffix}/${hex(16)}`));
    expect(findNode(plan, "rule").id).toEqual(
        arn("elasticloadbalancing", `listener-rule/${suffix}/${hex(16)}/${hex(16)}`),
    );
    expect(findNode(plan, "network").outputs.arnSuffix).toEqual(like(`net/network/${hex(16)}`));
    expect(findNode(plan, "metrics").inputs.tags).toEqual({
        balancer: suffix,
        group: like(`targetgroup/api/${hex(16)}`),
    });
});

test.each<[string, (name: string) => unknown, Record<string, unknown>]>([
    [
        "queue",
        (name) => new aws.sqs.Queue(name, { name: "q" }),
        { id: `https://sqs.us-east-1.amazonaws.com/${account}/q` },
    ],
    ["topic", (name) => new aws.sns.Topic(name, { name: "t" }), { id: `arn:aws:sns:us-east-1:${account}:t` }],
    ["bucket", (name) => new aws.s3.Bucket(name, { bucket: "b" }), { id: "b", arn: "arn:aws:s3:::b" }],
    [
        "role",
        (name) => new aws.iam.Role(name, { name: "r", assumeRolePolicy: "{}" }),
        { id: "r", arn: `arn:aws:iam::${account}:role/r` },
    ],
    ["subnet", (name) => new aws.ec2.Subnet(name, { vpcId: "vpc-1" }), { id: like(`subnet-${hex(17)}`) }],
    [
        "endpoint",
        (name) => new aws.ec2.VpcEndpoint(name, { vpcId: "vpc-1" }),
        {
            prefixListId: like(`pl-${hex(8)}`),
            dnsEntries: [expect.objectContaining({ dnsName: expect.stringContaining(".service.us-east-1.vpce") })],
        },
    ],
    ["key", (name) => new aws.kms.Key(name), { arn: arn("kms", `key/${hex(8)}-.*`) }],
    [
        "log group",
        (name) => new aws.cloudwatch.LogGroup(name, { name: "/a/b" }),
        { id: "/a/b", arn: `arn:aws:logs:us-east-1:${account}:log-group:/a/b` },
    ],
    [
        "dashboard",
        (name) => new aws.cloudwatch.Dashboard(name, { dashboardName: "d", dashboardBody: "{}" }),
        { dashboardArn: `arn:aws:cloudwatch::${account}:dashboard/d` },
    ],
    [
        "composite alarm",
        (name) => new aws.cloudwatch.CompositeAlarm(name, { alarmName: "a", alarmRule: "TRUE" }),
        { arn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:a` },
    ],
    [
        "service",
        (name) => new aws.ecs.Service(name, { name: "api", cluster: "arn:aws:ecs:us-east-1:1:cluster/main" }),
        { id: `arn:aws:ecs:us-east-1:${account}:service/main/api` },
    ],
    [
        "lone service",
        (name) => new aws.ecs.Service(name, { name: "api" }),
        { id: `arn:aws:ecs:us-east-1:${account}:service/default/api` },
    ],
    [
        "task definition",
        (name) => new aws.ecs.TaskDefinition(name, { family: "f", containerDefinitions: "[]" }),
        { arn: `arn:aws:ecs:us-east-1:${account}:task-definition/f:1`, revision: 1 },
    ],
    [
        "repository",
        (name) => new aws.ecr.Repository(name, { name: "api" }),
        { repositoryUrl: `${account}.dkr.ecr.us-east-1.amazonaws.com/api`, registryId: account },
    ],
    [
        "scaling target",
        (name) =>
            new aws.appautoscaling.Target(name, {
                resourceId: "service/a/b",
                minCapacity: 1,
                maxCapacity: 2,
                scalableDimension: "d",
                serviceNamespace: "ecs",
            }),
        { id: "service/a/b" },
    ],
    [
        "record",
        (name) => new aws.route53.Record(name, { zoneId: "Z1", name: "pay.example.com.", type: "A" }),
        { id: "Z1_pay.example.com._A", fqdn: "pay.example.com" },
    ],
    [
        "subscription",
        (name) => new aws.sns.TopicSubscription(name, { topic: "arn:t", protocol: "sqs", endpoint: "e" }),
        { arn: like("arn:t:.{36}") },
    ],
    [
        "function",
        (name) => new aws.lambda.Function(name, { name: "v", role: "r" }),
        {
            invokeArn: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${account}:function:v/invocations`,
        },
    ],
    [
        "stage",
        (name) => new aws.apigateway.Stage(name, { restApi: "abc", stageName: "v1", deployment: "d" }),
        {
            invokeUrl: "https://abc.execute-api.us-east-1.amazonaws.com/v1",
            arn: "arn:aws:apigateway:us-east-1::/restapis/abc/stages/v1",
        },
    ],
    [
        "secret version",
        (name) => new aws.secretsmanager.SecretVersion(name, { secretId: "arn:s", secretString: "x" }),
        { id: like(String.raw`arn:s\|.{36}`), arn: "arn:s" },
    ],
    [
        "REST API",
        (name) => new aws.apigateway.RestApi(name, { name: "front" }),
        { executionArn: arn("execute-api", hex(10)), arn: like(`arn:aws:apigateway:us-east-1::/restapis/${hex(10)}`) },
    ],
    [
        "path of an API",
        (name) => new aws.apigateway.Resource(name, { restApi: "abc", parentId: "p", pathPart: "validate" }),
        { id: like(hex(6)), path: "/validate" },
    ],
    [
        "API key",
        (name) => new aws.apigateway.ApiKey(name),
        { id: like(hex(10)), value: new Secret(like(hex(40)) as Value) },
    ],
    [
        "table",
        (name) => new aws.dynamodb.Table(name, { name: "log" }),
        { id: "log", streamArn: arn("dynamodb", "table/log/stream/.*") },
    ],
    [
        "trail",
        (name) => new aws.cloudtrail.Trail(name, { name: "audit", s3BucketName: "b" }),
        { id: `arn:aws:cloudtrail:us-east-1:${account}:trail/audit`, homeRegion: "us-east-1" },
    ],
    [
        "self-signed certificate",
        (name) => new tls.SelfSignedCert(name, { privateKeyPem: "k", allowedUses: [], validityPeriodHours: 1 }),
        { certPem: like("-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----\\n") },
    ],
    [
        "firewall",
        (name) =>
            new aws.wafv2.WebAcl(name, {
                name: "waf",
                scope: "REGIONAL",
                defaultAction: {},
                visibilityConfig: {},
            } as never),
        { arn: arn("wafv2", "regional/webacl/waf/.{36}") },
    ],
    [
        "policy",
        (name) => new aws.iam.Policy(name, { name: "p", policy: "{}" }),
        { id: `arn:aws:iam::${account}:policy/p` },
    ],
    [
        "scaling policy",
        (name) =>
            new aws.appautoscaling.Policy(name, {
                name: "cpu",
                resourceId: "service/a/b",
                scalableDimension: "d",
                serviceNamespace: "ecs",
            }),
        {
            id: "cpu",
            arn: like(
                `arn:aws:autoscaling:us-east-1:${account}:scalingPolicy:.{32}:resource/ecs/service/a/b:policyName/cpu`,
            ),
            alarmArns: [],
        },
    ],
    [
        "rule",
        (name) => new aws.cloudwatch.EventRule(name, { name: "daily" }),
        { arn: `arn:aws:events:us-east-1:${account}:rule/daily` },
    ],
    [
        "alarm",
        (name) => new aws.cloudwatch.MetricAlarm(name, { name: "a", comparisonOperator: "c", evaluationPeriods: 1 }),
        { id: "a", arn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:a` },
    ],
    [
        "instance profile",
        (name) => new aws.iam.InstanceProfile(name, { name: "p" }),
        { arn: `arn:aws:iam::${account}:instance-profile/p` },
    ],
    [
        "alias",
        (name) => new aws.kms.Alias(name, { name: "alias/a", targetKeyId: "k" }),
        { arn: `arn:aws:kms:us-east-1:${account}:alias/a` },
    ],
    [
        "secret",
        (name) => new aws.secretsmanager.Secret(name, { name: "s" }),
        { id: arn("secretsmanager", `secret:s-${hex(6)}`) },
    ],
    ["address", (name) => new aws.ec2.Eip(name), { id: like(`eipalloc-${hex(17)}`), publicIp: "203.0.113.10" }],
])("a %s has outputs in AWS's form", async (_, build, expected) => {
    expect(await given(build)).toMatchObject(expected);
});

test("passwords and private keys are secret and have the configured length", async () => {
    const { result } = await given((name) => new random.RandomPassword(name, { length: 48 }));
    expect(result).toEqual(new Secret(like(hex(48)) as Value));
    const { privateKeyPem } = await given((name) => new tls.PrivateKey(name, { algorithm: "RSA" }));
    expect(privateKeyPem).toEqual(new Secret(expect.stringContaining("BEGIN PRIVATE KEY") as unknown as Value));
    const free = await given((name) => new random.RandomPassword(name, { length: pulumi.secret(12) }));
    expect(free.result).toEqual(new Secret(like(hex(32)) as Value));
});
