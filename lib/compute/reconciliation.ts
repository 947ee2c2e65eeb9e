import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { reconciliationVariables, singleRunVariables } from "../../contract/container.ts";
import { reconciliationGroups, type SecurityGroups } from "../flows.ts";
import { arn, type Statement } from "../iam.ts";
import { requireItem } from "../list.ts";
import { serviceLogGroup, type LogStorage } from "../logs.ts";
import { createSchedule } from "../schedule.ts";
import type { Scope } from "../scope.ts";
import { readSecretStatements } from "../secret.ts";
import { reconciliationNoun, startWithinHours, type AcquirerSettings } from "../settings/acquirer.ts";
import { databaseUserOf } from "../settings/database-names.ts";
import type { ServiceSettings, Settings } from "../settings/schema.ts";
import { variablesOf, type Backends } from "./container.ts";
import { hasImage } from "./image.ts";
import type { Repository } from "./repository.ts";
import { createTaskDefinition, type PlannedTask } from "./task.ts";

export interface ReconciliationArgs {
    readonly scope: Scope;
    /** The service whose payments are compared. Its image has the program. */
    readonly service: string;
    readonly settings: Pick<ServiceSettings, "imageDigest"> & { readonly acquirer: AcquirerSettings };
    readonly logLevel: Settings["logs"]["level"];
    readonly database: Backends["database"];
    readonly repository: Repository;
    readonly acquirerSecretArn: pulumi.Output<string>;
    readonly cluster: { readonly name: pulumi.Output<string>; readonly arn: pulumi.Output<string> };
    readonly subnetIds: pulumi.Input<string>[];
    readonly securityGroupIds: SecurityGroups["ids"];
    /** Key of the acquirer's secret. */
    readonly dataKeyArn: pulumi.Input<string>;
    /** Key of the schedule. */
    readonly messagingKeyArn: pulumi.Input<string>;
    readonly logs: LogStorage;
    /** Permissions to pull the image of GuardDuty's agent; empty if the stack has none. */
    readonly agentPermissions: readonly Statement[];
}

/** Variables of every task; the others are set for one task only, by `npm run reconcile`. */
type Variable = Exclude<keyof typeof reconciliationVariables, (typeof singleRunVariables)[number]>;

/** The least that Fargate offers: the report is read page by page, and the database compares. */
const size = { cpuUnits: 256, memoryMib: 512 };

/**
 * A task that compares the payments of a service with the acquirer's report, and the schedule that starts it once a day. It runs the
 * service's image with another program, as a database user of its own, and can connect to the database, the acquirer and AWS. Without
 * an image the schedule is off.
 *
 * The schedule has no dead-letter queue: a run that was not started has nothing to send again, as the next one compares its day, too. The
 * alarm `reconciliation-late` notices it, however it was lost.
 */
export class Reconciliation extends pulumi.ComponentResource {
    public readonly logGroupName: pulumi.Output<string>;

    constructor(name: string, args: ReconciliationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Reconciliation", name, {}, opts);
        const { scope, service, settings, database } = args;
        const inside = { parent: this };
        const logGroup = new aws.cloudwatch.LogGroup(name, { name: serviceLogGroup(name), ...args.logs }, inside);
        const noun = reconciliationNoun(service);
        const environment: Readonly<Record<Variable, pulumi.Input<string>>> = {
            ACQUIRER_SECRET_ARN: args.acquirerSecretArn,
            ACQUIRER_URL: settings.acquirer.url,
            AWS_REGION: scope.region,
            DATABASE_HOST: database.endpoint,
            DATABASE_NAME: database.databaseName,
            DATABASE_PORT: `${database.port}`,
            DATABASE_USER: databaseUserOf(noun),
            ENVIRONMENT: scope.suffix,
            LOG_LEVEL: args.logLevel,
            SERVICE: service,
        };
        const task = createTaskDefinition(
            name,
            {
                scope,
                noun,
                description: `the reconciliation of payment service ${service}`,
                size,
                repository: args.repository,
                image: settings,
                logGroup,
                permissions: [
                    ...database.connectStatements(noun),
                    ...readSecretStatements(scope, args.acquirerSecretArn, args.dataKeyArn),
                ],
                agentPermissions: args.agentPermissions,
                container: {
                    command: settings.acquirer.reconciliation.command,
                    environment: variablesOf(environment),
                    execCommand: false,
                },
            },
            inside,
        );
        this.startDaily(name, args, task);
        this.logGroupName = logGroup.name;
        this.registerOutputs({ logGroupName: this.logGroupName });
    }

    private startDaily(name: string, args: ReconciliationArgs, task: PlannedTask): void {
        const { scope, service, settings, cluster } = args;
        createSchedule(
            name,
            {
                scope,
                description: `Compares the payments of ${service} with the acquirer's report`,
                expression: `cron(0 ${settings.acquirer.reconciliation.hour} * * ? *)`,
                isEnabled: hasImage(settings),
                target: {
                    arn: cluster.arn,
                    ecsParameters: {
                        taskDefinitionArn: task.arn,
                        taskCount: 1,
                        launchType: "FARGATE",
                        networkConfiguration: {
                            subnets: args.subnetIds,
                            securityGroups: reconciliationGroups.map((group) =>
                                requireItem(args.securityGroupIds, group),
                            ),
                            assignPublicIp: false,
                        },
                        enableEcsManagedTags: true,
                        propagateTags: "TASK_DEFINITION",
                    },
                    // Of starting the task, such as when Fargate has no capacity. A second start does no harm.
                    retryPolicy: { maximumEventAgeInSeconds: startWithinHours * 3600, maximumRetryAttempts: 185 },
                },
                role: {
                    description: `Lets the scheduler start the reconciliation of payment service ${service}`,
                    statements: runTaskStatements(name, args, task),
                },
                keyArn: args.messagingKeyArn,
            },
            { parent: this },
        );
    }
}

/**
 * Permissions to run a task with its tags
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html). They are for all revisions of the task definition: an
 * update changes the policy and the schedule one after the other.
 */
const runTaskStatements = (name: string, { scope, cluster }: ReconciliationArgs, task: PlannedTask): Statement[] => [
    {
        Effect: "Allow",
        Action: "ecs:RunTask",
        Resource: arn(scope, "ecs", `task-definition/${name}:*`),
        Condition: { ArnEquals: { "ecs:cluster": cluster.arn } },
    },
    {
        Effect: "Allow",
        Action: "ecs:TagResource",
        // A task has no ARN before it runs.
        Resource: pulumi.interpolate`${arn(scope, "ecs", "task/")}${cluster.name}/*`,
        Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
    },
    {
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: [...task.roleArns],
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
];
