import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { migrationVariables } from "../../contract/container.ts";
import type { Database } from "../database.ts";
import type { Statement } from "../iam.ts";
import { serviceLogGroup, type LogStorage } from "../logs.ts";
import type { Scope } from "../scope.ts";
import { migrationNoun } from "../settings/migration.ts";
import type { Settings } from "../settings/schema.ts";
import { variablesOf } from "./container.ts";
import { Repository } from "./repository.ts";
import { createTaskDefinition } from "./task.ts";

export interface MigrationArgs {
    readonly scope: Scope;
    readonly settings: Settings["migration"];
    readonly logLevel: Settings["logs"]["level"];
    readonly database: Database;
    readonly dataKeyArn: pulumi.Input<string>;
    readonly logs: LogStorage;
    /** Permissions to pull the image of GuardDuty's agent; empty if the stack has none. */
    readonly agentPermissions: readonly Statement[];
}

/** The least that Fargate offers: the work is the database's. */
const size = { cpuUnits: 256, memoryMib: 512 };

/**
 * What a one-off task needs to change the schema of the database: its repository, log group, roles and task definition. It alone
 * may read the master user's secret. No service runs it: `npm run migrate` and `npm run deploy` start it.
 */
export class Migration extends pulumi.ComponentResource {
    public readonly repositoryUrl: pulumi.Output<string>;
    public readonly logGroupName: pulumi.Output<string>;

    constructor(name: string, args: MigrationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Migration", name, {}, opts);
        const { scope, database, logLevel } = args;
        const inside = { parent: this };
        const repository = new Repository(name, { scope, keyArn: args.dataKeyArn }, inside);
        const logGroup = new aws.cloudwatch.LogGroup(name, { name: serviceLogGroup(name), ...args.logs }, inside);
        const environment: Readonly<Record<keyof typeof migrationVariables, pulumi.Input<string>>> = {
            AWS_REGION: scope.region,
            DATABASE_HOST: database.endpoint,
            DATABASE_MASTER_SECRET_ARN: database.secretArn,
            DATABASE_NAME: database.databaseName,
            DATABASE_PORT: `${database.port}`,
            ENVIRONMENT: scope.suffix,
            LOG_LEVEL: logLevel,
        };
        createTaskDefinition(
            name,
            {
                scope,
                noun: migrationNoun,
                description: "the database migration",
                size,
                repository,
                image: args.settings,
                logGroup,
                permissions: database.readMasterSecretStatements(),
                agentPermissions: args.agentPermissions,
                container: {
                    environment: variablesOf(environment),
                    execCommand: false,
                },
            },
            inside,
        );
        this.repositoryUrl = repository.url;
        this.logGroupName = logGroup.name;
        this.registerOutputs({ repositoryUrl: this.repositoryUrl, logGroupName: this.logGroupName });
    }
}
