import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Firewall } from "./edge/firewall.ts";
import { Callers } from "./gateway/callers.ts";
import { ApiDefinition } from "./gateway/definition.ts";
import { Merchant, type AdmittedMerchant } from "./gateway/merchant.ts";
import { defineGatewayResponses } from "./gateway/responses.ts";
import { defineRoutes, type LoadBalancer, type ValidatorFunction } from "./gateway/routes.ts";
import { Stage } from "./gateway/stage.ts";
import type { Statement } from "./iam.ts";
import type { LogStorage } from "./logs.ts";
import { nameOf, type Scope } from "./scope.ts";
import { readSecretStatements } from "./secret.ts";
import { requestsPer5MinutesAtApi } from "./settings/gateway.ts";
import type { Settings } from "./settings/schema.ts";
import { validatePath } from "./settings/service-path.ts";
import { stageName } from "../contract/container.ts";
import { maxBodyBytes } from "../validator/http.ts";
import type { KeyIds } from "../validator/merchants.ts";

export interface GatewayArgs {
    readonly scope: Scope;
    readonly settings: Pick<Settings, "gateway" | "certificate" | "waf">;
    /** Private subnets and security group of the VPC link to the load balancer. */
    readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
    readonly securityGroupId: pulumi.Input<string>;
    readonly loadBalancer: LoadBalancer;
    readonly validator: ValidatorFunction;
    /** KMS key of the secrets with the merchants' API keys. */
    readonly keyArn: pulumi.Input<string>;
    readonly logs: LogStorage;
    /**
     * Log of the load balancer's web ACL, which must exist before the one of the API.
     * @default the API's is the only one
     */
    readonly firewallLogging?: pulumi.Resource;
    /**
     * Resolves once API Gateway may write logs in the account.
     * @default the API writes no logs
     */
    readonly loggingReady?: pulumi.Output<unknown>;
}

/** The merchants' API: a REST API with an API key and a usage plan for each merchant, and a WAF web ACL. */
export class Gateway extends pulumi.ComponentResource {
    public readonly url: pulumi.Output<string>;
    public readonly apiId: pulumi.Output<string>;
    public readonly apiName: pulumi.Output<string>;
    public readonly stageName: pulumi.Output<string>;
    public readonly webAclName: pulumi.Output<string>;
    /** By merchant: ARN of the secret with the API key. */
    public readonly merchantKeySecretArns: Readonly<Record<string, pulumi.Output<string>>>;
    /** By merchant. */
    public readonly usagePlanIds: Readonly<Record<string, pulumi.Output<string>>>;
    /** Secret by which services recognize the API and its merchants (`contract/gateway.ts`). */
    public readonly secretArn: pulumi.Output<string>;
    /** By merchant: IDs of its API keys. */
    public readonly keyIds: pulumi.Output<KeyIds>;
    public readonly logGroupNames: pulumi.Output<string>[];
    private readonly args: GatewayArgs;

    constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Gateway", name, {}, opts);
        const { scope, settings, logs } = args;
        const { token } = settings.gateway;
        const inside = { parent: this };

        const merchants = this.createMerchants(args);
        const callers = new Callers(
            nameOf(scope, "gateway-token"),
            {
                scope,
                rotation: token,
                keyIds: byName(merchants, ({ keyIds }) => keyIds),
                keyArn: args.keyArn,
            },
            inside,
        );
        const definition = new ApiDefinition(inside);
        const restApi = definition.add(aws.apigateway.RestApi, name, restApiArgs(name, scope));
        defineGatewayResponses(definition, { scope, origins: settings.gateway.corsOrigins, restApiId: restApi.id });
        defineRoutes(definition, { ...args, restApi, vpcLinkId: this.link(args), token: callers.token });
        const deployment = new aws.apigateway.Deployment(
            name,
            {
                restApi: restApi.id,
                // The version is for `npm run rotate`, which reads from the state what is deployed.
                triggers: { redeployment: definition.fingerprint(), tokenVersion: `${token.version}` },
            },
            // Without the permission a method of the function would respond 500.
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
            {
                scope,
                settings: { ...settings.waf, requestsPer5Minutes: requestsPer5MinutesAtApi(settings) },
                logs,
                resourceArn: stage.arn,
                maxBodyBytes,
                logAfter: args.firewallLogging,
            },
            inside,
        );
        const admission = { restApiId: restApi.id, stageName: stage.stageName, keyArn: args.keyArn };
        const admitted = merchants.map(([merchant, it]): Named<AdmittedMerchant> => [merchant, it.admit(admission)]);

        this.url = stage.url;
        this.apiId = restApi.id;
        this.apiName = restApi.name;
        this.stageName = stage.stageName;
        this.webAclName = firewall.webAclName;
        this.merchantKeySecretArns = byName(admitted, ({ keySecretArn }) => keySecretArn);
        this.usagePlanIds = byName(admitted, ({ usagePlanId }) => usagePlanId);
        this.secretArn = callers.secretArn;
        this.keyIds = pulumi.output(byName(merchants, ({ keyIds }) => pulumi.all([...keyIds])));
        this.logGroupNames = [...stage.logGroupNames, firewall.logGroupName];
        this.args = args;
        this.registerOutputs({
            url: this.url,
            apiId: this.apiId,
            apiName: this.apiName,
            stageName: this.stageName,
            webAclName: this.webAclName,
            merchantKeySecretArns: this.merchantKeySecretArns,
            usagePlanIds: this.usagePlanIds,
            secretArn: this.secretArn,
            logGroupNames: this.logGroupNames,
        });
    }

    /** Permissions to read the secret by which services recognize the API and its merchants. */
    public readSecretStatements(): Statement[] {
        return readSecretStatements(this.args.scope, this.secretArn, this.args.keyArn);
    }

    /** VPC link of API Gateway. Its subnets cannot be changed: a replacement is created first. */
    private link({ scope, subnetIds, securityGroupId }: GatewayArgs): pulumi.Output<string> {
        return new aws.apigatewayv2.VpcLink(
            nameOf(scope, "gateway"),
            { subnetIds, securityGroupIds: [securityGroupId] },
            { parent: this },
        ).id;
    }

    /** Allows this method of this stage to invoke the function. */
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

    private createMerchants({ scope, settings }: GatewayArgs): Named<Merchant>[] {
        return Object.entries(settings.gateway.merchants).map(([merchant, limits]) => [
            merchant,
            new Merchant(
                nameOf(scope, `gateway-merchant-${merchant}`),
                { scope, merchant, settings: limits },
                { parent: this },
            ),
        ]);
    }
}

/** AWS's default accepts TLS 1.0 (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html). */
const restApiArgs = (name: string, { suffix }: Scope): aws.apigateway.RestApiArgs => ({
    name,
    description: `Merchants' API of payment platform ${suffix}`,
    endpointConfiguration: { types: "REGIONAL" },
    securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    // Required with such a policy. STRICT rejects requests whose TLS server name and Host header differ.
    endpointAccessMode: "STRICT",
});

type Named<T> = [name: string, value: T];

const byName = <T, V>(all: readonly Named<T>[], value: (one: T) => V): Record<string, V> =>
    Object.fromEntries(all.map(([name, one]) => [name, value(one)]));
