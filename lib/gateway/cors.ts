import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/schema.ts";
import type { ApiDefinition } from "./definition.ts";

export type CorsOrigins = Settings["gateway"]["corsOrigins"];

/** A resource of the API that responds to CORS preflight requests. */
export interface Preflight {
    readonly name: string;
    readonly restApiId: pulumi.Input<string>;
    readonly resourceId: pulumi.Input<string>;
    readonly requestValidatorId: pulumi.Input<string>;
}

/** Methods that pages may use: those of the validator, which answers CORS itself. */
const requestMethods = ["POST", "OPTIONS"];

/** Headers that pages may send, in addition to the CORS-safelisted ones. */
const requestHeaders = ["Authorization", "Content-Type", "Idempotency-Key", "X-Api-Key", "X-Correlation-Id"];

/** Seconds that a browser caches the response: a removed origin is blocked after ten minutes. */
const maxAgeSeconds = 600;

/**
 * Responds to preflight requests. They need no API key, because browsers send none with OPTIONS. Without allowed origins the
 * response has no headers of CORS, so that browsers send no request; its parts stay, so that a deployment has the change.
 */
export function answerPreflight(definition: ApiDefinition, origins: CorsOrigins, preflight: Preflight): void {
    const { name, restApiId, resourceId, requestValidatorId } = preflight;
    const method = definition.add(aws.apigateway.Method, name, {
        restApi: restApiId,
        resourceId,
        httpMethod: "OPTIONS",
        authorization: "NONE",
        requestValidatorId,
    });
    const at = { restApi: restApiId, resourceId, httpMethod: method.httpMethod };
    const integration = definition.add(aws.apigateway.Integration, name, {
        ...at,
        type: "MOCK",
        passthroughBehavior: "WHEN_NO_TEMPLATES",
        requestTemplates: { "application/json": '{"statusCode":204}' },
    });
    const headers = preflightHeaders(origins);
    const response = definition.add(aws.apigateway.MethodResponse, name, {
        ...at,
        statusCode: "204",
        responseParameters: Object.fromEntries(preflightHeaderNames.map((header) => [responseHeader(header), false])),
    });
    definition.add(aws.apigateway.IntegrationResponse, name, {
        ...at,
        // From the integration, so that it exists first.
        httpMethod: integration.httpMethod,
        statusCode: response.statusCode,
        responseParameters: Object.fromEntries(
            Object.entries(headers).map(([header, value]) => [responseHeader(header), `'${value}'`]),
        ),
        responseTemplates: allowedOriginTemplate(origins),
    });
}

const responseHeader = (header: string) => `method.response.header.${header}`;

/** Declared for every response: AWS refuses to remove one that an integration response still sets. */
const preflightHeaderNames = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Max-Age",
    "Vary",
] as const;

/** Response headers that are the same for every origin. */
const preflightHeaders = (origins: CorsOrigins): Partial<Record<(typeof preflightHeaderNames)[number], string>> =>
    origins.length === 0
        ? {}
        : {
              ...allowedOriginHeader(origins),
              "Access-Control-Allow-Headers": requestHeaders.join(","),
              "Access-Control-Allow-Methods": requestMethods.join(","),
              "Access-Control-Max-Age": `${maxAgeSeconds}`,
              Vary: "Origin",
          };

/** The allowed origin as a header, if it is the same for every request: one origin, or `*`. */
export function allowedOriginHeader(origins: CorsOrigins): Record<string, string> {
    const [origin, ...others] = origins.includes("*") ? ["*"] : origins;
    return origin === undefined || others.length > 0 ? {} : { "Access-Control-Allow-Origin": origin };
}

/** A response names one origin only, so with several the template returns the request's origin if it is in the list. */
export function allowedOriginTemplate(origins: CorsOrigins): Record<string, string> | undefined {
    if (origins.includes("*") || origins.length < 2) {
        return undefined;
    }
    const allowed = origins.map((origin) => `$origin == "${origin}"`).join(" || ");
    return {
        "application/json": [
            '#set($origin = $input.params().header.get("Origin"))',
            // HTTP/2 header names are in lower case.
            '#if(!$origin || $origin == "")#set($origin = $input.params().header.get("origin"))#end',
            `#if(${allowed})#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end`,
        ].join("\n"),
    };
}
