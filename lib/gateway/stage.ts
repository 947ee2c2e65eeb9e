import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { vendedLogGroupName, type LogStorage } from "../logs.ts";
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

/** The version that merchants write into the address of the API. */
export const stageName = "v1";

/** The API as merchants call it: traced, throttled, logged without a word of what they send. */
export class Stage extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    public readonly stageName: pulumi.Output<string>;
    public readonly url: pulumi.Output<string>;
    public readonly logGroupNames: pulumi.Output<string>[];

    constructor(name: string, args: StageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Stage", name, {}, opts);
        const { settings, restApiId, loggingReady } = args;
        const inside = { parent: this };
        // AWS refuses a stage that logs while the account has no role for it.
        const log = loggingReady && this.logGroups(args, loggingReady);

        const stage = new aws.apigateway.Stage(
            name,
            {
                restApi: restApiId,
                deployment: args.deploymentId,
                stageName,
                xrayTracingEnabled: true,
                // Lets a backend tell this API from others (Security Hub APIGateway.2). AWS issues it for a year.
                clientCertificateId: new aws.apigateway.ClientCertificate(
                    name,
                    { description: `API of payment platform ${args.scope.suffix}` },
                    inside,
                ).id,
                accessLogSettings: log && { destinationArn: log.accessLogArn, format: accessLogFormat },
            },
            // API Gateway would make the group itself, without a key and for ever.
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
                    metricsEnabled: true,
                    loggingLevel: loggingReady ? loggingReady.apply(() => "ERROR") : "OFF",
                    // Traces hold whole requests, and those hold card data (PCI DSS 3.3.1).
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
        // The name that API Gateway writes errors to.
        const execution = group(
            "gateway-execution",
            pulumi.interpolate`API-Gateway-Execution-Logs_${restApiId}/${stageName}`,
        );
        return { access, execution, accessLogArn: pulumi.all([access.arn, loggingReady]).apply(([arn]) => arn) };
    }
}

/**
 * A line for each request: who, what kind, how it went. Path, query, headers and body are the caller's words and may hold card
 * data, so the line names the resource instead; `requestId`, too, is the one that the caller cannot choose
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
