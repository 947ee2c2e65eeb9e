import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { stageName } from "../../contract/container.ts";
import { executionLogGroup, vendedLogGroupName, type LogStorage } from "../logs.ts";
import { nameOf, type Scope } from "../scope.ts";
import type { Settings } from "../settings/schema.ts";

export interface StageArgs {
    readonly scope: Scope;
    readonly settings: Settings["gateway"];
    readonly restApiId: pulumi.Output<string>;
    readonly deploymentId: pulumi.Input<string>;
    readonly logs: LogStorage;
    readonly loggingReady?: pulumi.Output<unknown>;
}

/** The stage that merchants call: with throttling, and logs that contain no request data. */
export class Stage extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    public readonly stageName: pulumi.Output<string>;
    public readonly url: pulumi.Output<string>;
    public readonly logGroupNames: pulumi.Output<string>[];

    constructor(name: string, args: StageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Stage", name, {}, opts);
        const { settings, restApiId, loggingReady } = args;
        const inside = { parent: this };
        // API Gateway rejects a stage with logs while the account has no CloudWatch role.
        const log = loggingReady && this.logGroups(args, loggingReady);

        const stage = new aws.apigateway.Stage(
            name,
            {
                restApi: restApiId,
                deployment: args.deploymentId,
                stageName,
                // A trace has the whole URL, in which a client may send card data, and X-Ray has no key of ours (PCI DSS 3.3.1).
                xrayTracingEnabled: false,
                // A backend can verify that a request comes from this API (Security Hub APIGateway.2). Valid for a year.
                clientCertificateId: new aws.apigateway.ClientCertificate(
                    name,
                    { description: `API of payment platform ${args.scope.suffix}` },
                    inside,
                ).id,
                accessLogSettings: log && { destinationArn: log.accessLogArn, format: accessLogFormat },
            },
            // API Gateway would create the log group without a KMS key and retention.
            { ...inside, dependsOn: log ? [log.execution] : [] },
        );
        new aws.apigateway.MethodSettings(
            name,
            {
                restApi: restApiId,
                stageName: stage.stageName,
                methodPath: "*/*",
                settings: {
                    throttlingRateLimit: settings.ratePerSecond,
                    throttlingBurstLimit: settings.burst,
                    // These would be custom metrics of each method. Alarms and graphs read those of the stage, which are free
                    // (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html).
                    metricsEnabled: false,
                    loggingLevel: loggingReady ? loggingReady.apply(() => "ERROR") : "OFF",
                    // Data traces contain whole requests, and these contain card data (PCI DSS 3.3.1).
                    dataTraceEnabled: false,
                },
            },
            inside,
        );

        this.arn = stage.arn;
        this.stageName = stage.stageName;
        this.url = stage.invokeUrl;
        this.logGroupNames = log ? [log.access.name, log.execution.name] : [];
        this.registerOutputs({
            arn: this.arn,
            stageName: this.stageName,
            url: this.url,
            logGroupNames: this.logGroupNames,
        });
    }

    private logGroups({ scope, restApiId, logs }: StageArgs, loggingReady: pulumi.Output<unknown>) {
        const group = (noun: string, name: pulumi.Input<string>) =>
            new aws.cloudwatch.LogGroup(nameOf(scope, noun), { name, ...logs }, { parent: this });
        const access = group("gateway-access", vendedLogGroupName("apigateway", nameOf(scope, "gateway")));
        // API Gateway writes errors to a group of this name.
        const execution = group(
            "gateway-execution",
            restApiId.apply((id) => executionLogGroup(id, stageName)),
        );
        return { access, execution, accessLogArn: pulumi.all([access.arn, loggingReady]).apply(([arn]) => arn) };
    }
}

/**
 * One line per request. Path, query, headers and body may contain card data, so it has the resource's path template instead.
 * `requestId` is the one that callers cannot choose
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html).
 */
export const accessLogFormat = JSON.stringify({
    requestId: "$context.extendedRequestId",
    time: "$context.requestTime",
    ip: "$context.identity.sourceIp",
    apiKeyId: "$context.identity.apiKeyId",
    method: "$context.httpMethod",
    resource: "$context.resourcePath",
    status: "$context.status",
    error: "$context.error.responseType",
    firewall: "$context.wafResponseCode",
    tls: "$context.tlsVersion",
    latencyMs: "$context.responseLatency",
    integrationRequestId: "$context.integration.requestId",
    integrationStatus: "$context.integration.status",
    integrationLatencyMs: "$context.integration.latency",
    responseBytes: "$context.responseLength",
});
