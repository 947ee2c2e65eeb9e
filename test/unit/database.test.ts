import { expect, test } from "@jest/globals";
import { Database } from "../../lib/database.ts";
import type { Scope } from "../../lib/scope.ts";
import type { Settings } from "../../lib/settings/schema.ts";
import { inputsOf, findNode, nodesOf, planComponent, componentPlanner } from "../recorder.ts";
import {
    accountId,
    databaseArgs,
    databaseSettings,
    keyArns,
    onlyNode,
    testScope,
    exposeStatements,
    exposeValue,
    policyStatements,
    plainTextOf,
    alertTopicArns,
    typeTokens,
} from "./fixtures.ts";

const name = "payment-database-test";
const cluster = "aws:rds/cluster:Cluster";
const instance = "aws:rds/clusterInstance:ClusterInstance";
const parameterGroup = "aws:rds/clusterParameterGroup:ClusterParameterGroup";

const planned = componentPlanner(
    (settings: Partial<Settings["database"]> = {}, scope: Partial<Scope> = {}) =>
        new Database(name, databaseArgs(testScope(scope), databaseSettings(settings))),
);
const clusterOf = async (settings: Partial<Settings["database"]> = {}, scope: Partial<Scope> = {}) =>
    onlyNode(await planned(settings, scope), cluster);

test.each([
    ["16", "aurora-postgresql16", "payment-postgresql16-test", "immediate"],
    // The value is the version's own default, which RDS keeps as `pending-reboot`.
    ["17", "aurora-postgresql17", "payment-postgresql17-test", "pending-reboot"],
] as const)(
    "PostgreSQL %s requires TLS and logs connections, changes and slow statements, never values of bind parameters",
    async (engineVersion, family, groupName, methodOfTls) => {
        const plan = await planned({ engineVersion });
        const group = findNode(plan, groupName);
        expect(group.inputs.family).toBe(family);
        expect(group.inputs.parameters).toEqual([
            { name: "rds.force_ssl", value: "1", applyMethod: methodOfTls },
            ...[
                ["log_connections", "1"],
                ["log_disconnections", "1"],
                ["log_statement", "ddl"],
                ["log_min_duration_statement", "1000"],
                ["log_parameter_max_length", "0"],
                ["log_error_verbosity", "terse"],
            ].map(([parameter, value]) => ({ name: parameter, value, applyMethod: "immediate" })),
        ]);
        expect(onlyNode(plan, cluster)).toMatchObject({
            inputs: { engine: "aurora-postgresql", engineVersion, dbClusterParameterGroupName: group.outputs.name },
            propertyDependencies: { dbClusterParameterGroupName: [group.urn] },
        });
    },
);

test("pgAudit logs changes of roles and of the schema once the instances have restarted", async () => {
    const groups = inputsOf(await planned({ pgaudit: true }), parameterGroup);
    for (const { parameters } of groups) {
        expect(parameters).toEqual(
            expect.arrayContaining([
                {
                    name: "shared_preload_libraries",
                    value: "pg_stat_statements,pgaudit",
                    applyMethod: "pending-reboot",
                },
                { name: "pgaudit.log", value: "role,ddl", applyMethod: "immediate" },
            ]),
        );
    }
    expect(groups).toHaveLength(2);
});

test("an update deletes no parameter group that the cluster may use until its maintenance window", async () => {
    const groups = async (engineVersion: Settings["database"]["engineVersion"]) =>
        nodesOf(await planned({ engineVersion }), parameterGroup).map(({ urn }) => urn);
    expect(await groups("17")).toEqual(await groups("16"));
    expect(await groups("17")).toHaveLength(2);
});

test("an instance keeps the name that it has, and takes its version from the cluster", async () => {
    const [node] = nodesOf(await planned(), instance);
    expect(node?.inputs.identifierPrefix).toBe("payment-database-1-test-");
    expect(node?.options.ignoreChanges).toEqual(["identifierPrefix"]);
    expect(node?.inputs).not.toHaveProperty("engineVersion");
});

test("AWS manages the master password, and everything at rest is encrypted with the stack's key", async () => {
    const { inputs } = await clusterOf();
    expect(inputs).toMatchObject({
        masterUsername: "payment_admin",
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: keyArns.data,
        storageEncrypted: true,
        kmsKeyId: keyArns.data,
    });
    expect(inputs).not.toHaveProperty("masterPassword");
});

test("the database is in its own subnets with its own security group, without a public address", async () => {
    const plan = await planned({ readers: 2 });
    const subnets = onlyNode(plan, "aws:rds/subnetGroup:SubnetGroup");
    expect(subnets.inputs.subnetIds).toEqual(["subnet-1", "subnet-2"]);
    expect(onlyNode(plan, cluster)).toMatchObject({
        inputs: { port: 5432, vpcSecurityGroupIds: ["sg-database"] },
        propertyDependencies: { dbSubnetGroupName: [subnets.urn] },
    });
    expect(inputsOf(plan, instance).map((inputs) => inputs.publiclyAccessible)).toEqual([false, false, false]);
});

test("a service may log in as its own user of this one cluster, and as no other", async () => {
    const plan = await planComponent(() => {
        const database = new Database(name, databaseArgs(testScope()));
        exposeStatements("shown", database.connectStatements("risk-check"));
    });
    const { inputs, outputs } = onlyNode(plan, cluster);
    const resourceId = plainTextOf(outputs.clusterResourceId);
    expect(resourceId).toMatch(/^cluster-[0-9A-F]+$/);
    expect(inputs.iamDatabaseAuthenticationEnabled).toBe(true);
    expect(policyStatements(findNode(plan, "shown"))).toEqual([
        {
            Effect: "Allow",
            Action: "rds-db:connect",
            Resource: `arn:aws:rds-db:eu-west-1:${accountId}:dbuser:${resourceId}/payment_risk_check`,
        },
    ]);
});

test.each([
    [0, [["payment-database-1-test", 0]]],
    [
        1,
        [
            ["payment-database-1-test", 0],
            ["payment-database-2-test", 1],
        ],
    ],
    [
        3,
        [
            ["payment-database-1-test", 0],
            ["payment-database-2-test", 1],
            // Not the writer's capacity for each: a failover takes the first reader.
            ["payment-database-3-test", 2],
            ["payment-database-4-test", 2],
        ],
    ],
])("with %i readers the first one keeps the writer's capacity, to take over", async (readers, tiers) => {
    const instances = nodesOf(await planned({ readers }), instance);
    expect(instances.map((node) => [node.name, node.inputs.promotionTier]).sort()).toEqual(tiers);
});

test.each([1, 60] as const)(
    "enhanced monitoring every %i s writes with a role that RDS alone may assume",
    async (seconds) => {
        const plan = await planned({ monitoringIntervalSeconds: seconds });
        const role = onlyNode(plan, typeTokens.role);
        const attachment = onlyNode(plan, "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
        expect(policyStatements(role, "assumeRolePolicy")).toEqual([
            {
                Effect: "Allow",
                Principal: { Service: "monitoring.rds.amazonaws.com" },
                Action: "sts:AssumeRole",
                Condition: {
                    StringEquals: { "aws:SourceAccount": accountId },
                    ArnLike: { "aws:SourceArn": `arn:aws:rds:eu-west-1:${accountId}:db:*` },
                },
            },
        ]);
        expect(attachment.inputs.policyArn).toBe(
            "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        );
        const instances = nodesOf(plan, instance);
        expect(instances).toHaveLength(2);
        for (const { inputs, propertyDependencies } of instances) {
            expect(inputs).toMatchObject({ monitoringInterval: seconds, monitoringRoleArn: role.outputs.arn });
            // A role that may not write yet would fail the instance.
            expect(propertyDependencies.monitoringRoleArn).toEqual(expect.arrayContaining([attachment.urn]));
        }
    },
);

test("without enhanced monitoring there is no role for it, and the monitoring is switched off", async () => {
    const plan = await planned({ monitoringIntervalSeconds: 0 });
    expect(nodesOf(plan, typeTokens.role)).toEqual([]);
    expect(nodesOf(plan, instance)).toHaveLength(2);
    for (const inputs of inputsOf(plan, instance)) {
        expect(inputs.monitoringInterval).toBe(0);
        expect(inputs).not.toHaveProperty("monitoringRoleArn");
    }
});

test.each([
    ["standard", 7],
    ["advanced", 465],
] as const)("%s insights are kept for %i days, encrypted, and set once on the cluster", async (insights, days) => {
    const plan = await planned({ insights });
    // All of it, in both modes: AWS keeps what is left out, and would still bill the advanced mode.
    expect(onlyNode(plan, cluster).inputs).toMatchObject({
        databaseInsightsMode: insights,
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: keyArns.data,
        performanceInsightsRetentionPeriod: days,
    });
    const onInstances = inputsOf(plan, instance).flatMap((inputs) => Object.keys(inputs));
    expect(onInstances.filter((input) => /insights/i.test(input))).toEqual([]);
});

test("a protected database cannot be deleted, and an intended deletion takes a final snapshot", async () => {
    const { inputs, options } = await clusterOf({}, { deletionProtection: true });
    expect(inputs).toMatchObject({
        deletionProtection: true,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: expect.stringMatching(/^payment-database-test-final-[0-9a-f]{8}$/) as unknown,
    });
    expect(options.protect).toBe(true);
});

test("an unprotected database is deleted without a snapshot", async () => {
    const { inputs, options } = await clusterOf({}, { deletionProtection: false });
    expect(inputs).toMatchObject({ deletionProtection: false, skipFinalSnapshot: true });
    expect(inputs).not.toHaveProperty("finalSnapshotIdentifier");
    expect(options.protect).toBe(false);
});

test("a serverless database scales between its bounds", async () => {
    const plan = await planned({ minAcu: 0, maxAcu: 2 });
    expect(onlyNode(plan, cluster).inputs.serverlessv2ScalingConfiguration).toMatchObject({
        minCapacity: 0,
        maxCapacity: 2,
    });
    expect(inputsOf(plan, instance).map((inputs) => inputs.instanceClass)).toEqual(["db.serverless", "db.serverless"]);
});

test("a provisioned database has instances of its class and no serverless capacity", async () => {
    const plan = await planned({ instanceClass: "db.r8g.large", minAcu: undefined, maxAcu: undefined });
    expect(onlyNode(plan, cluster).inputs).not.toHaveProperty("serverlessv2ScalingConfiguration");
    expect(inputsOf(plan, instance).map((inputs) => inputs.instanceClass)).toEqual(["db.r8g.large", "db.r8g.large"]);
});

test.each([true, false])("changes that restart the database are applied at once: %s", async (applyImmediately) => {
    const plan = await planned({}, { applyImmediately });
    const settled = [...inputsOf(plan, cluster), ...inputsOf(plan, instance)].map((inputs) => inputs.applyImmediately);
    expect(settled).toEqual([applyImmediately, applyImmediately, applyImmediately]);
});

test("backups are kept as long as the stack sets, also without the database, and snapshots have the stack's tags", async () => {
    const plan = await planned({ backupRetentionDays: 35 });
    expect(onlyNode(plan, cluster).inputs).toMatchObject({
        backupRetentionPeriod: 35,
        deleteAutomatedBackups: false,
        copyTagsToSnapshot: true,
    });
    expect(inputsOf(plan, instance).map((inputs) => inputs.copyTagsToSnapshot)).toEqual([true, true]);
});

test("the cluster leaves Extended Support to AWS's default: the provider never changes it, so another value in AWS would differ for ever", async () => {
    expect((await clusterOf()).inputs).not.toHaveProperty("engineLifecycleSupport");
});

test("AWS applies minor versions, on the cluster and on every instance", async () => {
    expect((await clusterOf()).inputs.autoMinorVersionUpgrade).toBe(true);
    expect(inputsOf(await planned(), instance).map((inputs) => inputs.autoMinorVersionUpgrade)).toEqual([true, true]);
});

test("the log group exists before the first line, with the stack's key and retention", async () => {
    const plan = await planned();
    const group = onlyNode(plan, typeTokens.logGroup);
    expect(group.inputs).toMatchObject({
        name: `/aws/rds/cluster/${name}/postgresql`,
        kmsKeyId: keyArns.logs,
        retentionInDays: 30,
    });
    const { inputs, dependencies } = onlyNode(plan, cluster);
    expect(inputs.enabledCloudwatchLogsExports).toEqual(["postgresql"]);
    expect(dependencies).toContain(group.urn);
});

test("the team is notified of failures, failovers, maintenance, configuration changes and lost instances of the database", async () => {
    const plan = await planned({ readers: 1 });
    const subscriptions = inputsOf(plan, "aws:rds/eventSubscription:EventSubscription");
    const heard = Object.fromEntries(
        subscriptions.map((inputs) => [plainTextOf(inputs.sourceType), inputs.eventCategories]),
    );
    expect(heard).toEqual({
        "db-cluster": ["failover", "failure", "maintenance"],
        "db-instance": ["configuration change", "deletion", "failure", "maintenance"],
        "db-parameter-group": ["configuration change"],
        "db-security-group": ["configuration change", "failure"],
    });
    expect(subscriptions.map((inputs) => inputs.snsTopic)).toEqual(subscriptions.map(() => alertTopicArns.warning));
    const ids = Object.fromEntries(subscriptions.map((inputs) => [plainTextOf(inputs.sourceType), inputs.sourceIds]));
    expect(ids["db-cluster"]).toEqual([onlyNode(plan, cluster).id]);
    expect(ids["db-instance"]).toEqual(nodesOf(plan, instance).map(({ id }) => id));
});

test.each(["endpoint", "readerEndpoint"] as const)(
    "the %s is published only once an instance exists",
    async (which) => {
        const plan = await planComponent(() => {
            exposeValue("shown", new Database(name, databaseArgs(testScope()))[which]);
        });
        const { inputs, propertyDependencies } = findNode(plan, "shown");
        expect(inputs.value).toBe(onlyNode(plan, cluster).outputs[which]);
        const instances = nodesOf(plan, instance).map(({ urn }) => urn);
        expect(instances).toHaveLength(2);
        expect(propertyDependencies.value).toEqual(expect.arrayContaining(instances));
    },
);

test("without readers their endpoint is the writer's, so that a service sees by the name that one pool is enough", async () => {
    const plan = await planned({ readers: 0 });
    const { endpoint, readerEndpoint } = findNode(plan, name, "payment:index:Database").outputs;
    expect(endpoint).toBe(onlyNode(plan, cluster).outputs.endpoint);
    expect(readerEndpoint).toBe(endpoint);
});

test("the master user's secret is published for migrations", async () => {
    const plan = await planned();
    const [secret] = onlyNode(plan, cluster).outputs.masterUserSecrets as { secretArn: string }[];
    expect(findNode(plan, name, "payment:index:Database").outputs).toMatchObject({
        secretArn: secret?.secretArn,
        databaseName: "payments",
        port: 5432,
        logGroupNames: [`/aws/rds/cluster/${name}/postgresql`],
    });
});
