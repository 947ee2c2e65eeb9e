import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { nameOf, type Scope } from "../scope.ts";
import type { Settings } from "../settings/schema.ts";
import { servicesWithPath, validatePath } from "../settings/service-path.ts";
import { answerPreflight } from "./cors.ts";
import type { ApiDefinition } from "./definition.ts";
import { paymentSchema } from "./model.ts";

export interface RoutesArgs {
    readonly scope: Scope;
    readonly settings: Pick<Settings, "gateway" | "services" | "certificate">;
    readonly restApi: aws.apigateway.RestApi;
    readonly vpcLinkId: pulumi.Input<string>;
    readonly validator: ValidatorFunction;
    readonly loadBalancer: LoadBalancer;
}

export interface ValidatorFunction {
    readonly functionArn: pulumi.Input<string>;
    /** What API Gateway calls. */
    readonly invokeArn: pulumi.Input<string>;
}

export interface LoadBalancer {
    readonly arn: pulumi.Input<string>;
    /** Name in its certificate: API Gateway compares it, also where it does not ask who signed. */
    readonly certificateName: pulumi.Input<string>;
}

/** The longest that API Gateway waits unless the account's quota is raised. */
const timeoutMilliseconds = 29_000;

/** Keys tell merchants apart and hold them to their plans; who may do what is for the services to say. */
const requiresApiKey = { authorization: "NONE", apiKeyRequired: true };

/** Every path of the API: POST /validate goes to the validator, what is under a service's path to the load balancer. */
export function defineRoutes(definition: ApiDefinition, args: RoutesArgs): void {
    const { scope, settings, restApi } = args;
    const checkerOf = (noun: string, checks: { validateRequestBody?: true }) =>
        definition.add(aws.apigateway.RequestValidator, nameOf(scope, noun), {
            restApi: restApi.id,
            validateRequestParameters: true,
            ...checks,
        }).id;
    const checksBody = checkerOf("gateway-body", { validateRequestBody: true });
    const checksParameters = checkerOf("gateway-parameters", {});
    const routes = new Routes(definition, args, checksParameters);
    routes.validate(checksBody);
    for (const [service, { path }] of servicesWithPath(settings.services)) {
        routes.service(service, path.replace(/^\/|\/\*$/g, ""));
    }
}

/** Names begin with a word of ours, as a service may have any name and two parts of one name would be one. */
class Routes {
    private readonly definition: ApiDefinition;
    private readonly args: RoutesArgs;
    private readonly checksParameters: pulumi.Output<string>;

    constructor(definition: ApiDefinition, args: RoutesArgs, checksParameters: pulumi.Output<string>) {
        this.definition = definition;
        this.args = args;
        this.checksParameters = checksParameters;
    }

    public validate(requestValidatorId: pulumi.Output<string>): void {
        const { definition } = this;
        const { scope, restApi, validator } = this.args;
        const name = nameOf(scope, "gateway-validate");
        const resourceId = this.resource("validate", restApi.rootResourceId, validatePath.slice(1), [
            "POST",
            "OPTIONS",
        ]);
        const model = definition.add(aws.apigateway.Model, nameOf(scope, "gateway-payment"), {
            restApi: restApi.id,
            // Letters and digits only, so not one that Pulumi would make.
            name: "Payment",
            contentType: "application/json",
            schema: JSON.stringify(paymentSchema),
        });
        const method = definition.add(aws.apigateway.Method, name, {
            restApi: restApi.id,
            resourceId,
            httpMethod: "POST",
            ...requiresApiKey,
            requestValidatorId,
            requestParameters: { "method.request.header.Idempotency-Key": true },
            // Without `$default` a body of any other media type would not be looked at
            // (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html).
            requestModels: { "application/json": model.name, $default: model.name },
        });
        definition.add(aws.apigateway.Integration, name, {
            restApi: restApi.id,
            resourceId,
            httpMethod: method.httpMethod,
            type: "AWS_PROXY",
            integrationHttpMethod: "POST",
            uri: validator.invokeArn,
            timeoutMilliseconds,
        });
    }

    /** The load balancer knows `/api/` and what is under it, so `/api` alone becomes the first. */
    public service(service: string, segment: string): void {
        const { rootResourceId } = this.args.restApi;
        const root = this.proxy(`root-${service}`, rootResourceId, segment, `${segment}/`);
        this.proxy(`proxy-${service}`, root, "{proxy+}", `${segment}/{proxy}`);
    }

    /** @param path of the load balancer, in which `{proxy}` is what a greedy part of the API's path took */
    private proxy(
        noun: string,
        parentId: pulumi.Output<string>,
        pathPart: string,
        path: string,
    ): pulumi.Output<string> {
        const { definition } = this;
        const { scope, settings, restApi, loadBalancer, vpcLinkId } = this.args;
        const name = nameOf(scope, `gateway-${noun}`);
        const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        const resourceId = this.resource(noun, parentId, pathPart, methods);
        const [taken, sent] = ["method.request.path.proxy", "integration.request.path.proxy"];
        const isGreedy = pathPart.endsWith("+}");
        const method = definition.add(aws.apigateway.Method, name, {
            restApi: restApi.id,
            resourceId,
            httpMethod: "ANY",
            ...requiresApiKey,
            requestValidatorId: this.checksParameters,
            requestParameters: isGreedy ? { [taken]: true } : undefined,
        });
        definition.add(aws.apigateway.Integration, name, {
            restApi: restApi.id,
            resourceId,
            httpMethod: method.httpMethod,
            type: "HTTP_PROXY",
            integrationHttpMethod: "ANY",
            connectionType: "VPC_LINK",
            connectionId: vpcLinkId,
            integrationTarget: loadBalancer.arn,
            // The way there is the link's; the host is what the certificate must say, and the path what is asked for.
            uri: pulumi.interpolate`https://${loadBalancer.certificateName}/${path}`,
            requestParameters: isGreedy ? { [sent]: taken } : undefined,
            tlsConfig: settings.certificate.source === "self-signed" ? { insecureSkipVerification: true } : undefined,
            timeoutMilliseconds,
        });
        return resourceId;
    }

    /** A path; where the stack lets web pages call, browsers may ask for its methods. */
    private resource(
        noun: string,
        parentId: pulumi.Output<string>,
        pathPart: string,
        methods: readonly string[],
    ): pulumi.Output<string> {
        const { scope, settings, restApi } = this.args;
        const { corsOrigins } = settings.gateway;
        const resource = this.definition.add(aws.apigateway.Resource, nameOf(scope, `gateway-${noun}`), {
            restApi: restApi.id,
            parentId,
            pathPart,
        });
        if (corsOrigins.length > 0) {
            answerPreflight(this.definition, corsOrigins, {
                name: nameOf(scope, `gateway-options-${noun}`),
                restApiId: restApi.id,
                resourceId: resource.id,
                requestValidatorId: this.checksParameters,
                methods,
            });
        }
        return resource.id;
    }
}
