import {
    numbered,
    ec2,
    byArn,
    validationOptions,
    loadBalancer,
    below,
    targetGroup,
    clusterOf,
    port,
    rdsHost,
    cacheHost,
    pem,
    rds,
    cache,
    password,
    type Rows,
} from "./output-forms.ts";

/** What a provider adds, by type and property: only what a program or a reader may take apart or look at. */
export const answerTable: Record<string, Rows> = {
    "aws:acm/certificate:Certificate": {
        ...byArn((asked) => asked.arn("acm", `certificate/${asked.uuid}`)),
        domainValidationOptions: validationOptions,
        status: "ISSUED",
    },
    "aws:apigateway/apiKey:ApiKey": { id: ({ hex }) => hex(10), value: ({ hex }) => hex(40) },
    "aws:apigateway/resource:Resource": {
        id: ({ hex }) => hex(6),
        path: (asked) => `/${asked.text("pathPart")}`,
    },
    "aws:apigateway/restApi:RestApi": {
        id: ({ hex }) => hex(10),
        arn: (asked) => asked.arn("apigateway", `/restapis/${asked.hex(10)}`, { account: "" }),
        executionArn: (asked) => asked.arn("execute-api", asked.hex(10)),
        rootResourceId: ({ hex }) => hex(12).slice(2),
    },
    "aws:apigateway/stage:Stage": {
        arn: (asked) =>
            asked.arn("apigateway", `/restapis/${asked.text("restApi")}/stages/${asked.text("stageName")}`, {
                account: "",
            }),
        executionArn: (asked) => asked.arn("execute-api", `${asked.text("restApi")}/${asked.text("stageName")}`),
        invokeUrl: (asked) =>
            `https://${asked.text("restApi")}.execute-api.${asked.region}.amazonaws.com/${asked.text("stageName")}`,
    },
    "aws:appautoscaling/policy:Policy": { alarmArns: [] },
    "aws:appautoscaling/target:Target": { id: (asked) => asked.text("resourceId", asked.name) },
    "aws:cloudtrail/trail:Trail": {
        ...byArn((asked) => asked.arn("cloudtrail", `trail/${asked.physical}`)),
        homeRegion: ({ region }) => region,
    },
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
        id: (asked) => asked.text("alarmName", asked.name),
        arn: (asked) => asked.arn("cloudwatch", `alarm:${asked.text("alarmName", asked.name)}`),
    },
    "aws:cloudwatch/dashboard:Dashboard": {
        id: (asked) => asked.text("dashboardName", asked.name),
        dashboardArn: (asked) =>
            asked.arn("cloudwatch", `dashboard/${asked.text("dashboardName", asked.name)}`, { region: "" }),
    },
    "aws:cloudwatch/eventRule:EventRule": { arn: (asked) => asked.arn("events", `rule/${asked.physical}`) },
    "aws:cloudwatch/logGroup:LogGroup": { arn: (asked) => asked.arn("logs", `log-group:${asked.physical}`) },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        id: (asked) => asked.text("name", asked.name),
        arn: (asked) => asked.arn("cloudwatch", `alarm:${asked.physical}`),
    },
    "aws:dynamodb/table:Table": {
        arn: (asked) => asked.arn("dynamodb", `table/${asked.physical}`),
        streamArn: (asked) => asked.arn("dynamodb", `table/${asked.physical}/stream/2026-01-01T00:00:00.000`),
    },
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ec2("security-group", "sg"),
    "aws:ec2/eip:Eip": {
        ...ec2("elastic-ip", "eipalloc"),
        allocationId: numbered("eipalloc"),
        publicIp: "203.0.113.10",
    },
    "aws:ec2/flowLog:FlowLog": ec2("vpc-flow-log", "fl"),
    "aws:ec2/internetGateway:InternetGateway": ec2("internet-gateway", "igw"),
    "aws:ec2/natGateway:NatGateway": { id: numbered("nat"), publicIp: "203.0.113.10" },
    "aws:ec2/networkAcl:NetworkAcl": ec2("network-acl", "acl"),
    "aws:ec2/routeTable:RouteTable": ec2("route-table", "rtb"),
    "aws:ec2/securityGroup:SecurityGroup": ec2("security-group", "sg"),
    "aws:ec2/subnet:Subnet": ec2("subnet", "subnet"),
    "aws:ec2/vpc:Vpc": {
        ...ec2("vpc", "vpc"),
        defaultNetworkAclId: numbered("acl"),
        defaultRouteTableId: numbered("rtb"),
        defaultSecurityGroupId: numbered("sg"),
        mainRouteTableId: numbered("rtb"),
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        ...ec2("vpc-endpoint", "vpce"),
        cidrBlocks: ["52.216.0.0/15"],
        dnsEntries: (asked) => [
            {
                dnsName: `${numbered("vpce")(asked)}.${asked.text("serviceName", "service").replace(/^.*\./, "")}.${asked.region}.vpce.amazonaws.com`,
                hostedZoneId: "Z7HUB22UULQXV",
            },
        ],
        networkInterfaceIds: [],
        prefixListId: ({ hex }) => `pl-${hex(8)}`,
    },
    "aws:ecr/repository:Repository": {
        arn: (asked) => asked.arn("ecr", `repository/${asked.physical}`),
        repositoryUrl: ({ account, region, physical }) => `${account}.dkr.ecr.${region}.amazonaws.com/${physical}`,
    },
    "aws:ecs/cluster:Cluster": byArn((asked) => asked.arn("ecs", `cluster/${asked.physical}`)),
    "aws:ecs/service:Service": byArn((asked) => asked.arn("ecs", `service/${clusterOf(asked)}/${asked.physical}`)),
    "aws:ecs/taskDefinition:TaskDefinition": {
        id: (asked) => asked.text("family", asked.name),
        arn: (asked) => asked.arn("ecs", `task-definition/${asked.text("family", asked.name)}:1`),
        arnWithoutRevision: (asked) => asked.arn("ecs", `task-definition/${asked.text("family", asked.name)}`),
        revision: 1,
    },
    "aws:elasticache/parameterGroup:ParameterGroup": cache("parametergroup"),
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        ...cache("replicationgroup"),
        memberClusters: ({ physical, inputs }) => {
            const { numCacheClusters: count } = inputs;
            return Array.from(
                { length: typeof count === "number" ? count : 1 },
                (_, index) => `${physical}-${String(index + 1).padStart(3, "0")}`,
            );
        },
        port: 6379,
        primaryEndpointAddress: (asked) => cacheHost(asked, "master"),
        readerEndpointAddress: (asked) => cacheHost(asked, "replica"),
        configurationEndpointAddress: (asked) => cacheHost(asked, "clustercfg"),
    },
    "aws:elasticache/subnetGroup:SubnetGroup": cache("subnetgroup"),
    "aws:iam/instanceProfile:InstanceProfile": {
        arn: (asked) => asked.arn("iam", `instance-profile/${asked.physical}`, { region: "" }),
    },
    "aws:iam/policy:Policy": byArn((asked) => asked.arn("iam", `policy/${asked.physical}`, { region: "" })),
    "aws:iam/role:Role": {
        arn: (asked) => asked.arn("iam", `role/${asked.physical}`, { region: "" }),
        uniqueId: ({ hex }) => `AROA${hex(17).toUpperCase()}`,
    },
    "aws:kms/alias:Alias": { arn: (asked) => asked.arn("kms", asked.physical) },
    "aws:kms/key:Key": {
        id: ({ uuid }) => uuid,
        keyId: ({ uuid }) => uuid,
        arn: (asked) => asked.arn("kms", `key/${asked.uuid}`),
    },
    "aws:lambda/function:Function": {
        arn: (asked) => asked.arn("lambda", `function:${asked.physical}`),
        invokeArn: (asked) => {
            const path = `path/2015-03-31/functions/${asked.arn("lambda", `function:${asked.physical}`)}/invocations`;
            return asked.arn("apigateway", path, { account: "lambda" });
        },
        qualifiedArn: (asked) => asked.arn("lambda", `function:${asked.physical}:1`),
        version: "1",
    },
    "aws:lb/listener:Listener": byArn((asked) =>
        asked.arn("elasticloadbalancing", `listener/${below(asked, "loadBalancerArn")}/${asked.hex(16)}`),
    ),
    "aws:lb/listenerRule:ListenerRule": byArn((asked) =>
        asked.arn("elasticloadbalancing", `listener-rule/${below(asked, "listenerArn")}/${asked.hex(16)}`),
    ),
    "aws:lb/loadBalancer:LoadBalancer": {
        ...byArn((asked) => asked.arn("elasticloadbalancing", `loadbalancer/${loadBalancer(asked)}`)),
        arnSuffix: loadBalancer,
        dnsName: ({ physical, region }) => `${physical}-1234567890.${region}.elb.amazonaws.com`,
        zoneId: "Z35SXDOTRQ7X7K",
    },
    "aws:lb/targetGroup:TargetGroup": {
        ...byArn((asked) => asked.arn("elasticloadbalancing", targetGroup(asked))),
        arnSuffix: targetGroup,
        loadBalancerArns: [],
    },
    "aws:rds/cluster:Cluster": {
        ...rds("cluster"),
        clusterMembers: [],
        clusterResourceId: ({ hex }) => `cluster-${hex(26).toUpperCase()}`,
        endpoint: (asked) => rdsHost(asked, "cluster-"),
        readerEndpoint: (asked) => rdsHost(asked, "cluster-ro-"),
        hostedZoneId: "Z2R2ITUGPM61AM",
        masterUserSecrets: (asked) => [
            {
                kmsKeyId: asked.text("masterUserSecretKmsKeyId", asked.arn("kms", `key/${asked.uuid}`)),
                secretArn: asked.arn("secretsmanager", `secret:rds!cluster-${asked.uuid}-${asked.hex(6)}`),
                secretStatus: "active",
            },
        ],
        port,
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        ...rds("db"),
        identifier: ({ physical }) => physical,
        dbiResourceId: ({ hex }) => `db-${hex(26).toUpperCase()}`,
        endpoint: (asked) => rdsHost(asked, ""),
        port,
        writer: false,
    },
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": rds("cluster-pg"),
    "aws:rds/eventSubscription:EventSubscription": rds("es"),
    "aws:rds/parameterGroup:ParameterGroup": rds("pg"),
    "aws:rds/subnetGroup:SubnetGroup": rds("subgrp"),
    "aws:route53/record:Record": {
        id: (asked) => `${asked.text("zoneId")}_${asked.text("name")}_${asked.text("type")}`,
        fqdn: (asked) => asked.text("name", asked.name).replace(/\.$/, ""),
    },
    "aws:s3/bucket:Bucket": {
        arn: (asked) => asked.arn("s3", asked.physical, { region: "", account: "" }),
        bucketDomainName: ({ physical }) => `${physical}.s3.amazonaws.com`,
        bucketRegionalDomainName: ({ physical, region }) => `${physical}.s3.${region}.amazonaws.com`,
    },
    "aws:scheduler/schedule:Schedule": {
        arn: (asked) => asked.arn("scheduler", `schedule/${asked.text("groupName", "default")}/${asked.physical}`),
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {
        arn: (asked) => asked.arn("scheduler", `schedule-group/${asked.physical}`),
    },
    "aws:secretsmanager/secret:Secret": byArn((asked) =>
        asked.arn("secretsmanager", `secret:${asked.physical}-${asked.hex(6)}`),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": {
        id: (asked) => `${asked.text("secretId")}|${asked.uuid}`,
        arn: (asked) => asked.text("secretId"),
        versionId: ({ uuid }) => uuid,
    },
    "aws:sns/topic:Topic": byArn((asked) => asked.arn("sns", asked.physical)),
    "aws:sns/topicSubscription:TopicSubscription": byArn((asked) => `${asked.text("topic")}:${asked.uuid}`),
    "aws:sqs/queue:Queue": {
        id: ({ region, account, physical }) => `https://sqs.${region}.amazonaws.com/${account}/${physical}`,
        url: ({ region, account, physical }) => `https://sqs.${region}.amazonaws.com/${account}/${physical}`,
        arn: (asked) => asked.arn("sqs", asked.physical),
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ec2("security-group-rule", "sgr"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ec2("security-group-rule", "sgr"),
    "aws:wafv2/webAcl:WebAcl": {
        id: ({ uuid }) => uuid,
        arn: (asked) => asked.arn("wafv2", `regional/webacl/${asked.physical}/${asked.uuid}`),
        capacity: 1000,
    },
    "random:index/randomPassword:RandomPassword": { id: "none", result: password },
    "tls:index/privateKey:PrivateKey": {
        privateKeyPem: (asked) => pem("PRIVATE KEY", asked),
        publicKeyPem: (asked) => pem("PUBLIC KEY", asked),
    },
    "tls:index/selfSignedCert:SelfSignedCert": { certPem: (asked) => pem("CERTIFICATE", asked) },
};
