import {
    idWithPrefix,
    ec2Outputs,
    identifiedByArn,
    certificateValidationOptions,
    loadBalancerPath,
    loadBalancerPathIn,
    targetGroupPath,
    clusterNameOf,
    port,
    rdsHostName,
    cacheHostName,
    fakePem,
    rdsArnOutput,
    elastiCacheArnOutput,
    fakePassword,
    type FakeOutputs,
} from "./output-formats.ts";

/** What a provider adds, by type and property: only what a program or a reader may take apart or look at. */
export const outputsByType: Record<string, FakeOutputs> = {
    "aws:acm/certificate:Certificate": {
        ...identifiedByArn((asked) => asked.arn("acm", `certificate/${asked.uuid}`)),
        domainValidationOptions: certificateValidationOptions,
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
        ...identifiedByArn((asked) => asked.arn("cloudtrail", `trail/${asked.physicalName}`)),
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
    "aws:cloudwatch/eventRule:EventRule": { arn: (asked) => asked.arn("events", `rule/${asked.physicalName}`) },
    "aws:cloudwatch/logGroup:LogGroup": { arn: (asked) => asked.arn("logs", `log-group:${asked.physicalName}`) },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        id: (asked) => asked.text("name", asked.name),
        arn: (asked) => asked.arn("cloudwatch", `alarm:${asked.physicalName}`),
    },
    "aws:dynamodb/table:Table": {
        arn: (asked) => asked.arn("dynamodb", `table/${asked.physicalName}`),
        streamArn: (asked) => asked.arn("dynamodb", `table/${asked.physicalName}/stream/2026-01-01T00:00:00.000`),
    },
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ec2Outputs("security-group", "sg"),
    "aws:ec2/eip:Eip": {
        ...ec2Outputs("elastic-ip", "eipalloc"),
        allocationId: idWithPrefix("eipalloc"),
        publicIp: "203.0.113.10",
    },
    "aws:ec2/flowLog:FlowLog": ec2Outputs("vpc-flow-log", "fl"),
    "aws:ec2/internetGateway:InternetGateway": ec2Outputs("internet-gateway", "igw"),
    "aws:ec2/natGateway:NatGateway": { id: idWithPrefix("nat"), publicIp: "203.0.113.10" },
    "aws:ec2/networkAcl:NetworkAcl": ec2Outputs("network-acl", "acl"),
    "aws:ec2/routeTable:RouteTable": ec2Outputs("route-table", "rtb"),
    "aws:ec2/securityGroup:SecurityGroup": ec2Outputs("security-group", "sg"),
    "aws:ec2/subnet:Subnet": ec2Outputs("subnet", "subnet"),
    "aws:ec2/vpc:Vpc": {
        ...ec2Outputs("vpc", "vpc"),
        defaultNetworkAclId: idWithPrefix("acl"),
        defaultRouteTableId: idWithPrefix("rtb"),
        defaultSecurityGroupId: idWithPrefix("sg"),
        mainRouteTableId: idWithPrefix("rtb"),
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        ...ec2Outputs("vpc-endpoint", "vpce"),
        cidrBlocks: ["52.216.0.0/15"],
        dnsEntries: (asked) => [
            {
                dnsName: `${idWithPrefix("vpce")(asked)}.${asked.text("serviceName", "service").replace(/^.*\./, "")}.${asked.region}.vpce.amazonaws.com`,
                hostedZoneId: "Z7HUB22UULQXV",
            },
        ],
        networkInterfaceIds: [],
        prefixListId: ({ hex }) => `pl-${hex(8)}`,
    },
    "aws:ecr/repository:Repository": {
        arn: (asked) => asked.arn("ecr", `repository/${asked.physicalName}`),
        repositoryUrl: ({ account, region, physicalName }) =>
            `${account}.dkr.ecr.${region}.amazonaws.com/${physicalName}`,
    },
    "aws:ecs/cluster:Cluster": identifiedByArn((asked) => asked.arn("ecs", `cluster/${asked.physicalName}`)),
    "aws:ecs/service:Service": identifiedByArn((asked) =>
        asked.arn("ecs", `service/${clusterNameOf(asked)}/${asked.physicalName}`),
    ),
    "aws:ecs/taskDefinition:TaskDefinition": {
        id: (asked) => asked.text("family", asked.name),
        arn: (asked) => asked.arn("ecs", `task-definition/${asked.text("family", asked.name)}:1`),
        arnWithoutRevision: (asked) => asked.arn("ecs", `task-definition/${asked.text("family", asked.name)}`),
        revision: 1,
    },
    "aws:elasticache/parameterGroup:ParameterGroup": elastiCacheArnOutput("parametergroup"),
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        ...elastiCacheArnOutput("replicationgroup"),
        memberClusters: ({ physicalName, inputs }) => {
            const { numCacheClusters: count } = inputs;
            return Array.from(
                { length: typeof count === "number" ? count : 1 },
                (_, index) => `${physicalName}-${String(index + 1).padStart(3, "0")}`,
            );
        },
        port: 6379,
        primaryEndpointAddress: (asked) => cacheHostName(asked, "master"),
        readerEndpointAddress: (asked) => cacheHostName(asked, "replica"),
        configurationEndpointAddress: (asked) => cacheHostName(asked, "clustercfg"),
    },
    "aws:elasticache/subnetGroup:SubnetGroup": elastiCacheArnOutput("subnetgroup"),
    "aws:iam/instanceProfile:InstanceProfile": {
        arn: (asked) => asked.arn("iam", `instance-profile/${asked.physicalName}`, { region: "" }),
    },
    "aws:iam/policy:Policy": identifiedByArn((asked) =>
        asked.arn("iam", `policy/${asked.physicalName}`, { region: "" }),
    ),
    "aws:iam/role:Role": {
        arn: (asked) => asked.arn("iam", `role/${asked.physicalName}`, { region: "" }),
        uniqueId: ({ hex }) => `AROA${hex(17).toUpperCase()}`,
    },
    "aws:kms/alias:Alias": { arn: (asked) => asked.arn("kms", asked.physicalName) },
    "aws:kms/key:Key": {
        id: ({ uuid }) => uuid,
        keyId: ({ uuid }) => uuid,
        arn: (asked) => asked.arn("kms", `key/${asked.uuid}`),
    },
    "aws:lambda/function:Function": {
        arn: (asked) => asked.arn("lambda", `function:${asked.physicalName}`),
        invokeArn: (asked) => {
            const path = `path/2015-03-31/functions/${asked.arn("lambda", `function:${asked.physicalName}`)}/invocations`;
            return asked.arn("apigateway", path, { account: "lambda" });
        },
        qualifiedArn: (asked) => asked.arn("lambda", `function:${asked.physicalName}:1`),
        version: "1",
    },
    "aws:lb/listener:Listener": identifiedByArn((asked) =>
        asked.arn("elasticloadbalancing", `listener/${loadBalancerPathIn(asked, "loadBalancerArn")}/${asked.hex(16)}`),
    ),
    "aws:lb/listenerRule:ListenerRule": identifiedByArn((asked) =>
        asked.arn("elasticloadbalancing", `listener-rule/${loadBalancerPathIn(asked, "listenerArn")}/${asked.hex(16)}`),
    ),
    "aws:lb/loadBalancer:LoadBalancer": {
        ...identifiedByArn((asked) => asked.arn("elasticloadbalancing", `loadbalancer/${loadBalancerPath(asked)}`)),
        arnSuffix: loadBalancerPath,
        dnsName: ({ physicalName, region }) => `${physicalName}-1234567890.${region}.elb.amazonaws.com`,
        zoneId: "Z35SXDOTRQ7X7K",
    },
    "aws:lb/targetGroup:TargetGroup": {
        ...identifiedByArn((asked) => asked.arn("elasticloadbalancing", targetGroupPath(asked))),
        arnSuffix: targetGroupPath,
        loadBalancerArns: [],
    },
    "aws:rds/cluster:Cluster": {
        ...rdsArnOutput("cluster"),
        clusterMembers: [],
        clusterResourceId: ({ hex }) => `cluster-${hex(26).toUpperCase()}`,
        endpoint: (asked) => rdsHostName(asked, "cluster-"),
        readerEndpoint: (asked) => rdsHostName(asked, "cluster-ro-"),
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
        ...rdsArnOutput("db"),
        identifier: ({ physicalName }) => physicalName,
        dbiResourceId: ({ hex }) => `db-${hex(26).toUpperCase()}`,
        endpoint: (asked) => rdsHostName(asked, ""),
        port,
        writer: false,
    },
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": rdsArnOutput("cluster-pg"),
    "aws:rds/eventSubscription:EventSubscription": rdsArnOutput("es"),
    "aws:rds/parameterGroup:ParameterGroup": rdsArnOutput("pg"),
    "aws:rds/subnetGroup:SubnetGroup": rdsArnOutput("subgrp"),
    "aws:route53/record:Record": {
        id: (asked) => `${asked.text("zoneId")}_${asked.text("name")}_${asked.text("type")}`,
        fqdn: (asked) => asked.text("name", asked.name).replace(/\.$/, ""),
    },
    "aws:s3/bucket:Bucket": {
        arn: (asked) => asked.arn("s3", asked.physicalName, { region: "", account: "" }),
        bucketDomainName: ({ physicalName }) => `${physicalName}.s3.amazonaws.com`,
        bucketRegionalDomainName: ({ physicalName, region }) => `${physicalName}.s3.${region}.amazonaws.com`,
    },
    "aws:scheduler/schedule:Schedule": {
        arn: (asked) => asked.arn("scheduler", `schedule/${asked.text("groupName", "default")}/${asked.physicalName}`),
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {
        arn: (asked) => asked.arn("scheduler", `schedule-group/${asked.physicalName}`),
    },
    "aws:secretsmanager/secret:Secret": identifiedByArn((asked) =>
        asked.arn("secretsmanager", `secret:${asked.physicalName}-${asked.hex(6)}`),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": {
        id: (asked) => `${asked.text("secretId")}|${asked.uuid}`,
        arn: (asked) => asked.text("secretId"),
        versionId: ({ uuid }) => uuid,
    },
    "aws:sns/topic:Topic": identifiedByArn((asked) => asked.arn("sns", asked.physicalName)),
    "aws:sns/topicSubscription:TopicSubscription": identifiedByArn((asked) => `${asked.text("topic")}:${asked.uuid}`),
    "aws:sqs/queue:Queue": {
        id: ({ region, account, physicalName }) => `https://sqs.${region}.amazonaws.com/${account}/${physicalName}`,
        url: ({ region, account, physicalName }) => `https://sqs.${region}.amazonaws.com/${account}/${physicalName}`,
        arn: (asked) => asked.arn("sqs", asked.physicalName),
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ec2Outputs("security-group-rule", "sgr"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ec2Outputs("security-group-rule", "sgr"),
    "aws:wafv2/webAcl:WebAcl": {
        id: ({ uuid }) => uuid,
        arn: (asked) => asked.arn("wafv2", `regional/webacl/${asked.physicalName}/${asked.uuid}`),
        capacity: 1000,
    },
    "random:index/randomPassword:RandomPassword": { id: "none", result: fakePassword },
    "tls:index/privateKey:PrivateKey": {
        privateKeyPem: (asked) => fakePem("PRIVATE KEY", asked),
        publicKeyPem: (asked) => fakePem("PUBLIC KEY", asked),
    },
    "tls:index/selfSignedCert:SelfSignedCert": { certPem: (asked) => fakePem("CERTIFICATE", asked) },
};
