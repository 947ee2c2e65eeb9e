import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Firewall } from "./edge/firewall.ts";
import { ApiDefinition } from "./gateway/definition.ts";
import { Merchant } from "./gateway/merchant.ts";
import { defineGatewayResponses } from "./gateway/responses.ts";
import { defineRoutes, type LoadBalancer, type ValidatorFunction } from "./gateway/routes.ts";
import { Stage, stageName } from "./gateway/stage.ts";
import type { LogStorage } from "./logs.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";
import { validatePath } from "./settings/service-path.ts";

export interface GatewayArgs {
    readonly scope: Scope;
    readonly settings: Pick<Settings, "gateway" | "services" | "certificate" | "waf">;
    /** Private subnets, where the link to the load balancer begins, and the group that may reach it. */
    readonly subnetIds: pulumi.Input<string>[];
    readonly securityGroupId: pulumi.Input<string>;
    readonly loadBalancer: LoadBalancer;
    readonly validator: ValidatorFunction;
    /** Key of the secrets that hold merchants' API keys. */
    readonly keyArn: pulumi.Input<string>;
    readonly logs: LogStorage;
    /**
     * Resolves once the account lets API Gateway write logs.
     * @default the API writes none
     */
    readonly loggingReady?: pulumi.Output<unknown>;
}

/** The merchants' front door: an API with keys and limits for each merchant, behind a web firewall. */
export class Gateway extends pulumi.ComponentResource {
    public readonly url: pulumi.Output<string>;
    public readonly apiId: pulumi.Output<string>;
    public readonly apiName: pulumi.Output<string>;
    public readonly stageName: pulumi.Output<string>;
    public readonly webAclName: pulumi.Output<string>;
    /** By merchant: the secret whose text is the API key. */
    public readonly merchantKeySecretArns: Readonly<Record<string, pulumi.Output<string>>>;
    /** By merchant. */
    public readonly usagePlanIds: Readonly<Record<string, pulumi.Output<string>>>;
    public readonly logGroupNames: pulumi.Output<string>[];

    constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Gateway", name, {}, opts);
        const { scope, settings, logs } = args;
        const inside = { parent: this };

        const definition = new ApiDefinition(inside);
        const restApi = definition.add(aws.apigateway.RestApi, name, restApiArgs(name, scope));
        defineGatewayResponses(definition, { scope, origins: settings.gateway.corsOrigins, restApiId: restApi.id });
        defineRoutes(definition, { ...args, restApi, vpcLinkId: this.link(args) });
        const deployment = new aws.apigateway.Deployment(
            name,
            { restApi: restApi.id, triggers: { redeployment: definition.fingerprint() } },
            // A method that may not call its function would answer 500.
            { ...inside, dependsOn: this.permission(args, restApi) },
        );
        const stage = new Stage(
            nameOf(scope, "gateway-stage"),
            {
                scope,
                settings: settings.gateway,
                restApiId: restApi.id,
                deploymentId: deployment.id,
                logs,
                loggingReady: args.loggingReady,
            },
            inside,
        );
        const firewall = new Firewall(
            nameOf(scope, "gateway-firewall"),
            { scope, settings: settings.waf, logs, resourceArn: stage.arn },
            inside,
        );
        const merchants = this.merchants(args, restApi.id, stage.stageName);

        this.url = stage.url;
        this.apiId = restApi.id;
        this.apiName = restApi.name;
        this.stageName = stage.stageName;
        this.webAclName = firewall.webAclName;
        this.merchantKeySecretArns = byName(merchants, ({ keySecretArn }) => keySecretArn);
        this.usagePlanIds = byName(merchants, ({ usagePlanId }) => usagePlanId);
        this.logGroupNames = [...stage.logGroupNames, firewall.logGroupName];
        this.registerOutputs({
            url: this.url,
            apiId: this.apiId,
            apiName: this.apiName,
            stageName: this.stageName,
            webAclName: this.webAclName,
            merchantKeySecretArns: this.merchantKeySecretArns,
            usagePlanIds: this.usagePlanIds,
            logGroupNames: this.logGroupNames,
        });
    }

    /** The way from API Gateway into the VPC. AWS cannot move one: other subnets make another link first. */
    private link({ scope, subnetIds, securityGroupId }: GatewayArgs): pulumi.Output<string> {
        return new aws.apigatewayv2.VpcLink(
            nameOf(scope, "gateway"),
            { subnetIds, securityGroupIds: [securityGroupId] },
            { parent: this },
        ).id;
    }

    /** Lets this one method of this one stage call the function. */
    private permission({ scope, validator }: GatewayArgs, restApi: aws.apigateway.RestApi): aws.lambda.Permission {
        return new aws.lambda.Permission(
            nameOf(scope, "gateway-validate"),
            {
                function: validator.functionArn,
                action: "lambda:InvokeFunction",
                principal: "apigateway.amazonaws.com",
                sourceArn: pulumi.interpolate`${restApi.executionArn}/${stageName}/POST${validatePath}`,
            },
            { parent: this },
        );
    }

    private merchants(
        { scope, settings, keyArn }: GatewayArgs,
        restApiId: pulumi.Output<string>,
        stage: pulumi.Output<string>,
    ): [string, Merchant][] {
        return Object.entries(settings.gateway.merchants).map(([merchant, limits]) => [
            merchant,
            new Merchant(
                nameOf(scope, `gateway-merchant-${merchant}`),
                { scope, merchant, settings: limits, restApiId, stageName: stage, keyArn },
                { parent: this },
            ),
        ]);
    }
}

/** AWS's default still takes TLS 1.0 (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html). */
const restApiArgs = (name: string, { suffix }: Scope): aws.apigateway.RestApiArgs => ({
    name,
    description: `Merchants' API of payment platform ${suffix}`,
    endpointConfiguration: { types: "REGIONAL" },
    securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    // With such a policy AWS wants a mode, too; this one refuses requests whose TLS name and Host header differ.
    endpointAccessMode: "STRICT",
});

const byName = <T>(merchants: [string, Merchant][], value: (merchant: Merchant) => T): Record<string, T> =>
    Object.fromEntries(merchants.map(([name, merchant]) => [name, value(merchant)]));
