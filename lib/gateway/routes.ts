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
    /** Domain name of its certificate, which API Gateway verifies even with `insecureSkipVerification`. */
    readonly certificateName: pulumi.Input<string>;
}

/** Maximum of API Gateway without a quota increase. */
const timeoutMilliseconds = 29_000;

/** API keys identify merchants for their usage plans. Authorization is up to the services. */
const requiresApiKey = { authorization: "NONE", apiKeyRequired: true };

/** All methods of the API: POST /validate invokes the validator, the paths of services are sent to the load balancer. */
export function defineRoutes(definition: ApiDefinition, args: RoutesArgs): void {
    const { scope, settings, restApi } = args;
    const requestValidator = (noun: string, checks: { validateRequestBody?: true }) =>
        definition.add(aws.apigateway.RequestValidator, nameOf(scope, noun), {
            restApi: restApi.id,
            validateRequestParameters: true,
            ...checks,
        }).id;
    const bodyValidatorId = requestValidator("gateway-body", { validateRequestBody: true });
    const parametersValidatorId = requestValidator("gateway-parameters", {});
    const routes = new Routes(definition, args, parametersValidatorId);
    routes.validate(bodyValidatorId);
    for (const [service, { path }] of servicesWithPath(settings.services)) {
        routes.service(service, path.replace(/^\/|\/\*$/g, ""));
    }
}

/** Resource names start with a fixed word: a service may have any name, and two resources must not have the same. */
class Routes {
    private readonly definition: ApiDefinition;
    private readonly args: RoutesArgs;
    private readonly parametersValidatorId: pulumi.Output<string>;

    constructor(definition: ApiDefinition, args: RoutesArgs, parametersValidatorId: pulumi.Output<string>) {
        this.definition = definition;
        this.args = args;
        this.parametersValidatorId = parametersValidatorId;
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
            // AWS allows letters and digits only, so Pulumi's generated names are invalid.
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
            // Without `$default` API Gateway would not validate a body of another media type
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

    /** The listener rule matches `/api/` and below, so a request for `/api` is sent to `/api/`. */
    public service(service: string, segment: string): void {
        const { rootResourceId } = this.args.restApi;
        const root = this.proxy(`root-${service}`, rootResourceId, segment, `${segment}/`);
        this.proxy(`proxy-${service}`, root, "{proxy+}", `${segment}/{proxy}`);
    }

    /** @param path path at the load balancer, in which `{proxy}` is the value of the API's greedy path parameter */
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
        const [source, target] = ["method.request.path.proxy", "integration.request.path.proxy"];
        const isGreedy = pathPart.endsWith("+}");
        const method = definition.add(aws.apigateway.Method, name, {
            restApi: restApi.id,
            resourceId,
            httpMethod: "ANY",
            ...requiresApiKey,
            requestValidatorId: this.parametersValidatorId,
            requestParameters: isGreedy ? { [source]: true } : undefined,
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
            // The VPC link decides the target. The host is compared with the certificate.
            uri: pulumi.interpolate`https://${loadBalancer.certificateName}/${path}`,
            requestParameters: isGreedy ? { [target]: source } : undefined,
            tlsConfig: settings.certificate.source === "self-signed" ? { insecureSkipVerification: true } : undefined,
            timeoutMilliseconds,
        });
        return resourceId;
    }

    /** A resource of the API; with CORS origins it also responds to preflight requests. */
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
                requestValidatorId: this.parametersValidatorId,
                methods,
            });
        }
        return resource.id;
    }
}
