import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { nameOf, type Scope } from "../scope.ts";
import type { Settings } from "../settings/schema.ts";
import { validatePath } from "../settings/service-path.ts";
import { apiTimeoutMilliseconds } from "../time-limits.ts";
import { answerPreflight } from "./cors.ts";
import type { ApiDefinition } from "./definition.ts";
import { paymentSchema } from "./model.ts";

export interface RoutesArgs {
    readonly scope: Scope;
    readonly settings: Pick<Settings, "gateway" | "certificate">;
    readonly restApi: aws.apigateway.RestApi;
    readonly vpcLinkId: pulumi.Input<string>;
    readonly validator: ValidatorFunction;
    readonly loadBalancer: LoadBalancer;
    /** With which services recognize the API: letters and digits, since a static value has no quotes. */
    readonly token: pulumi.Output<string>;
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

/** API keys identify merchants for their usage plans. Authorization is up to the validator and the services. */
const requiresApiKey = { authorization: "NONE", apiKeyRequired: true };

/**
 * What services get of the caller. Each mapping sets a header of the request to the load balancer, whatever the client sent; a
 * static value is in single quotes
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html). The key itself is
 * withheld: services do not need it, and could write it to their logs.
 */
const callerHeaders = (token: pulumi.Output<string>) => ({
    "integration.request.header.X-Api-Key": "'withheld'",
    "integration.request.header.X-Api-Key-Id": "context.identity.apiKeyId",
    "integration.request.header.X-Gateway-Token": pulumi.interpolate`'${token}'`,
});

/**
 * All methods of the API: POST /validate invokes the validator, every other path is sent to the load balancer, whose listener
 * rules find the service. No setting adds or removes a part of the API, since a deployment would still contain a removed part:
 * Pulumi deletes after it creates (docs/design.md, "No setting adds or removes a part of the API").
 */
export function defineRoutes(definition: ApiDefinition, args: RoutesArgs): void {
    const { scope, restApi } = args;
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
    routes.services();
}

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
        const { scope, settings, restApi, validator } = this.args;
        const name = nameOf(scope, "gateway-validate");
        const resourceId = this.resource("validate", validatePath.slice(1));
        answerPreflight(definition, settings.gateway.corsOrigins, {
            name: nameOf(scope, "gateway-options-validate"),
            restApiId: restApi.id,
            resourceId,
            requestValidatorId: this.parametersValidatorId,
        });
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
            timeoutMilliseconds: apiTimeoutMilliseconds,
        });
    }

    /**
     * The services, by the paths of their listener rules. No preflight is answered: a page that calls `POST /validate` shows its
     * key to everyone (docs/merchants.md), and the services are not for pages.
     */
    public services(): void {
        const { definition } = this;
        const { scope, settings, restApi, loadBalancer, vpcLinkId, token } = this.args;
        const name = nameOf(scope, "gateway-services");
        const resourceId = this.resource("services", "{proxy+}");
        const [source, target] = ["method.request.path.proxy", "integration.request.path.proxy"];
        const method = definition.add(aws.apigateway.Method, name, {
            restApi: restApi.id,
            resourceId,
            httpMethod: "ANY",
            ...requiresApiKey,
            requestValidatorId: this.parametersValidatorId,
            requestParameters: { [source]: true },
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
            uri: pulumi.interpolate`https://${loadBalancer.certificateName}/{proxy}`,
            requestParameters: { [target]: source, ...callerHeaders(token) },
            tlsConfig: settings.certificate.source === "self-signed" ? { insecureSkipVerification: true } : undefined,
            timeoutMilliseconds: apiTimeoutMilliseconds,
        });
    }

    /** A resource below the root of the API. */
    private resource(noun: string, pathPart: string): pulumi.Output<string> {
        const { scope, restApi } = this.args;
        return this.definition.add(aws.apigateway.Resource, nameOf(scope, `gateway-${noun}`), {
            restApi: restApi.id,
            parentId: restApi.rootResourceId,
            pathPart,
        }).id;
    }
}
